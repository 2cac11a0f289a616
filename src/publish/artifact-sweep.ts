// Removes the files of snapshots and diffs that nobody may ask for any more: of past epochs, and of versions older
// than the oldest that is held.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface HeldList {
  id: string;
  epoch: string;
  oldest_version: number;
}

const EPOCH = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A snapshot's version, or the version that a diff leads on from. */
const FIRST_VERSION = /^(?:snapshot|diff)-(\d+)\D/;

/**
 * Removes what is gone; other files stay.
 * @param directory where artifacts are kept, `list/epoch/name` below it
 * @returns how many files and epochs were removed
 */
export async function sweepArtifacts(directory: string, lists: readonly HeldList[]): Promise<number> {
  let removed = 0;
  for (const { id, epoch, oldest_version: oldest } of lists) {
    for (const name of await namesIn(join(directory, id))) {
      if (!EPOCH.test(name) || name === epoch) continue;
      await rm(join(directory, id, name), { recursive: true, force: true });
      removed++;
    }
    for (const name of await namesIn(join(directory, id, epoch))) {
      const first = FIRST_VERSION.exec(name)?.[1];
      if (first === undefined || Number(first) >= oldest) continue;
      await rm(join(directory, id, epoch, name), { force: true });
      removed++;
    }
  }
  return removed;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // nothing was made yet
    throw error;
  }
}
