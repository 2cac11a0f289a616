// SQL on protected values.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { DB, ProtectedValue } from '../database/generated/schema.ts';
import type { ValueSearch } from './case-queries.ts';

export type ProtectionRow = Selectable<ProtectedValue>;

export function selectProtection(
  db: Kysely<DB>,
  list: string,
  value: string,
): Promise<ProtectionRow | undefined> {
  return db
    .selectFrom('protected_value')
    .selectAll()
    .where('list_id', '=', list)
    .where('value', '=', value)
    .executeTakeFirst();
}

/** Which of these cases hold a protected value. */
export async function selectProtectedCases(db: Kysely<DB>, caseIds: readonly number[]): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    select c.id from review_case c join protected_value p on p.list_id = c.list_id and p.value = c.value
    where c.id = any(${caseIds}::bigint[])`.execute(db);
  return new Set(rows.map((row) => row.id));
}

export function upsertProtection(
  db: Kysely<DB>,
  row: { list: string; value: string; kind: string; note: string | null; by: string; at: Date },
): Promise<ProtectionRow> {
  const values = { kind: row.kind, note: row.note, protected_by: row.by, protected_at: row.at };
  return db
    .insertInto('protected_value')
    .values({ list_id: row.list, value: row.value, ...values })
    .onConflict((conflict) => conflict.columns(['list_id', 'value']).doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What is no more; undefined when there was none. */
export function deleteProtection(
  db: Kysely<DB>,
  list: string,
  value: string,
): Promise<ProtectionRow | undefined> {
  return db
    .deleteFrom('protected_value')
    .where('list_id', '=', list)
    .where('value', '=', value)
    .returningAll()
    .executeTakeFirst();
}

/** A page of protected values after one, by list and value. */
export function selectProtections(
  db: Kysely<DB>,
  filter: { list?: string | undefined; kind?: string | undefined; value?: ValueSearch | undefined },
  after: readonly [string, string] | undefined,
  limit: number,
): Promise<ProtectionRow[]> {
  let query = db.selectFrom('protected_value').selectAll();
  if (filter.list) query = query.where('list_id', '=', filter.list);
  if (filter.kind) query = query.where('kind', '=', filter.kind);
  if (filter.value && 'exact' in filter.value) query = query.where('value', 'in', filter.value.exact);
  if (filter.value && 'prefix' in filter.value) {
    query = query.where('value', '>=', filter.value.prefix).where('value', '<=', `${filter.value.prefix}~`);
  }
  if (after) query = query.where(sql<boolean>`(list_id, value) > (${after[0]}, ${after[1]})`);
  return query.orderBy('list_id').orderBy('value').limit(limit).execute();
}

/** Whether a second person agreed to what is verified of a case. */
export async function isConfirmed(db: Kysely<DB>, caseId: number): Promise<boolean> {
  const last = await db
    .selectFrom('decision')
    .select('confirms')
    .where('case_id', '=', caseId)
    .where('effect', '=', 'verified')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return last?.confirms != null;
}

/** A case flagged, or no more, as protected; one that is verified by one person waits for a second again. */
export async function flagCase(
  db: Kysely<DB>,
  caseId: number,
  change: { flags: string[]; status: string; at: Date },
): Promise<void> {
  await db
    .updateTable('review_case')
    .set((eb) => ({
      flags: change.flags,
      status: change.status,
      revision: eb('revision', '+', 1),
      updated_at: change.at,
    }))
    .where('id', '=', caseId)
    .execute();
}
