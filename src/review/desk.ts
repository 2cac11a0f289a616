// The reviewers' acts, each one transaction: decide cases, release an entry, protect a value.
// Domain rules 1 and 2: who submits never decides; protected values need two people; decisions are appended.
import type { Kysely, Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type FieldError, notFound, Problem } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import { isSpecial } from '../list/listed-value.ts';
import { type CaseRow, lockCaseOf, lockCases } from './case-queries.ts';
import {
  insertDecisions,
  isListedOrOrdered,
  orderListing,
  orderProtection,
  orderRelease,
  selectFirstDecisions,
  settleCandidates,
  settleCases,
} from './decision-queries.ts';
import {
  type CaseState,
  decide,
  type Outcome,
  type Refusal,
  type RefusalCode,
  type Reviewer,
  type Ruling,
} from './decision-rules.ts';
import {
  deleteProtection,
  flagCase,
  type ProtectionRow,
  selectProtectedCases,
  selectProtection,
  upsertProtection,
} from './protection-queries.ts';

export interface Desk {
  db: Kysely<DB>;
  now: () => Date;
  timeZone: string;
}

export interface Decided {
  decisionIds: number[];
  awaitingSecond: number;
}

/**
 * Decides cases, all or none.
 * @throws Problem `not_found`, `invalid_value`, or the first conflict with a pointer for each case in the way
 */
export function decideCases(
  desk: Desk,
  cases: readonly { id: number; revision: number }[],
  ruling: Ruling,
  reviewer: Reviewer,
): Promise<Decided> {
  const now = desk.now();
  const today = dayOf(now, desk.timeZone);
  checkRuling(ruling, today);
  checkOnce(cases);
  return desk.db.transaction().execute(async (trx) => {
    const ids = cases.map((one) => one.id);
    const rows = new Map((await lockCases(trx, ids)).map((row) => [row.id, row]));
    const states = await readStates(trx, rows);
    const outcomes = decideEach(cases, states, ruling, reviewer, today);
    const decisionIds = await insertDecisions(
      trx,
      cases.map((one, i) => ({
        caseId: one.id,
        caseRevision: one.revision,
        verdict: ruling.verdict,
        reason: ruling.reason ?? null,
        note: ruling.note ?? null,
        urgent: false,
        ...(outcomes[i] as Outcome),
      })),
      { ...reviewer, at: now },
    );
    await settleCandidates(trx, decisionIds);
    await settleCases(trx, decisionIds, now);
    await orderListing(trx, decisionIds, now);
    return {
      decisionIds,
      awaitingSecond: outcomes.filter((outcome) => outcome.effect === 'awaiting_second').length,
    };
  });
}

/** Decides to take a value off its list. Throws Problem `not_found`, `not_listed`. */
export function releaseEntry(
  desk: Desk,
  list: string,
  value: string,
  release: { reason: string; note?: string | undefined; urgent: boolean },
  reviewer: Reviewer,
): Promise<number> {
  const now = desk.now();
  return desk.db.transaction().execute(async (trx) => {
    const row = await lockCaseOf(trx, list, value);
    if (!row) throw notFound('entry');
    if (!(await isListedOrOrdered(trx, list, value)))
      throw new Problem('not_listed', 'The value is not listed.');
    const [decisionId] = await insertDecisions(
      trx,
      [
        {
          caseId: row.id,
          caseRevision: row.revision,
          verdict: 'release',
          effect: 'released',
          category: null,
          until: null,
          reason: release.reason,
          note: release.note ?? null,
          urgent: release.urgent,
          confirms: null,
        },
      ],
      { ...reviewer, at: now },
    );
    if (decisionId === undefined) throw new Error('the decision was not inserted');
    await orderRelease(trx, { list, value, decisionId, urgent: release.urgent, at: now });
    return decisionId;
  });
}

/** Protects a value; what one person verified of it waits for a second person again, and leaves the list. */
export function protectValue(
  desk: Desk,
  list: string,
  value: string,
  protection: { kind: string; note: string | null },
  reviewer: Reviewer,
): Promise<ProtectionRow> {
  const now = desk.now();
  return desk.db.transaction().execute(async (trx) => {
    // The row first, then the lock: a decision that is under way commits before the lock is given, and is seen.
    const protectedRow = await upsertProtection(trx, {
      list,
      value,
      ...protection,
      by: reviewer.id,
      at: now,
    });
    const row = await lockCaseOf(trx, list, value);
    if (!row) return protectedRow;
    const settledByOne = row.status === 'verified' && !(await isConfirmed(trx, row.id));
    const status =
      settledByOne && (await isListedOrOrdered(trx, list, value)) ? 'awaiting_second' : row.status;
    await flagCase(trx, row.id, { flags: [...new Set([...row.flags, 'protected'])], status, at: now });
    if (status !== row.status) await orderProtection(trx, list, value, now);
    return protectedRow;
  });
}

/** Lifts a protection. Throws Problem `always_protected`, `not_found`. */
export function unprotectValue(desk: Desk, list: string, value: string): Promise<void> {
  if (isSpecial(list, value)) throw new Problem('always_protected', 'Special numbers stay protected.');
  return desk.db.transaction().execute(async (trx) => {
    if (!(await deleteProtection(trx, list, value))) throw notFound('protection');
    const row = await lockCaseOf(trx, list, value);
    if (!row) return;
    const flags = row.flags.filter((flag) => flag !== 'protected');
    await flagCase(trx, row.id, { flags, status: row.status, at: desk.now() });
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

async function isConfirmed(trx: Transaction<DB>, caseId: number): Promise<boolean> {
  const last = await trx
    .selectFrom('decision')
    .select('confirms')
    .where('case_id', '=', caseId)
    .where('effect', '=', 'verified')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return last?.confirms != null;
}

async function readStates(
  trx: Transaction<DB>,
  rows: ReadonlyMap<number, CaseRow>,
): Promise<Map<number, CaseState>> {
  const ids = [...rows.keys()];
  // Read after the locks: a protection that committed before them is seen.
  const guarded = await selectProtectedCases(trx, ids);
  const waiting = ids.filter((id) => rows.get(id)?.status === 'awaiting_second');
  const first = waiting.length > 0 ? await selectFirstDecisions(trx, waiting) : new Map();
  const states = new Map<number, CaseState>();
  for (const row of rows.values()) {
    states.set(row.id, {
      id: row.id,
      list: row.list_id,
      value: row.value,
      numberClass: row.number_class,
      category: row.category,
      status: row.status,
      revision: row.revision,
      carrierIds: row.carrier_ids,
      protected: guarded.has(row.id) || isSpecial(row.list_id, row.value),
      first: first.get(row.id),
    });
  }
  return states;
}

function decideEach(
  cases: readonly { id: number; revision: number }[],
  states: ReadonlyMap<number, CaseState>,
  ruling: Ruling,
  reviewer: Reviewer,
  today: string,
): Outcome[] {
  const outcomes: Outcome[] = [];
  const refusals: { at: number; refusal: Refusal }[] = [];
  for (const [at, one] of cases.entries()) {
    const state = states.get(one.id);
    if (!state) throw notFound('case');
    const result = decide(state, one.revision, ruling, reviewer, today);
    if ('code' in result) refusals.push({ at, refusal: result });
    else outcomes.push(result);
  }
  if (refusals.length > 0) throw conflict(refusals);
  return outcomes;
}

function conflict(refusals: readonly { at: number; refusal: Refusal }[]): Problem {
  const code = refusals[0]?.refusal.code as RefusalCode;
  const errors: FieldError[] = refusals.slice(0, 100).map(({ at, refusal }) => ({
    pointer: `/cases/${at}`,
    code: refusal.code,
    detail: refusal.detail,
  }));
  return new Problem(code, refusals[0]?.refusal.detail ?? '', { errors });
}

function checkRuling(ruling: Ruling, today: string): void {
  const fault = rulingFault(ruling, today);
  if (fault)
    throw new Problem('invalid_request', 'The decision is not complete; see errors.', { errors: [fault] });
}

function rulingFault(ruling: Ruling, today: string): FieldError | undefined {
  if (ruling.verdict === 'reject' && ruling.reason === undefined) {
    return { pointer: '/reason', code: 'required', detail: 'a rejection gives its reason' };
  }
  if (ruling.verdict !== 'reject' && ruling.reason !== undefined) {
    return { pointer: '/reason', code: 'unknown', detail: 'only a rejection has a reason' };
  }
  for (const field of ['category', 'until'] as const) {
    if (ruling.verdict !== 'verify' && ruling[field] !== undefined) {
      return { pointer: `/${field}`, code: 'unknown', detail: `only a verification has ${field}` };
    }
  }
  if (ruling.until === undefined || ruling.until === 'permanent') return undefined;
  if (new Date(`${ruling.until}T00:00:00Z`).toJSON()?.slice(0, 10) !== ruling.until) {
    return { pointer: '/until', code: 'format', detail: 'there is no such day' };
  }
  return ruling.until < today
    ? { pointer: '/until', code: 'minimum', detail: `must not be before today, ${today}` }
    : undefined;
}

function checkOnce(cases: readonly { id: number }[]): void {
  const seen = new Set<number>();
  for (const [at, { id }] of cases.entries()) {
    if (seen.has(id)) {
      const error = { pointer: `/cases/${at}`, code: 'duplicate', detail: 'this case is named twice' };
      throw new Problem('invalid_request', 'A case is named twice.', { errors: [error] });
    }
    seen.add(id);
  }
}
