// The memory of an export: which state the target was given last, line by line, so that the next export is only
// what changed. It is written after the target took that state; a crash between the two leaves an older one, which
// the target refuses. What cannot be read is no memory: the next export is a full one.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Entry, parseLine } from '../../list/entry.ts';
import { FormatError } from '../../list/format-error.ts';
import { writeFileAtomically } from './file-output.ts';
import type { ExportChange } from './target.ts';

/** What the first line of the file says. */
interface Remembered {
  format: 1;
  /** The target it was given to: another one holds nothing of it. */
  target: string;
  state: string;
  count: number;
}

/** A longer change costs the target more than being replaced. */
const MAX_CHANGED = 100_000;

/**
 * What changed since the state that a target was given last.
 * @param lines the list now, in bytewise order
 * @returns undefined where that state is unknown, or too much changed
 */
export async function readChange(
  path: string,
  target: string,
  lines: Iterable<string>,
): Promise<ExportChange | undefined> {
  const input = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  const before = input[Symbol.asyncIterator]();
  try {
    const remembered = parseHead((await before.next()).value);
    if (remembered?.target !== target) return undefined;
    const found = await compare(before, remembered.count, lines[Symbol.iterator]());
    return found && { since: remembered.state, ...found };
  } catch (error) {
    if (error instanceof FormatError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    input.close();
  }
}

/** Remembers that the target holds these lines. */
export async function writeState(
  path: string,
  state: Omit<Remembered, 'format'>,
  lines: Iterable<string>,
): Promise<void> {
  await writeFileAtomically(path, content({ format: 1, ...state }, lines));
}

function* content(head: Remembered, lines: Iterable<string>): Generator<string> {
  yield `${JSON.stringify(head)}\n`;
  for (const line of lines) yield `${line}\n`;
}

function parseHead(text: string | undefined): Remembered | undefined {
  try {
    const head = JSON.parse(text ?? '') as Remembered;
    return head.format === 1 && typeof head.state === 'string' ? head : undefined;
  } catch {
    return undefined;
  }
}

/** Walks through both in their common order; undefined where `before` is not whole or too much differs. */
async function compare(
  before: AsyncIterator<string>,
  count: number,
  now: Iterator<string>,
): Promise<Pick<ExportChange, 'removed' | 'added'> | undefined> {
  const removed: Entry[] = [];
  const added: Entry[] = [];
  let seen = 0;
  let old = await before.next();
  let line = now.next();
  while (!old.done || !line.done) {
    if (removed.length + added.length > MAX_CHANGED) return undefined;
    const order = old.done ? 1 : line.done || old.value < line.value ? -1 : old.value === line.value ? 0 : 1;
    if (order < 0) removed.push(parseLine(old.value));
    if (order > 0) added.push(parseLine(line.value));
    if (order <= 0) {
      seen++;
      old = await before.next();
    }
    if (order >= 0) line = now.next();
  }
  return seen === count ? { removed, added } : undefined;
}
