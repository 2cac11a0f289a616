// SQL of decisions: they are inserted, and cases follow, in one transaction.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { reviewerName } from './reviewer-name.ts';

export interface NewDecisionRow {
  caseId: number;
  caseRevision: number;
  verdict: string;
  effect: string;
  category: string | null;
  until: string | null;
  reason: string | null;
  note: string | null;
  urgent: boolean;
  confirms: number | null;
}

export interface DecidedBy {
  id: string;
  kind: 'client' | 'person';
  organizationId: string;
  at: Date;
}

/** Inserts decisions; the ids come in the order of the rows. */
export async function insertDecisions(
  trx: Transaction<DB>,
  rows: readonly NewDecisionRow[],
  by: DecidedBy,
): Promise<number[]> {
  const { rows: inserted } = await sql<{ id: number; case_id: number }>`
    insert into decision (case_id, case_revision, verdict, effect, category, until, reason, note, urgent, confirms,
                          organization_id, decided_by, by_person, decided_at)
    select case_id, case_revision, verdict, effect, category, until, reason, note, urgent, confirms,
           ${by.organizationId}::uuid, ${by.id}, ${by.kind === 'person'}, ${by.at}
    from json_to_recordset(${JSON.stringify(
      rows.map((row) => ({
        case_id: row.caseId,
        case_revision: row.caseRevision,
        verdict: row.verdict,
        effect: row.effect,
        category: row.category,
        until: row.until,
        reason: row.reason,
        note: row.note,
        urgent: row.urgent,
        confirms: row.confirms,
      })),
    )}::json) as t(case_id bigint, case_revision integer, verdict text, effect text, category text, until date,
                   reason text, note text, urgent boolean, confirms bigint)
    returning id, case_id`.execute(trx);
  const idOfCase = new Map(inserted.map((row) => [row.case_id, row.id]));
  return rows.map((row) => idOfCase.get(row.caseId) as number);
}

/** Moves the cases to what was decided; the revision rises, a lease ends, a question is open or settled. */
export async function settleCases(
  trx: Transaction<DB>,
  decisionIds: readonly number[],
  at: Date,
): Promise<void> {
  await sql`
    update review_case c
    set status = case d.effect when 'info_requested' then c.status else d.effect end,
        category = coalesce(d.category, c.category),
        flags = case d.effect
          when 'info_requested' then array_remove(array_remove(c.flags, 'information_given'), 'information_requested')
                                     || '{information_requested}'
          when 'awaiting_second' then c.flags
          else array_remove(array_remove(c.flags, 'information_given'), 'information_requested') end,
        revision = c.revision + 1, updated_at = ${at}, claimed_by = null, claimed_until = null
    from decision d
    where d.id = any(${decisionIds}::bigint[]) and c.id = d.case_id`.execute(trx);
}

/**
 * The first person's decision of each case that waits for a second; none where only a system decided. What was decided
 * before the case opened anew, or was taken back, is nobody's consent to what it says now.
 */
export async function selectFirstDecisions(
  db: Kysely<DB>,
  caseIds: readonly number[],
): Promise<Map<number, { decisionId: number; by: string }>> {
  const { rows } = await sql<{ case_id: number; id: number; decided_by: string }>`
    select distinct on (d.case_id) d.case_id, d.id, d.decided_by
      from decision d join review_case c on c.id = d.case_id
     where d.case_id = any(${caseIds}::bigint[]) and d.verdict = 'verify' and d.by_person
       and d.decided_at >= c.opened_at
       and not exists (select from decision u where u.undoes = d.id)
     order by d.case_id, d.id desc`.execute(db);
  return new Map(rows.map((row) => [row.case_id, { decisionId: row.id, by: row.decided_by }]));
}

/** The decisions of a case in order, with the organisation that answers for each. */
export function selectDecisions(db: Kysely<DB>, where: { caseId: number } | { ids: readonly number[] }) {
  const query = db
    .selectFrom('decision')
    .innerJoin('organization', 'organization.id', 'decision.organization_id')
    .selectAll('decision')
    .select(['organization.name as organization', reviewerName('decision.decided_by').as('decided_by_name')])
    .orderBy('decision.id');
  return 'caseId' in where
    ? query.where('case_id', '=', where.caseId).execute()
    : query.where(sql<boolean>`decision.id = any(${where.ids}::bigint[])`).execute();
}
