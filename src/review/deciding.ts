// Decides cases, all or none in one transaction, or says what would come of it. Domain rules 1, 2 and 6: who submits
// never decides; protected values need two people; decisions are appended; a verified number strikes its codes.
import type { Kysely, Transaction } from 'kysely';
import { type Act, changesOf, recordActs } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Actor } from '../http/caller.ts';
import { type FieldError, notFound, Problem } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import { isSpecial } from '../list/listed-value.ts';
import { type CaseRow, type LockedCases, lockCases, selectCasesById } from './case-queries.ts';
import { strikeCodes } from './code-strikes.ts';
import { insertDecisions, selectFirstDecisions, settleCases } from './decision-queries.ts';
import {
  type CaseState,
  decide,
  type Outcome,
  type Refusal,
  type RefusalCode,
  type Ruling,
} from './decision-rules.ts';
import type { Desk } from './desk.ts';
import { orderListing } from './order-queries.ts';
import { selectProtectedCases } from './protection-queries.ts';
import { checkOnce, checkRuling } from './ruling.ts';
import { settleCandidates } from './telling-queries.ts';
import { noteBefore, rememberAct } from './undoing.ts';

export interface Decided {
  decisionIds: number[];
  awaitingSecond: number;
}

export interface ReadCase {
  id: number;
  /** The revision that was read. */
  revision: number;
}

type Judged = { outcomes: Outcome[]; decided: CaseState[]; refusals: { at: number; refusal: Refusal }[] };

/** With an error for each case in the way, at most so many. */
const MAX_ERRORS = 100;

/**
 * Decides cases, all or none.
 * @throws Problem `not_found`, or the first conflict with a pointer for each case in the way
 */
export function decideCases(
  desk: Desk,
  cases: readonly ReadCase[],
  ruling: Ruling,
  reviewer: Actor,
): Promise<Decided> {
  const now = desk.now();
  const today = dayOf(now, desk.timeZone);
  checkRuling(ruling, today);
  checkOnce(cases);
  return desk.db.transaction().execute(async (trx) => {
    const ids = cases.map((one) => one.id);
    const locked = await lockCases(trx, ids);
    const states = await readStates(trx, locked.cases, now);
    const { outcomes, decided, refusals } = judge(cases, states, ruling, reviewer, today);
    const [first] = refusals;
    if (first) throw new Problem(first.refusal.code, first.refusal.detail, { errors: toErrors(refusals) });
    const decisionIds = await carryOut(trx, locked, { decided, outcomes, ruling, reviewer, now });
    return { decisionIds, awaitingSecond: outcomes.filter(awaitsSecond).length };
  });
}

interface Verdicts {
  decided: readonly CaseState[];
  outcomes: readonly Outcome[];
  ruling: Ruling;
  reviewer: Actor;
  now: Date;
}

/** Writes what was decided; the decisions, in the order of the cases. */
async function carryOut(trx: Transaction<DB>, locked: LockedCases, verdicts: Verdicts): Promise<number[]> {
  const { decided, outcomes, ruling, reviewer, now } = verdicts;
  const isUndoable = reviewer.kind === 'person' && ruling.verdict !== 'request_info';
  const before = isUndoable ? await noteBefore(trx, locked) : undefined;
  const rows = decided.map((state, i) => ({
    caseId: state.id,
    caseRevision: state.revision,
    verdict: ruling.verdict,
    reason: ruling.reason ?? null,
    note: ruling.note ?? null,
    urgent: false,
    ...(outcomes[i] as Outcome),
  }));
  const decisionIds = await insertDecisions(trx, rows, { ...reviewer, at: now });
  await settleCandidates(trx, decisionIds);
  await settleCases(trx, decisionIds, now);
  await orderListing(trx, decisionIds, now);
  const struck = ruling.verdict === 'verify' ? await strikeCodes(trx, decisionIds, now) : [];
  if (before) await rememberAct(trx, before, { personId: reviewer.id, decidedAt: now, decisionIds, struck });
  await recordActs(
    trx,
    reviewer,
    decided.map((state, i) => toAct(state, outcomes[i] as Outcome, ruling, decisionIds[i], now)),
  );
  return decisionIds;
}

export interface Preview {
  /** What can be decided so. */
  decided: CaseState[];
  outcomes: Outcome[];
  refused: number;
  errors: FieldError[];
}

/** What `decideCases` would come to at this moment; nothing is done. */
export async function previewDecisions(
  desk: Desk,
  cases: readonly ReadCase[],
  ruling: Ruling,
  reviewer: Actor,
): Promise<Preview> {
  const now = desk.now();
  const today = dayOf(now, desk.timeZone);
  checkRuling(ruling, today);
  checkOnce(cases);
  const rows = await selectCasesById(
    desk.db,
    cases.map((one) => one.id),
  );
  const states = await readStates(desk.db, rows, now);
  const { outcomes, decided, refusals } = judge(cases, states, ruling, reviewer, today);
  return { decided, outcomes, refused: refusals.length, errors: toErrors(refusals) };
}

/** Whether a case waits for a second person afterwards. */
export function awaitsSecond(outcome: Outcome): boolean {
  return outcome.effect === 'awaiting_second';
}

async function readStates(
  db: Kysely<DB>,
  rows: readonly CaseRow[],
  now: Date,
): Promise<Map<number, CaseState>> {
  const ids = rows.map((row) => row.id);
  // Read after the locks: a protection that committed before them is seen.
  const guarded = await selectProtectedCases(db, ids);
  const waiting = rows.filter((row) => row.status === 'awaiting_second').map((row) => row.id);
  const first = waiting.length > 0 ? await selectFirstDecisions(db, waiting) : new Map();
  const states = rows.map((row) => ({
    id: row.id,
    list: row.list_id,
    value: row.value,
    numberClass: row.number_class,
    category: row.category,
    status: row.status,
    revision: row.revision,
    carrierIds: row.carrier_ids,
    protected: guarded.has(row.id) || isSpecial(row.list_id, row.value),
    claimedBy: row.claimed_until && row.claimed_until > now ? (row.claimed_by ?? undefined) : undefined,
    first: first.get(row.id),
  }));
  return new Map(states.map((state) => [state.id, state]));
}

function judge(
  cases: readonly ReadCase[],
  states: ReadonlyMap<number, CaseState>,
  ruling: Ruling,
  reviewer: Actor,
  today: string,
): Judged {
  const judged: Judged = { outcomes: [], decided: [], refusals: [] };
  for (const [at, one] of cases.entries()) {
    const state = states.get(one.id);
    if (!state) throw notFound('case');
    const result = decide(state, one.revision, ruling, reviewer, today);
    if ('code' in result) judged.refusals.push({ at, refusal: result });
    else {
      judged.outcomes.push(result);
      judged.decided.push(state);
    }
  }
  return judged;
}

function toErrors(refusals: Judged['refusals']): FieldError[] {
  return refusals.slice(0, MAX_ERRORS).map(({ at, refusal }) => ({
    pointer: `/cases/${at}`,
    code: refusal.code satisfies RefusalCode,
    detail: refusal.detail,
  }));
}

/** Reasons are in it, notes are not: they are free text, and stand in the decision. */
function toAct(
  state: CaseState,
  outcome: Outcome,
  ruling: Ruling,
  decisionId: number | undefined,
  at: Date,
): Act {
  const status = outcome.effect === 'info_requested' ? state.status : outcome.effect;
  const changes = changesOf(
    { status: state.status, category: state.category },
    { status, category: outcome.category ?? state.category },
  );
  const decision = changesOf(null, {
    decision: String(decisionId),
    verdict: ruling.verdict,
    reason: ruling.reason,
  });
  return { target: `cases/${state.id}`, at, changes: [...changes, ...decision] };
}
