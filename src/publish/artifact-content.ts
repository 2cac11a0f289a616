// The bytes of snapshots and diffs, streamed from the rows in the forms of the list format (§3, §4).
import { createReadStream } from 'node:fs';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { CompactKind } from '../list/compact.ts';
import { encodeCompact } from '../list/compact-writer.ts';
import { DIFF_HEADER } from '../list/diff.ts';
import { type History, readAddedLines, readRemovedLines } from './line-queries.ts';

export interface DiffRange extends History {
  epoch: string;
  from: number;
  to: number;
}

/** A diff as CSV. The database finds what was added while what was removed is written: each is a sort of its own. */
export async function* diffCsv(db: Kysely<DB>, range: DiffRange): AsyncGenerator<Buffer> {
  const { from, to } = range;
  const added = readAddedLines(db, range, from, to);
  const first = added.next();
  first.catch(() => undefined); // heard of when it is waited for, unless the reader has gone
  try {
    yield Buffer.from(DIFF_HEADER);
    for await (const lines of readRemovedLines(db, range, from, to)) yield prefixed('-,', lines);
    for (let step = await first; !step.done; step = await added.next()) yield prefixed('+,', step.value);
  } finally {
    await added.return(undefined);
  }
}

/** The same diff as JSON. */
export async function* diffJson(db: Kysely<DB>, range: DiffRange): AsyncGenerator<Buffer> {
  const { list, epoch, from, to } = range;
  yield Buffer.from(`${JSON.stringify({ list, epoch, from, to }).slice(0, -1)},"removed":[`);
  yield* jsonItems(readRemovedLines(db, range, from, to));
  yield Buffer.from('],"added":[');
  yield* jsonItems(readAddedLines(db, range, from, to));
  yield Buffer.from(']}');
}

/** The compact form of a snapshot or diff, from the file of its CSV. */
export async function* compactOf(kind: CompactKind, csv: () => Promise<string>): AsyncGenerator<Buffer> {
  yield* encodeCompact(kind, createReadStream(await csv()));
}

function prefixed(operation: string, lines: readonly string[]): Buffer {
  return Buffer.from(`${operation}${lines.join(`\n${operation}`)}\n`);
}

async function* jsonItems(batches: AsyncGenerator<string[]>): AsyncGenerator<Buffer> {
  let separator = '';
  for await (const lines of batches) {
    yield Buffer.from(separator + lines.map(jsonItem).join(','));
    separator = ',';
  }
}

function jsonItem(line: string): string {
  const [value, category, until] = line.split(',');
  return JSON.stringify({ value, category, until });
}
