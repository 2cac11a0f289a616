// Diffs that lie in files: their net, and whether one leads to a list.
import { readFile } from 'node:fs/promises';
import { composeDiffs, DIFF_HEADER, type Diff, parseDiff } from '../list/diff.ts';
import { FormatError } from '../list/format-error.ts';
import type { ListTree } from '../list/tree.ts';

/** The net of diffs that follow one another; of none, the diff that changes nothing. */
export async function readNet(paths: readonly string[]): Promise<Diff> {
  let diff: Diff = parseDiff(DIFF_HEADER);
  for (const path of paths) diff = composeDiffs(diff, parseDiff(await readFile(path)));
  return diff;
}

/**
 * Whether a diff leads to this tree from a list with that digest, at the cost of the diff. The tree is changed and
 * changed back without an await: nobody sees it.
 */
export function leadsTo(tree: ListTree, diff: Diff, digest: string): boolean {
  try {
    tree.revert(diff);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
  const isSo = tree.digest() === digest;
  tree.apply(diff);
  return isSo;
}
