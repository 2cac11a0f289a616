// `chadan outcomes --follow`: prints each decision as it is taken, and ends with the cursor to go on from.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decideNumber } from '../review/desk-steps.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, submit } from '../setup/walk.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let exchange: TestExchange;
let carrier: Party;
const numbers = mobileNumbers(3, 950);
beforeAll(async () => {
  exchange = await startExchange();
  carrier = await exchange.party('carrier');
  await submit(exchange, numbers);
});
afterAll(() => exchange.stop());

function start(...args: string[]): { child: ChildProcess; lines: string[]; errors: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'outcomes', ...args], {
    env: { ...process.env, CHADAN_CREDENTIALS: carrier.credentialsFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  return { child, lines, errors: () => errors };
}

async function untilWaiting(): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(await (await fetch(`${exchange.url}/metrics`)).text()).toMatch(
        /^chadan_outcome_readers_waiting 1$/m,
      ),
    { timeout: 20_000, interval: 20 },
  );
}

test('following prints a decision as soon as it is taken, a question with its words, and ends with the cursor', async () => {
  const [first = '', second = '', third = ''] = numbers;
  const { child, lines, errors } = start('--follow');
  await untilWaiting();
  await decideNumber(exchange, first, { verdict: 'reject', reason: 'not_spam', note: 'ours' });
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 2000 });
  await untilWaiting();
  await decideNumber(exchange, second, { verdict: 'request_info', note: 'which "relay",\nand when?' });
  await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 2000 });
  expect(lines[0]).toMatch(/ rejected not_spam {2}\(row 1 of /);
  expect(lines[1]).toContain(' info_requested "which \\"relay\\", and when?"  (row 2 of ');
  await untilWaiting();
  child.kill('SIGINT');
  expect((await once(child, 'exit'))[0]).toBe(0);
  const cursor = /^next: --after (\S+)\n$/.exec(errors())?.[1] ?? '';
  expect(cursor).not.toBe('');

  await decideNumber(exchange, third, { verdict: 'verify' });
  const rest = start('--after', cursor, '--json');
  await once(rest.child, 'close');
  expect(rest.lines.map((line) => JSON.parse(line).outcome)).toEqual(['verified']);
});

test('as CSV a question is one field, whatever stands in it', async () => {
  const { child, lines } = start('--csv');
  await once(child, 'close');
  expect(lines[0]).toBe(
    'candidateId,submissionId,row,value,list,outcome,reason,category,until,decidedAt,question',
  );
  expect(lines.join('\n')).toContain(',"which ""relay"",\nand when?"');
});
