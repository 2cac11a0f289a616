// The list in force: its tree in memory, its record on disk, and the manifest that both answer to. It only ever
// goes from one verified state to another; nobody can see anything between.
import { type Diff, parseDiff } from '../list/diff.ts';
import { FormatError } from '../list/format-error.ts';
import type { Manifest } from '../list/manifest.ts';
import type { ListTree } from '../list/tree.ts';
import type { ListRecord } from './list-record.ts';
import type { CurrentRecord, ListStore } from './store.ts';
import type { SyncError } from './sync-error.ts';
import type { Trust } from './trust.ts';

export interface ListInForce {
  readonly tree: ListTree;
  readonly manifest: Manifest;
  readonly current: CurrentRecord;
}

/** A writer may replace what a reader is about to open, but not forever. */
const OPEN_ATTEMPTS = 5;

/**
 * Opens what is in force and verifies all of it: signatures from the root key on, then count and digest.
 * Undefined where there is nothing yet. `held` is what this process has open: it is brought up to date at the cost of
 * the change where the disk only went on from it.
 * @throws SyncError `store_corrupt`, `store_failed`
 */
export async function openList(
  store: ListStore,
  trust: Trust,
  held?: ListInForce,
): Promise<ListInForce | undefined> {
  for (let attempt = 1; ; attempt++) {
    const current = await store.readRecord();
    const corrupt = (reason: string, cause?: unknown): SyncError => store.corrupt(reason, cause);
    // Nothing takes a list off the disk again: it was lost, and what memory holds is all that is left of it.
    if (current === undefined && held) throw corrupt('current.json is gone');
    if (current === undefined || current.text === held?.current.text) return held;
    const { manifest } = trust.verifyRecord(current.record, corrupt);
    try {
      const tree =
        (held && (await catchUp(store, held, current.record, manifest))) ??
        (await store.load(current.record));
      if (mismatchOf(tree, manifest) !== undefined) throw corrupt(mismatchOf(tree, manifest) ?? '');
      return { tree, manifest, current };
    } catch (error) {
      if (error instanceof FormatError) throw corrupt(error.message, error);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // The record was replaced and its files swept between the two reads; if it was not, they are lost.
      const again = await store.readRecord();
      if (again?.text === current.text || attempt >= OPEN_ATTEMPTS) throw corrupt('a file is missing', error);
    }
  }
}

/** Applies the diffs that another process added to what is held; undefined where it did more than that. */
async function catchUp(
  store: ListStore,
  held: ListInForce,
  record: ListRecord,
  manifest: Manifest,
): Promise<ListTree | undefined> {
  const known = held.current.record;
  const isContinued =
    record.base.name === known.base.name &&
    known.diffs.every(({ name }, at) => record.diffs[at]?.name === name);
  const added = record.diffs.slice(known.diffs.length);
  if (!isContinued) return undefined;
  const diffs: Diff[] = [];
  for (const diff of added) diffs.push(parseDiff(await store.readDiff(diff)));
  // No await from here on: whoever looks up meanwhile sees the old list or the new one.
  return advanceAll(held.tree, diffs, manifest) ? held.tree : undefined;
}

function advanceAll(tree: ListTree, diffs: readonly Diff[], manifest: Manifest): boolean {
  let applied = 0;
  try {
    for (; applied < diffs.length; applied++) tree.apply(diffs[applied] as Diff);
    if (mismatchOf(tree, manifest) === undefined) return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  while (applied > 0) tree.revert(diffs[--applied] as Diff);
  return false;
}

/** In what a tree is not what a manifest signs; undefined where it is (format §9.5). */
export function mismatchOf(tree: ListTree, manifest: Manifest): string | undefined {
  if (tree.count !== manifest.count) return `it has ${tree.count} entries, signed are ${manifest.count}`;
  if (tree.digest() !== manifest.digest) return 'its digest is not the signed one';
  return undefined;
}
