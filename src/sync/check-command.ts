// `chadan check`: look-ups in what a directory holds, verified, offline, without credentials.
import { createInterface } from 'node:readline';
import { CommandError } from '../client/command.ts';
import type { ListId } from '../list/entry.ts';
import type { CheckResult } from './check-result.ts';
import { openRelay } from './relay.ts';
import { TextOutput } from './text-output.ts';

export interface CheckOptions {
  dir: string;
  list: ListId;
  json?: boolean;
}

const SOME_BLOCKED = 10;

/** Gives back the exit code of api.md: 0 none blocked, 10 some blocked; what is no value is an error. */
export async function checkCommand(values: string[], { dir, list, json }: CheckOptions): Promise<number> {
  const relay = await openRelay({ dir, lists: [list] });
  const output = new TextOutput(process.stdout);
  let blocked = 0;
  let invalid = 0;
  let stale = false;
  for await (const text of textsOf(values)) {
    const result = relay.check(text, { list });
    if (result.blocked) blocked++;
    if (result.refusal) invalid++;
    stale = result.stale;
    await output.write(json ? `${JSON.stringify({ text, ...result })}\n` : lineOf(text, result));
  }
  await output.end();
  if (stale) process.stderr.write(`chadan: ${list} is stale: its manifest has expired, run chadan sync\n`);
  if (invalid > 0)
    throw new CommandError(`${invalid} of the values ${invalid === 1 ? 'is' : 'are'} none of ${list}`);
  return blocked > 0 ? SOME_BLOCKED : 0;
}

/** Who says so is there only where it is not the signed list. */
function lineOf(text: string, { blocked, category, until, listedBy, refusal }: CheckResult): string {
  const verdict = refusal ? 'invalid' : blocked ? 'blocked' : 'clear';
  // A value as it was given could forge a column or a line.
  const shown = text.replace(/\p{Cc}/gu, '?');
  const own = listedBy === 'allow' || listedBy === 'deny' ? `\t${listedBy}` : '';
  return `${shown}\t${verdict}\t${refusal?.code ?? category ?? ''}\t${until ?? ''}${own}\n`;
}

/** The values; `-` stands for the lines of stdin, blank ones left out. */
async function* textsOf(values: readonly string[]): AsyncGenerator<string> {
  for (const value of values) {
    if (value !== '-') yield value;
    else
      for await (const line of createInterface({ input: process.stdin }))
        if (line.trim() !== '') yield line.trim();
  }
}
