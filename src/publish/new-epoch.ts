// A new epoch of a list, after its history was lost or set back (format §7.1): version 0 is empty, version 1 is the whole
// list as it stands, past the brake, for nobody decided a change. No entry row is touched; what was stays on record.
import { randomUUID } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { digestOf, extendChain, startChain } from '../list/digest.ts';
import { EMPTY_SNAPSHOT } from './founding.ts';
import { ListMemory } from './list-memory.ts';
import { insertVersion, type ListRow, lockList } from './version-queries.ts';

export interface NewEpoch {
  list: string;
  before: { epoch: string; version: number };
  epoch: string;
  version: number;
  count: number;
}

/**
 * Begins a new epoch of a list. Nothing is signed here: each server signs what is new before it hands it out.
 * @throws Error where the rows do not have the digest that was published of them: this is not a whole restore
 */
export async function beginEpoch(db: Kysely<DB>, list: string, now: Date): Promise<NewEpoch> {
  return db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    const row = await lockList(trx, list);
    if (!row) throw new Error(`there is no list ${list}`);
    await new ListMemory(db).treeAt(row); // throws unless the entries are those of its digest
    const epoch = randomUUID();
    const version = await writeVersions(trx, row, epoch, now);
    await writeState(trx, row, { epoch, ...version, now });
    const before = { epoch: row.epoch, version: row.version };
    return { list, before, epoch, version: version.version, count: row.count };
  });
}

interface State {
  epoch: string;
  version: number;
  chain: string;
  serialBase: number;
}

async function writeVersions(trx: Transaction<DB>, row: ListRow, epoch: string, now: Date) {
  const serialBase = row.serial_base + row.version + 1;
  const note = `A new epoch after version ${row.version} of epoch ${row.epoch}.`;
  const common = {
    list: row.id,
    epoch,
    publishedAt: now,
    removed: 0,
    note,
    publishedBy: null,
    confirmedBy: null,
  };
  let state = { version: 0, chain: startChain(epoch), serialBase };
  const empty = { added: 0, count: 0, digest: digestOf([]) };
  await insertVersion(trx, { ...common, ...empty, ...state, serial: serialBase });
  if (row.count > 0) {
    const digest = row.digest.toString('hex');
    state = { version: 1, chain: extendChain(state.chain, digest), serialBase };
    const whole = { added: row.count, count: row.count, digest };
    await insertVersion(trx, { ...common, ...whole, ...state, serial: serialBase + 1 });
  }
  await trx
    .insertInto('snapshot')
    .values({ list_id: row.id, epoch, version: 0, ...EMPTY_SNAPSHOT, created_at: now })
    .execute();
  return state;
}

async function writeState(
  trx: Transaction<DB>,
  row: ListRow,
  { epoch, version, chain, serialBase, now }: State & { now: Date },
): Promise<void> {
  await trx
    .updateTable('list')
    .set({
      epoch,
      version,
      chain: Buffer.from(chain, 'hex'),
      serial_base: serialBase,
      published_at: now,
      oldest_version: 0,
      held_changes: row.count,
      snapshot_version: 0,
      unsnapped_changes: row.count,
      manifest: null,
      manifest_renew_at: null,
    })
    .where('id', '=', row.id)
    .execute();
  const event = { list: row.id, epoch, version, digest: row.digest.toString('hex') };
  await sql`select pg_notify('chadan_version', ${JSON.stringify(event)})`.execute(trx);
}
