// A diff between two versions (format §4), its two forms, and its algebra. A diff is net: what it removes and
// adds back unchanged is not one, and is refused.
import {
  checkEntry,
  compareEntries,
  compareLines,
  type Entry,
  formatLine,
  type ListId,
  parseLine,
} from './entry.ts';
import { FormatError } from './format-error.ts';

/** Removals and additions, each in bytewise order of their lines, one for a value. */
export interface Diff {
  removed: Entry[];
  added: Entry[];
}

/** What a diff lies between. */
export interface DiffMeta {
  list: ListId;
  epoch: string;
  from: number;
  to: number;
}

export type JsonDiff = DiffMeta & Diff;

/** The first line of a diff, with its newline. */
export const DIFF_HEADER = 'op,value,category,until\n';

const CHUNK_CHARS = 1 << 16;

/** The diff as CSV in chunks of about 64 KiB; no change gives the header alone. Sorts what is not in order. */
export function* formatDiff(diff: Diff): Generator<string> {
  let text = DIFF_HEADER;
  for (const [op, entries] of [
    ['-', inOrder(diff.removed)],
    ['+', inOrder(diff.added)],
  ] as const) {
    for (const entry of entries) {
      text += `${op},${formatLine(entry)}\n`;
      if (text.length < CHUNK_CHARS) continue;
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

/** Reads a diff's CSV, strictly. Throws FormatError `bad_header`, `bad_line`, `bad_diff`, `truncated`. */
export function parseDiff(body: string | Uint8Array): Diff {
  const text =
    typeof body === 'string'
      ? body
      : Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  if (!text.startsWith(DIFF_HEADER)) {
    const code = DIFF_HEADER.startsWith(text) ? 'truncated' : 'bad_header';
    throw new FormatError(code, `a diff begins with ${DIFF_HEADER.trim()}`);
  }
  if (!text.endsWith('\n')) throw new FormatError('truncated', 'the diff ends within a line');
  const diff: Diff = { removed: [], added: [] };
  for (let at = DIFF_HEADER.length; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const entry = parseLine(text.slice(at + 2, end));
    const op = text.slice(at, at + 2);
    if (op === '+,') diff.added.push(entry);
    else if (op === '-,' && diff.added.length === 0) diff.removed.push(entry);
    else throw new FormatError('bad_diff', 'neither a removal nor an addition, or a removal after additions');
    at = end + 1;
  }
  return checkDiff(diff);
}

/** Gives back the diff if it is in order, has one line for a value, and is net. Throws FormatError `bad_diff`. */
export function checkDiff(diff: Diff): Diff {
  checkAscending(diff.removed);
  checkAscending(diff.added);
  const { removed, added } = diff;
  for (let r = 0, a = 0; r < removed.length && a < added.length; ) {
    const order = compareEntries(removed[r] as Entry, added[a] as Entry);
    if (order === 0) throw new FormatError('bad_diff', 'a line is removed and added: the diff is not net');
    if (order < 0) r++;
    else a++;
  }
  return diff;
}

function checkAscending(entries: readonly Entry[]): void {
  for (let at = 1; at < entries.length; at++) {
    const before = entries[at - 1] as Entry;
    const entry = entries[at] as Entry;
    if (before.value === entry.value) throw new FormatError('bad_diff', 'a value comes twice');
    if (compareEntries(before, entry) > 0) throw new FormatError('bad_diff', 'the lines are out of order');
  }
}

/** The diff's JSON form. */
export function diffToJson(meta: DiffMeta, diff: Diff): JsonDiff {
  const { list, epoch, from, to } = meta;
  return { list, epoch, from, to, removed: inOrder(diff.removed), added: inOrder(diff.added) };
}

/** Reads the changes of a diff's JSON form, already parsed, strictly. Throws FormatError. */
export function diffFromJson(json: unknown): Diff {
  const { removed, added } = (json ?? {}) as Record<string, unknown>;
  return checkDiff({ removed: readEntries(removed), added: readEntries(added) });
}

function readEntries(entries: unknown): Entry[] {
  if (!Array.isArray(entries)) throw new FormatError('bad_diff', 'removed and added are arrays of entries');
  return entries.map((item: unknown) => {
    const { value, category, until } = (item ?? {}) as Record<string, unknown>;
    if (typeof value !== 'string' || typeof category !== 'string' || typeof until !== 'string') {
      throw new FormatError('bad_diff', 'an entry has value, category and until, all texts');
    }
    return checkEntry({ value, category, until });
  });
}

/** The diff that leads from one set of lines to another. */
export function diffBetween(a: Iterable<string>, b: Iterable<string>): Diff {
  const before = new Set(a);
  const after = new Set(b);
  return {
    removed: sortedEntries([...before].filter((line) => !after.has(line))),
    added: sortedEntries([...after].filter((line) => !before.has(line))),
  };
}

/** The net diff from a to c, given those from a to b and from b to c (format §4). */
export function composeDiffs(ab: Diff, bc: Diff): Diff {
  const removedFirst = new Set(ab.removed.map(formatLine));
  const addedFirst = new Set(ab.added.map(formatLine));
  const removed = new Set(removedFirst);
  const added = new Set(addedFirst);
  for (const line of bc.removed.map(formatLine)) {
    if (addedFirst.has(line)) added.delete(line);
    else removed.add(line);
  }
  for (const line of bc.added.map(formatLine)) {
    if (removedFirst.has(line)) removed.delete(line);
    else added.add(line);
  }
  return { removed: sortedEntries(removed), added: sortedEntries(added) };
}

/** The diff that takes a diff back. */
export function invertDiff(diff: Diff): Diff {
  return { removed: diff.added, added: diff.removed };
}

function sortedEntries(lines: Iterable<string>): Entry[] {
  return [...lines].sort(compareLines).map(parseLine);
}

function inOrder(entries: Entry[]): Entry[] {
  const sorted = entries.every(
    (entry, at) => at === 0 || compareEntries(entries[at - 1] as Entry, entry) <= 0,
  );
  return sorted ? entries : [...entries].sort(compareEntries);
}
