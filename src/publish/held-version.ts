// Which versions can be asked for: those of the present epoch from the oldest held to the one in force.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { notFound, Problem } from '../http/problem.ts';
import { type ListRow, selectList } from './version-queries.ts';

/** The list's row. Throws Problem `not_found`. */
export async function requireList(db: Kysely<DB>, list: string): Promise<ListRow> {
  const row = await selectList(db, list);
  if (!row) throw notFound('list');
  return row;
}

/** Throws Problem `epoch_gone`, `version_gone`, `not_found`. */
export function requireHeld(row: ListRow, epoch: string, version: number): void {
  requireEpoch(row, epoch);
  if (version > row.version) throw notFound('version');
  if (version < row.oldest_version) {
    throw new Problem(
      'version_gone',
      `Version ${version} is no longer held; the oldest is ${row.oldest_version}.`,
      {
        snapshot: snapshotUrl(row),
      },
    );
  }
}

/** Throws Problem `epoch_gone`, `version_above_current`, `diff_gone`. */
export function requireDiffFrom(row: ListRow, epoch: string, from: number, to: number): void {
  requireEpoch(row, epoch);
  if (from > to)
    throw new Problem('version_above_current', `There is no diff from ${from} to ${to}: it would lead back.`);
  if (from < row.oldest_version) {
    throw new Problem('diff_gone', `Version ${from} is too old for a diff: take the snapshot.`, {
      snapshot: snapshotUrl(row),
    });
  }
}

function requireEpoch(row: ListRow, epoch: string): void {
  if (epoch.toLowerCase() === row.epoch) return;
  throw new Problem(
    'epoch_gone',
    'The list has another history now: take the manifest and the snapshot it names.',
  );
}

function snapshotUrl(row: ListRow): string {
  return `/v1/lists/${row.id}/versions/${row.snapshot_version}/snapshot?epoch=${row.epoch}`;
}
