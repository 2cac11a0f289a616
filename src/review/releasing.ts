// Decides to take a value off its list, upon an appeal or without.
import type { Transaction } from 'kysely';
import { changesOf, recordActs } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Actor } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { type CaseRow, lockCaseOf } from './case-queries.ts';
import { insertDecisions } from './decision-queries.ts';
import type { Desk } from './desk.ts';
import { orderRelease, selectListedOrOrdered } from './order-queries.ts';

export interface Release {
  reason: string;
  note?: string | undefined;
  /** By a version of its own, at once. */
  urgent: boolean;
}

/** Releases an entry; the decision's id. Throws Problem `not_found`, `not_listed`. */
export function releaseEntry(
  desk: Desk,
  list: string,
  value: string,
  release: Release,
  reviewer: Actor,
): Promise<number> {
  return desk.db.transaction().execute(async (trx) => {
    const row = await lockCaseOf(trx, list, value);
    if (!row) throw notFound('entry');
    const [decisionId] = await releaseLocked(trx, [row], release, reviewer, desk.now());
    if (decisionId === undefined) throw new Problem('not_listed', 'The value is not listed.');
    return decisionId;
  });
}

/** Releases the values of locked cases that are listed, or about to be; the decisions, none for any other. */
export async function releaseLocked(
  trx: Transaction<DB>,
  rows: readonly Pick<CaseRow, 'id' | 'revision' | 'list_id' | 'value'>[],
  release: Release,
  reviewer: Actor,
  at: Date,
): Promise<number[]> {
  const listed = await selectListedOrOrdered(
    trx,
    rows.map(({ id }) => id),
  );
  const released = rows.filter(({ id }) => listed.has(id));
  if (released.length === 0) return [];
  const decisions = released.map(({ id, revision }) => ({
    caseId: id,
    caseRevision: revision,
    verdict: 'release',
    effect: 'released',
    category: null,
    until: null,
    reason: release.reason,
    note: release.note ?? null,
    urgent: release.urgent,
    confirms: null,
  }));
  const decisionIds = await insertDecisions(trx, decisions, { ...reviewer, at });
  await orderRelease(trx, decisionIds, at);
  const { reason, urgent } = release;
  const acts = released.map((row, i) => ({
    target: `lists/${row.list_id}/entries/${row.value}`,
    at,
    changes: changesOf(
      { status: 'listed' },
      { status: 'released', decision: String(decisionIds[i]), reason, urgent },
    ),
  }));
  await recordActs(trx, reviewer, acts);
  return decisionIds;
}
