// `chadan diff`: what two directories, or two versions in one, differ in, as a diff of the list format.
import { CommandError } from '../client/command.ts';
import { type Diff, formatDiff } from '../list/diff.ts';
import { compareEntries, type ListId } from '../list/entry.ts';
import { FormatError } from '../list/format-error.ts';
import type { ListTree } from '../list/tree.ts';
import { openList } from './list-in-force.ts';
import { type ListRecord, versionOf } from './list-record.ts';
import { ListStore } from './store.ts';
import { TextOutput } from './text-output.ts';
import { Trust } from './trust.ts';

const DIFFERENT = 10;

export interface DiffOptions {
  list: ListId;
  json?: boolean;
}

/** Exit code: 0 the same, 10 different. */
export async function diffCommand(a: string, b: string, { list, json }: DiffOptions): Promise<number> {
  const before = await openSide(a, list);
  const after = await openSide(b, list);
  const diff: Diff = { removed: missing(before, after), added: missing(after, before) };
  const output = new TextOutput(process.stdout);
  for (const text of json ? jsonLines(diff) : formatDiff(diff)) await output.write(text);
  await output.end();
  return diff.removed.length + diff.added.length > 0 ? DIFFERENT : 0;
}

function* jsonLines({ removed, added }: Diff): Generator<string> {
  for (const entry of removed) yield `${JSON.stringify({ op: '-', ...entry })}\n`;
  for (const entry of added) yield `${JSON.stringify({ op: '+', ...entry })}\n`;
}

/** `DIR`, verified, or `DIR@VERSION`. */
async function openSide(side: string, list: ListId): Promise<ListTree> {
  const [, directory = side, version] = /^(.+)@([0-9]{1,10})$/.exec(side) ?? [];
  const store = new ListStore(directory, list);
  const inForce = await openList(store, await Trust.open(directory));
  if (inForce === undefined) throw new CommandError(`${directory} holds no ${list} yet`);
  const { manifest, current, tree } = inForce;
  if (version === undefined || Number(version) === manifest.version) return tree;
  return buildVersion(store, current.record, Number(version));
}

/** The list as it was at a version where a sync ended, from the base and the diffs that are still there. */
async function buildVersion(store: ListStore, record: ListRecord, version: number): Promise<ListTree> {
  const base = versionOf(record.base);
  const end = version === base ? 0 : record.diffs.findIndex(({ to }) => to === version) + 1;
  if (version !== base && end === 0) {
    const held = [base, ...record.diffs.map(({ to }) => to)];
    throw new CommandError(`version ${version} is not held; held are ${held.join(', ')}`);
  }
  try {
    return await store.load({ ...record, diffs: record.diffs.slice(0, end) });
  } catch (error) {
    throw error instanceof FormatError ? store.corrupt(error.message, error) : error;
  }
}

function missing(from: ListTree, other: ListTree): Diff['removed'] {
  const entries: Diff['removed'] = [];
  for (const entry of from.entries()) {
    const same = other.get(entry.value);
    if (same?.category !== entry.category || same.until !== entry.until) entries.push(entry);
  }
  return entries.sort(compareEntries);
}
