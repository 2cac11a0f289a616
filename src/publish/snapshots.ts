// When a snapshot becomes a file that the manifest names: once the diffs since the last one outweigh it, with a
// floor, in the background. Fresh relays then take that snapshot and one diff.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { CODINGS } from '../list/coding.ts';
import { COMPACT_TYPE } from '../list/compact.ts';
import { snapshotArtifact, snapshotName } from './artifact-forms.ts';
import type { Artifacts } from './artifacts.ts';
import type { LineSource } from './line-source.ts';
import type { ManifestSigner } from './manifest-signer.ts';
import type { Turns } from './turns.ts';
import { type ListRow, lockList, selectList, selectVersion } from './version-queries.ts';

/** Fewer changed lines than this never call for a new snapshot. */
const FLOOR = 1000;
/** A new snapshot is due when the diffs since the last one have this share of the list's lines. */
const SHARE = 0.25;
/** Class of the advisory locks under which snapshots are made; random, and publish's alone. */
const SNAPSHOT_LOCK = 1_903_374_116;

export interface SnapshotDeps {
  db: Kysely<DB>;
  now: () => Date;
  lines: LineSource;
  artifacts: Artifacts;
  turns: Turns;
  signer: ManifestSigner;
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
 * Makes the snapshot of the version in force if one is due, in every coding, and then has the manifest name it: no reader
 * ever waits for what a manifest names. One server at a time does it.
 * @returns the version, or undefined when none was due or another server is making it
 */
export async function materializeSnapshot(deps: SnapshotDeps, list: string): Promise<number | undefined> {
  if (!(await readDue(deps, list))) return undefined;
  return deps.db.connection().execute(async (connection) => {
    const lock = sql`(${SNAPSHOT_LOCK}, hashtext(${list}))`;
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_lock${lock} as mine`.execute(
      connection,
    );
    if (!rows[0]?.mine) return undefined;
    try {
      const row = await readDue(deps, list); // who held the lock before may have made it
      if (row) await nameSnapshot(deps, row, await prepare(deps, row, row.version));
      return row?.version;
    } finally {
      await sql`select pg_advisory_unlock${lock}`.execute(connection);
    }
  });
}

/** Makes the files of the snapshot that the manifest names, where this server lacks them. */
export async function prepareNamedSnapshot(deps: SnapshotDeps, list: string): Promise<void> {
  const row = await selectList(deps.db, list);
  // Version 0 is the header alone.
  if (row && row.snapshot_version > 0) await prepare(deps, row, row.snapshot_version);
}

/** The file of the newest snapshot, if this server has it. */
export async function findSnapshotFile(
  { db, artifacts }: Pick<SnapshotDeps, 'db' | 'artifacts'>,
  { id, epoch }: { id: string; epoch: string },
): Promise<{ version: number; path: string } | undefined> {
  const row = await selectList(db, id);
  if (row?.epoch !== epoch) return undefined;
  const version = row.snapshot_version;
  const path = await artifacts.find(snapshotName(id, epoch, version));
  return path === undefined ? undefined : { version, path };
}

async function readDue(deps: SnapshotDeps, list: string): Promise<ListRow | undefined> {
  const row = await selectList(deps.db, list);
  return row && isSnapshotDue(row) ? row : undefined;
}

/** The snapshot in each form and coding, one after the other: no hurry. Gives the file of the plain CSV. */
async function prepare(deps: SnapshotDeps, row: ListRow, version: number): Promise<string> {
  const csv = snapshotArtifact(deps, row, version, 'text/csv');
  for (const artifact of [csv, snapshotArtifact(deps, row, version, COMPACT_TYPE)]) {
    for (const coding of CODINGS) await deps.artifacts.place(artifact, coding);
  }
  return deps.artifacts.file(csv.name, 'identity', csv.produce);
}

/** Has the manifest name a snapshot that is there as a file. */
async function nameSnapshot(deps: SnapshotDeps, row: ListRow, path: string): Promise<void> {
  const { id: list, epoch, version } = row;
  const content = await measure(path);
  const signed = await selectVersion(deps.db, row, version);
  if (signed?.count !== content.count) {
    throw new Error(
      `list ${list}: the snapshot of version ${version} has ${content.count} lines, not ${signed?.count}`,
    );
  }
  await deps.db.transaction().execute(async (trx) => {
    const locked = await lockList(trx, list);
    if (locked?.epoch !== epoch || locked.snapshot_version >= version) return; // a new epoch meanwhile
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
    await sql`select pg_notify('chadan_snapshot', ${list})`.execute(trx);
  });
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
