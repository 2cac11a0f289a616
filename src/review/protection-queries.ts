// SQL on protected values.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { DB, ProtectedValue } from '../database/generated/schema.ts';

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

export async function deleteProtection(db: Kysely<DB>, list: string, value: string): Promise<boolean> {
  const result = await db
    .deleteFrom('protected_value')
    .where('list_id', '=', list)
    .where('value', '=', value)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
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
