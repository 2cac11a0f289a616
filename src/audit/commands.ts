// `chadan audit`: takes the audit record from the exchange and recomputes its chain here, so that who verifies need
// not trust the exchange; the head that it prints, kept elsewhere, shows a record that was cut or written anew.
import type { Command } from 'commander';
import { CommandError, CREDENTIALS_OPTION, printJson, runCommand } from '../client/command.ts';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient, readBody } from '../client/exchange-client.ts';
import { type Change, FIRST_HASH, hashEvent } from './chain.ts';

interface VerifyOptions {
  credentials?: string;
  json?: boolean;
  expect?: string;
}

interface Event {
  position: number;
  at: string;
  operation: string;
  actor: { kind: string; id: string | null; organizationId: string | null };
  address: string | null;
  requestId: string | null;
  target: string;
  changes: Change[];
  previousHash: string;
  hash: string;
}

/** Adds `audit` to the program. */
export function addAuditCommands(program: Command): void {
  program
    .command('audit')
    .description('the audit record (as auditor)')
    .command('verify')
    .description('recompute the chain over all events; exit 1 where it does not hold')
    .option('--expect <position:hash>', 'a head that was printed before: it must still be there')
    .option(...CREDENTIALS_OPTION)
    .option('--json', 'print JSON')
    .action(runCommand(verify));
}

async function verify(options: VerifyOptions): Promise<void> {
  const expected = readExpected(options.expect);
  const exchange = new ExchangeClient(await readCredentials(options.credentials));
  const head = { position: 0, hash: FIRST_HASH };
  let isExpectedMet = expected === undefined;
  for await (const line of readLines(exchange)) {
    const event = JSON.parse(line) as Event;
    checkEvent(event, head);
    head.position = event.position;
    head.hash = event.hash;
    if (expected?.position !== event.position) continue;
    if (expected.hash !== event.hash)
      throw new CommandError(`event ${event.position} is not the one that was there`);
    isExpectedMet = true;
  }
  if (!isExpectedMet) throw new CommandError(`the record ends at ${head.position}: events are missing`);
  if (options.json) printJson(head);
  else process.stdout.write(`${head.position} events, chain holds; head ${head.position}:${head.hash}\n`);
}

function checkEvent(event: Event, head: { position: number; hash: string }): void {
  if (event.position !== head.position + 1)
    throw new CommandError(
      `event ${head.position + 1} is missing: ${event.position} follows ${head.position}`,
    );
  const { actor, ...rest } = event;
  const hash = hashEvent(
    { ...rest, kind: actor.kind, id: actor.id, organizationId: actor.organizationId },
    head.hash,
  );
  if (event.previousHash !== head.hash || event.hash !== hash)
    throw new CommandError(`event ${event.position} was changed, or one before it: its hash does not hold`);
}

function readExpected(text: string | undefined): { position: number; hash: string } | undefined {
  if (text === undefined) return undefined;
  const [, position, hash] = /^([1-9][0-9]{0,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (position === undefined || hash === undefined)
    throw new CommandError('--expect is POSITION:HASH, as an earlier run printed it');
  return { position: Number(position), hash };
}

async function* readLines(exchange: ExchangeClient): AsyncGenerator<string> {
  const response = await exchange.request('/v1/audit-events', {
    headers: { accept: 'application/x-ndjson' },
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  const bounds = { maxBytes: Number.MAX_SAFE_INTEGER, idleTimeoutMs: 60_000, totalTimeoutMs: 24 * 3_600_000 };
  for await (const chunk of readBody(response, bounds)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw new CommandError('the answer ended in the middle of an event: try again');
}
