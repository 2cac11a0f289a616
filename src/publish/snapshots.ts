// When a snapshot becomes a file that the manifest names: once the diffs since the last one outweigh it, with a
// floor, in the background. Fresh relays then take that snapshot and one diff.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { Artifacts } from './artifacts.ts';
import { historyOf } from './line-queries.ts';
import { snapshotBytes } from './list-memory.ts';
import type { ManifestSigner } from './manifest-signer.ts';
import { type ListRow, selectList, selectVersion } from './version-queries.ts';

/** Fewer changed lines than this never call for a new snapshot. */
const FLOOR = 1000;
/** A new snapshot is due when the diffs since the last one have this share of the list's lines. */
const SHARE = 0.25;

export interface SnapshotDeps {
  db: Kysely<DB>;
  now: () => Date;
  artifacts: Artifacts;
  signer: ManifestSigner;
}

/** Name of a snapshot among the artifacts. */
export function snapshotName(list: string, epoch: string, version: number): string {
  return `${list}/${epoch}/snapshot-${version}.csv`;
}

/** How the names of the snapshots begin that manifests name now, in whatever form. */
export async function namedSnapshots(db: Kysely<DB>): Promise<string[]> {
  const lists = await db.selectFrom('list').select(['id', 'epoch', 'snapshot_version']).execute();
  return lists.map((row) => snapshotName(row.id, row.epoch, row.snapshot_version).replace(/csv$/, ''));
}

/** Whether the list's next snapshot is due. */
export function isSnapshotDue(row: ListRow): boolean {
  return row.unsnapped_changes >= Math.max(FLOOR, SHARE * row.count);
}

/**
 * Makes the snapshot of the version in force if one is due, and has the manifest name it.
 * @returns the version, or undefined when none was due
 */
export async function materializeSnapshot(deps: SnapshotDeps, list: string): Promise<number | undefined> {
  const row = await selectList(deps.db, list);
  if (!row || !isSnapshotDue(row)) return undefined;
  const { version, epoch } = row;
  const path = await deps.artifacts.file(snapshotName(list, epoch, version), 'identity', () =>
    snapshotBytes(deps.db, historyOf(row), version),
  );
  const content = await measure(path);
  const signed = await selectVersion(deps.db, row, version);
  if (signed?.count !== content.count) {
    throw new Error(
      `list ${list}: the snapshot of version ${version} has ${content.count} lines, not ${signed?.count}`,
    );
  }
  await deps.db.transaction().execute(async (trx) => {
    const locked = await trx
      .selectFrom('list')
      .selectAll()
      .where('id', '=', list)
      .forUpdate()
      .executeTakeFirstOrThrow();
    // Another instance, or a new epoch, may have been faster.
    if (locked.epoch !== epoch || locked.snapshot_version >= version) return;
    await trx
      .insertInto('snapshot')
      .values({ list_id: list, epoch, version, ...content, created_at: deps.now() })
      .execute();
    const since = await trx
      .selectFrom('version')
      .select((eb) => eb.fn.sum<number>(eb('added', '+', eb.ref('removed'))).as('changes'))
      .where('list_id', '=', list)
      .where('epoch', '=', epoch)
      .where('version', '>', version)
      .executeTakeFirst();
    await trx
      .updateTable('list')
      .set({ snapshot_version: version, unsnapped_changes: Number(since?.changes ?? 0) })
      .where('id', '=', list)
      .execute();
    await deps.signer.sign(trx, list);
  });
  return version;
}

async function measure(path: string): Promise<{ sha256: Buffer; bytes: number; count: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return { sha256: hash.digest(), bytes, count: lines - 1 };
}
