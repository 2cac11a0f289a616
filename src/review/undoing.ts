// A person takes back what they decided a moment ago, one case or many at once, all or nothing: the cases are what they
// were, the decisions stay, each with one that undoes it. What is published already can only be released.
import type { Kysely, Transaction } from 'kysely';
import { changesOf, recordActs } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Actor } from '../http/caller.ts';
import type { components } from '../http/generated/openapi.ts';
import { notFound, Problem } from '../http/problem.ts';
import { type CaseRow, type LockedCases, lockCases } from './case-queries.ts';
import type { Desk } from './desk.ts';
import { impactOf } from './impact.ts';
import { releaseLocked } from './releasing.ts';
import { unsettleCandidates } from './telling-queries.ts';
import {
  type Act,
  type CaseBefore,
  type CodeBefore,
  countWaiting,
  deleteRecentAct,
  holdPublication,
  insertRecentAct,
  insertUndoing,
  restoreCases,
  restoreCodes,
  selectCandidatesBefore,
  selectListedBy,
  selectRecentAct,
} from './undo-queries.ts';
import { KNOWN_MS, refuseUndo, UNDO_MS } from './undo-rules.ts';

/** What a decision is about to change. To be called before anything is. */
export async function noteBefore(trx: Transaction<DB>, locked: LockedCases) {
  const caseIds = locked.cases.map(({ id }) => id);
  return { ...locked, candidates: await selectCandidatesBefore(trx, caseIds) };
}

/**
 * Remembers how to undo what was decided. A code's case that somebody else opened at the same moment was not seen
 * before it was struck: then nothing is remembered, and nothing can be undone.
 * @param struck the cases of codes that the decision struck, with the revision they have now
 */
export async function rememberAct(
  trx: Transaction<DB>,
  before: Awaited<ReturnType<typeof noteBefore>>,
  done: { personId: string; decidedAt: Date; decisionIds: number[]; struck: readonly CaseRevision[] },
): Promise<void> {
  const { personId, struck, ...act } = done;
  const known = new Map([...before.cases, ...before.codes].map((row) => [row.id, row]));
  if (struck.some(({ id, revision }) => !known.has(id) && revision > 1)) return;
  const revisions = new Map(struck.map(({ id, revision }) => [id, revision]));
  await insertRecentAct(trx, personId, {
    ...act,
    cases: before.cases.map((row) => caseBefore(row, revisions.get(row.id) ?? row.revision + 1)),
    codes: struck.map(({ id, revision }) => codeBefore(known.get(id), id, revision)),
    candidates: before.candidates,
  });
}

export interface CaseRevision {
  id: number;
  revision: number;
}

function caseBefore(row: CaseRow, revision: number): CaseBefore {
  const { id, status, category, flags, claimed_by, claimed_until } = row;
  return { id, revision, status, category, flags, claimed_by, claimed_until };
}

function codeBefore(row: CaseRow | undefined, id: number, revision: number): CodeBefore {
  if (!row) return { id, revision, opened: true };
  const { reports, carrier_ids, score, first_seen, last_seen, opened_at } = row;
  const sums = { reports, carrier_ids, score, first_seen, last_seen, opened_at };
  return { ...caseBefore(row, revision), ...sums, opened: false };
}

/** What was decided with a decision, and what of it is listed. Throws Problem `not_found`. */
export async function describeUndo(
  desk: Desk,
  decisionId: number,
  person: Actor,
): Promise<components['schemas']['Undo']> {
  const act = await findAct(desk, desk.db, decisionId, person);
  const listed = await selectListedBy(desk.db, act.decisionIds);
  return {
    decisions: act.decisionIds.length,
    listed: listed.length,
    until: new Date(act.decidedAt.getTime() + UNDO_MS).toISOString(),
    impact: await impactOf(desk, listed),
  };
}

/**
 * Undoes what was decided with a decision; how many decisions that were.
 * @throws Problem `not_found`, `published_already`, `stale_revision`, `undo_too_late`
 */
export function undoDecision(desk: Desk, decisionId: number, person: Actor): Promise<number> {
  const now = desk.now();
  return desk.db.transaction().execute(async (trx) => {
    const act = await findAct(desk, trx, decisionId, person);
    const { decisionIds } = act;
    const rows = await lockAct(trx, act);
    await holdPublication(trx, decisionIds);
    const changed = [...act.cases, ...act.codes].filter(
      ({ id, revision }) => rows.get(id)?.revision !== revision,
    );
    const waiting = await countWaiting(trx, decisionIds);
    const refusal = refuseUndo({ decidedAt: act.decidedAt, ...waiting, changed: changed.length }, now);
    if (refusal) throw new Problem(refusal.code, refusal.detail);
    const undoing = await insertUndoing(trx, decisionIds, { ...person, at: now });
    await unsettleCandidates(
      trx,
      undoing.map(({ id }) => id),
      act.candidates,
    );
    await restoreCases(trx, act.cases, now);
    await restoreCodes(trx, act.codes, now);
    await deleteRecentAct(trx, act.id);
    const restored = new Map(act.cases.map((before) => [before.id, before]));
    const acts = undoing.map(({ id, case_id, undoes }) => {
      const [found, before] = [rows.get(case_id), restored.get(case_id)];
      const changes = changesOf(
        { status: found?.status, category: found?.category },
        { status: before?.status, category: before?.category, decision: String(id), undoes: String(undoes) },
      );
      return { target: `cases/${case_id}`, at: now, changes };
    });
    await recordActs(trx, person, acts);
    return decisionIds.length;
  });
}

/**
 * Releases urgently what was listed with a decision and stands by it still, published or about to be; how many.
 * @throws Problem `not_found`, `not_listed`
 */
export function releaseDecided(desk: Desk, decisionId: number, person: Actor): Promise<number> {
  return desk.db.transaction().execute(async (trx) => {
    const act = await findAct(desk, trx, decisionId, person);
    const rows = await lockAct(trx, act);
    // A case that changed since is listed by another decision, or not at all.
    const standing = act.cases
      .filter(({ id, revision }) => rows.get(id)?.revision === revision)
      .map(({ id }) => rows.get(id) as CaseRow);
    const release = { reason: 'agency_correction', urgent: true };
    const released = await releaseLocked(trx, standing, release, person, desk.now());
    if (released.length === 0) throw new Problem('not_listed', 'Nothing of it is listed.');
    return released.length;
  });
}

async function findAct(desk: Desk, db: Kysely<DB>, decisionId: number, person: Actor): Promise<Act> {
  const since = new Date(desk.now().getTime() - KNOWN_MS);
  const act = await selectRecentAct(db, person.id, decisionId, since);
  if (!act) throw notFound('decision of yours that can be undone');
  return act;
}

async function lockAct(trx: Transaction<DB>, act: Act): Promise<Map<number, CaseRow>> {
  const { cases } = await lockCases(
    trx,
    [...act.cases, ...act.codes].map(({ id }) => id),
  );
  return new Map(cases.map((row) => [row.id, row]));
}
