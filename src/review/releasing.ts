// Decides to take a value off its list, upon an appeal or without.
import type { Transaction } from 'kysely';
import { changesOf, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Actor } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { lockCaseOf } from './case-queries.ts';
import { insertDecisions, isListedOrOrdered, orderRelease } from './decision-queries.ts';
import type { Desk } from './desk.ts';

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
    const decisionId = await releaseLocked(trx, row, release, reviewer, desk.now());
    if (decisionId === undefined) throw new Problem('not_listed', 'The value is not listed.');
    return decisionId;
  });
}

/** Releases the value of a locked case; undefined when it is not listed and not about to be. */
export async function releaseLocked(
  trx: Transaction<DB>,
  row: { id: number; revision: number; list_id: string; value: string },
  release: Release,
  reviewer: Actor,
  at: Date,
): Promise<number | undefined> {
  if (!(await isListedOrOrdered(trx, row.list_id, row.value))) return undefined;
  const decision = {
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
  };
  const [decisionId] = await insertDecisions(trx, [decision], { ...reviewer, at });
  if (decisionId === undefined) throw new Error('the decision was not inserted');
  await orderRelease(trx, { list: row.list_id, value: row.value, decisionId, urgent: release.urgent, at });
  await recordAct(trx, reviewer, {
    target: `lists/${row.list_id}/entries/${row.value}`,
    at,
    changes: changesOf(
      { status: 'listed' },
      { status: 'released', decision: String(decisionId), reason: release.reason, urgent: release.urgent },
    ),
  });
  return decisionId;
}
