// SQL of a publication: what is ordered, what is listed, and the rows of a new version.
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { DB, List, Version } from '../database/generated/schema.ts';
import type { EntryRow, NextVersion, OrderRow } from './next-version.ts';

export type ListRow = Selectable<List>;
export type VersionRow = Selectable<Version>;

export function selectList(db: Kysely<DB>, list: string): Promise<ListRow | undefined> {
  return db.selectFrom('list').selectAll().where('id', '=', list).executeTakeFirst();
}

/** What is in force of every list. */
export async function selectVersionsInForce(db: Kysely<DB>) {
  const rows = await db.selectFrom('list').select(['id', 'epoch', 'version', 'digest']).execute();
  return rows.map(({ id, digest, ...row }) => ({ list: id, ...row, digest: digest.toString('hex') }));
}

/** The lock under which version numbers are given: one publication of a list at a time, on all instances. */
export function lockList(trx: Transaction<DB>, list: string): Promise<ListRow | undefined> {
  return trx.selectFrom('list').selectAll().where('id', '=', list).forUpdate().executeTakeFirst();
}

/** The orders that wait; urgent only: all orders of the values that have an urgent one. */
export async function selectOrders(db: Kysely<DB>, list: string, urgentOnly: boolean): Promise<OrderRow[]> {
  const { rows } = await sql<OrderRow>`
    select o.id, o.value, o.action, o.category, o.until, o.decision_id as "decisionId", d.reason,
           d.confirms is not null as confirmed
    from listing_order o left join decision d on d.id = o.decision_id
    where o.list_id = ${list}
      and (${!urgentOnly} or o.value in (select value from listing_order where list_id = ${list} and urgent))
    order by o.id`.execute(db);
  return rows;
}

/** The entries in force of some values, and with a day also those whose last day is before it; some twice, then. */
export async function selectListed(
  db: Kysely<DB>,
  list: string,
  values: readonly string[],
  today: string | undefined,
): Promise<EntryRow[]> {
  const { rows } = await sql<EntryRow>`
    select e.id, e.value, e.category, e.until, e.decision_id as "decisionId", d.confirms is not null as confirmed
    from (
      select * from entry where list_id = ${list} and removed_in is null and value = any(${values}::text[])
      union all
      select * from entry where list_id = ${list} and removed_in is null and until < ${today ?? null}::date
    ) e join decision d on d.id = e.decision_id`.execute(db);
  return rows;
}

/** Which of these values are protected. */
export async function selectProtectedValues(
  db: Kysely<DB>,
  list: string,
  values: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ value: string }>`
    select value from protected_value where list_id = ${list} and value = any(${values}::text[])`.execute(db);
  return new Set(rows.map((row) => row.value));
}

export async function deleteOrders(trx: Transaction<DB>, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await sql`delete from listing_order where id = any(${ids}::bigint[])`.execute(trx);
}

/**
 * Ends entries with the version of a serial and begins others, in one statement: additions look at what has ended first, for an entry
 * that changes is both. Throws when not every one was there to be ended.
 */
export async function moveEntries(
  trx: Transaction<DB>,
  list: string,
  serial: number,
  { removals, additions }: NextVersion,
): Promise<void> {
  const { rows } = await sql<{ ended: number; begun: number }>`
    with ended as (
      update entry e set removed_in = ${serial}, removal_reason = t.reason, removal_decision_id = t.decision_id
      from unnest(${removals.map((one) => one.entry.value)}::text[], ${removals.map((one) => one.reason)}::text[],
                  ${removals.map((one) => one.decisionId)}::bigint[]) as t(value, reason, decision_id)
      where e.list_id = ${list} and e.removed_in is null and e.value = t.value
      returning 1
    ), begun as (
      insert into entry (list_id, value, category, until, decision_id, added_in)
      select ${list}, t.value, t.category, t.until, t.decision_id, ${serial}
      from unnest(${additions.map((one) => one.value)}::text[], ${additions.map((one) => one.category)}::text[],
                  ${additions.map((one) => one.until)}::date[], ${additions.map((one) => one.decisionId)}::bigint[])
           as t(value, category, until, decision_id)
      where (select count(*) from ended) = ${removals.length}
      returning 1
    )
    select (select count(*) from ended) as ended, (select count(*) from begun) as begun`.execute(trx);
  const moved = rows[0];
  if (moved?.ended !== removals.length || moved.begun !== additions.length) {
    throw new Error(
      `list ${list}: ended ${moved?.ended} of ${removals.length} entries, began ${moved?.begun} of ${additions.length}`,
    );
  }
}

export interface NewVersionRow {
  list: string;
  epoch: string;
  version: number;
  /** Counts on over all epochs. */
  serial: number;
  publishedAt: Date;
  added: number;
  removed: number;
  count: number;
  digest: string;
  chain: string;
  note: string | null;
  publishedBy: string | null;
  confirmedBy: string | null;
}

export function insertVersion(trx: Transaction<DB>, row: NewVersionRow): Promise<VersionRow> {
  return trx
    .insertInto('version')
    .values({
      list_id: row.list,
      epoch: row.epoch,
      version: row.version,
      serial: row.serial,
      published_at: row.publishedAt,
      added: row.added,
      removed: row.removed,
      count: row.count,
      digest: Buffer.from(row.digest, 'hex'),
      chain: Buffer.from(row.chain, 'hex'),
      note: row.note,
      published_by: row.publishedBy,
      confirmed_by: row.confirmedBy,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A version of a list's epoch; give the list's row for the present one. */
export function selectVersion(
  db: Kysely<DB>,
  { id, epoch }: { id: string; epoch: string },
  version: number,
): Promise<VersionRow | undefined> {
  return db
    .selectFrom('version')
    .selectAll()
    .where('list_id', '=', id)
    .where('epoch', '=', epoch)
    .where('version', '=', version)
    .executeTakeFirst();
}

/** Versions of an epoch, the newest first. */
export function selectVersions(
  db: Kysely<DB>,
  { id, epoch }: { id: string; epoch: string },
  before: number | undefined,
  limit: number,
): Promise<VersionRow[]> {
  let query = db.selectFrom('version').selectAll().where('list_id', '=', id).where('epoch', '=', epoch);
  if (before !== undefined) query = query.where('version', '<', before);
  return query.orderBy('version', 'desc').limit(limit).execute();
}

/** The oldest version to serve: moves past those older than the retention, while diffs cost more than the list. */
export async function advanceOldest(
  trx: Transaction<DB>,
  state: {
    list: string;
    epoch: string;
    oldest: number;
    snapshot: number;
    heldChanges: number;
    count: number;
  },
  keepSince: Date,
): Promise<{ oldest: number; heldChanges: number }> {
  let { oldest, heldChanges } = state;
  if (heldChanges <= state.count) return { oldest, heldChanges };
  // A version is no longer needed once its successor is older than the retention: no one held it since.
  const steps = await trx
    .selectFrom('version')
    .select(['version', 'added', 'removed'])
    .where('list_id', '=', state.list)
    .where('epoch', '=', state.epoch)
    .where('version', '>', oldest)
    .where('version', '<=', state.snapshot) // a diff leads on from the snapshot
    .where('published_at', '<', keepSince)
    .orderBy('version')
    .limit(1000)
    .execute();
  for (const step of steps) {
    if (heldChanges <= state.count) break;
    oldest = step.version;
    heldChanges -= step.added + step.removed;
  }
  return { oldest, heldChanges };
}
