// How much two lists differ, for the report of a sync that came by a snapshot.
import { setImmediate as breathe } from 'node:timers/promises';
import type { ListTree } from '../list/tree.ts';

export interface ChangeCount {
  added: number;
  removed: number;
}

const ENTRIES_AT_A_TIME = 20_000;

/** Counts entries added and removed; one with other terms counts as both. Neither list may change meanwhile. */
export async function countChanges(before: ListTree, after: ListTree): Promise<ChangeCount> {
  let same = 0;
  let seen = 0;
  if (before.count > 0) {
    for (const entry of after.entries()) {
      const old = before.get(entry.value);
      if (old?.category === entry.category && old.until === entry.until) same++;
      // Look-ups go on while a long list is counted.
      if (++seen % ENTRIES_AT_A_TIME === 0) await breathe();
    }
  }
  return { added: after.count - same, removed: before.count - same };
}
