// Protects values: two people must agree to list them. Domain rule 2: it wins over a decision made before it.
import type { Transaction } from 'kysely';
import { type Act, changesOf, recordAct, recordActs } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Actor } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { isSpecial } from '../list/listed-value.ts';
import { lockCaseOf } from './case-queries.ts';
import type { Desk } from './desk.ts';
import { isListedOrOrdered, orderProtection } from './order-queries.ts';
import {
  deleteProtection,
  flagCase,
  isConfirmed,
  type ProtectionRow,
  selectProtection,
  upsertProtection,
} from './protection-queries.ts';

export interface Protection {
  list: string;
  value: string;
  kind: string;
  note: string | null;
}

/** Protects a value; what one person verified of it waits for a second person again, and leaves the list. */
export function protectValue(desk: Desk, protection: Protection, author: Actor): Promise<ProtectionRow> {
  const at = desk.now();
  return desk.db.transaction().execute(async (trx) => {
    const { row, act } = await protect(trx, protection, author, at);
    await recordAct(trx, author, act);
    return row;
  });
}

/** Protects many values, all or none. */
export function protectValues(desk: Desk, protections: readonly Protection[], author: Actor): Promise<void> {
  const at = desk.now();
  // In the order that cases are locked in everywhere.
  const sorted = protections.toSorted((a, b) => compare(a.list, b.list) || compare(a.value, b.value));
  return desk.db.transaction().execute(async (trx) => {
    const acts: Act[] = [];
    for (const protection of sorted) acts.push((await protect(trx, protection, author, at)).act);
    await recordActs(trx, author, acts);
  });
}

/** Lifts a protection. Throws Problem `always_protected`, `not_found`. */
export function unprotectValue(desk: Desk, list: string, value: string, author: Actor): Promise<void> {
  if (isSpecial(list, value)) throw new Problem('always_protected', 'Special numbers stay protected.');
  const at = desk.now();
  return desk.db.transaction().execute(async (trx) => {
    const before = await deleteProtection(trx, list, value);
    if (!before) throw notFound('protection');
    const row = await lockCaseOf(trx, list, value);
    if (row) {
      const flags = row.flags.filter((flag) => flag !== 'protected');
      await flagCase(trx, row.id, { flags, status: row.status, at });
    }
    const changes = changesOf({ kind: before.kind }, null);
    await recordAct(trx, author, { target: `protected/${list}/${value}`, at, changes });
  });
}

/** The protection of a value, by rule or by row. */
export async function findProtection(
  desk: Desk,
  list: string,
  value: string,
): Promise<ProtectionRow | 'special' | undefined> {
  return isSpecial(list, value) ? 'special' : selectProtection(desk.db, list, value);
}

async function protect(
  trx: Transaction<DB>,
  { list, value, kind, note }: Protection,
  author: Actor,
  at: Date,
): Promise<{ row: ProtectionRow; act: Act }> {
  const before = await selectProtection(trx, list, value);
  // The row first, then the lock: a decision that is under way commits before the lock is given, and is seen.
  const row = await upsertProtection(trx, { list, value, kind, note, by: author.id, at });
  await guardCase(trx, list, value, at);
  const changes = changesOf(before ? { kind: before.kind } : null, { kind });
  return { row, act: { target: `protected/${list}/${value}`, at, changes } };
}

async function guardCase(trx: Transaction<DB>, list: string, value: string, at: Date): Promise<void> {
  const row = await lockCaseOf(trx, list, value);
  if (!row) return;
  const settledByOne = row.status === 'verified' && !(await isConfirmed(trx, row.id));
  const waits = settledByOne && (await isListedOrOrdered(trx, row.id));
  const status = waits ? 'awaiting_second' : row.status;
  await flagCase(trx, row.id, { flags: [...new Set([...row.flags, 'protected'])], status, at });
  if (waits) await orderProtection(trx, list, value, at);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
