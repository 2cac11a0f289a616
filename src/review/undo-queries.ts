// SQL of undoing: what a person's decision found is kept for a while, and put back.
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { DB, RecentAct } from '../database/generated/schema.ts';
import type { DecidedBy } from './decision-queries.ts';
import type { CandidateBefore } from './telling-queries.ts';

/** A case as a decision found it; the revision is the one that it left. */
export interface CaseBefore {
  id: number;
  revision: number;
  status: string;
  category: string;
  flags: string[];
  claimed_by: string | null;
  claimed_until: Date | string | null;
}

/** A code's case as a strike found it, with its sums; one that was opened by it has nothing before. */
export type CodeBefore =
  | { id: number; revision: number; opened: true }
  | (CaseBefore & {
      opened: false;
      reports: number;
      carrier_ids: string[];
      score: number | null;
      first_seen: Date | string | null;
      last_seen: Date | string | null;
      opened_at: Date | string;
    });

export interface Act {
  id: number;
  decidedAt: Date;
  decisionIds: number[];
  cases: CaseBefore[];
  codes: CodeBefore[];
  candidates: CandidateBefore[];
}

export async function insertRecentAct(
  trx: Transaction<DB>,
  personId: string,
  act: Omit<Act, 'id'>,
): Promise<void> {
  await trx
    .insertInto('recent_act')
    .values({
      person_id: personId,
      decided_at: act.decidedAt,
      decision_ids: act.decisionIds,
      cases: JSON.stringify(act.cases),
      codes: JSON.stringify(act.codes),
      candidates: JSON.stringify(act.candidates),
    })
    .execute();
}

/** What a person did with a decision since a moment. */
export async function selectRecentAct(
  db: Kysely<DB>,
  personId: string,
  decisionId: number,
  since: Date,
): Promise<Act | undefined> {
  const row = await db
    .selectFrom('recent_act')
    .selectAll()
    .where('person_id', '=', personId)
    .where('decided_at', '>=', since)
    .where(sql<boolean>`${decisionId} = any(decision_ids)`)
    .executeTakeFirst();
  return row && toAct(row);
}

function toAct(row: Selectable<RecentAct>): Act {
  return {
    id: row.id,
    decidedAt: row.decided_at,
    decisionIds: row.decision_ids,
    cases: row.cases as unknown as CaseBefore[],
    codes: row.codes as unknown as CodeBefore[],
    candidates: row.candidates as unknown as CandidateBefore[],
  };
}

export async function deleteRecentAct(trx: Transaction<DB>, id: number): Promise<void> {
  await trx.deleteFrom('recent_act').where('id', '=', id).execute();
}

/** Forgets what was decided before a moment. */
export async function forgetActs(db: Kysely<DB>, before: Date): Promise<void> {
  await db.deleteFrom('recent_act').where('decided_at', '<', before).execute();
}

/** The undecided candidates, and those of an earlier verification, that some decision was on before. */
export async function selectCandidatesBefore(
  trx: Transaction<DB>,
  caseIds: readonly number[],
): Promise<CandidateBefore[]> {
  const { rows } = await sql<CandidateBefore>`
    select k.id, k.status, k.decision_id
      from review_case c join candidate k on k.case_id = c.id and k.received_on >= c.evidence_from
     where c.id = any(${caseIds}::bigint[]) and k.decision_id is not null
       and k.status in ('pending', 'info_requested', 'verified')`.execute(trx);
  return rows;
}

/** No list of these decisions is published from here to the commit: what is under way is waited for. */
export async function holdPublication(trx: Transaction<DB>, decisionIds: readonly number[]): Promise<void> {
  await sql`
    select from list where id in (
      select c.list_id from decision d join review_case c on c.id = d.case_id
       where d.id = any(${decisionIds}::bigint[]) and d.effect = 'verified')
     order by id for share`.execute(trx);
}

/** How many of the decisions listed a value, and how many of these the next version has still before it. */
export async function countWaiting(
  trx: Transaction<DB>,
  decisionIds: readonly number[],
): Promise<{ verified: number; waiting: number }> {
  const { rows } = await sql<{ verified: number; waiting: number }>`
    select count(*) as verified, count(o.id) as waiting
      from decision d left join listing_order o on o.decision_id = d.id and o.action = 'list'
     where d.id = any(${decisionIds}::bigint[]) and d.effect = 'verified'`.execute(trx);
  return rows[0] as { verified: number; waiting: number };
}

/** The values that stand on a list by these decisions. */
export async function selectListedBy(
  db: Kysely<DB>,
  decisionIds: readonly number[],
): Promise<{ list: string; value: string }[]> {
  const { rows } = await sql<{ list: string; value: string }>`
    select e.list_id as list, e.value
      from decision d join review_case c on c.id = d.case_id
      join entry e on e.list_id = c.list_id and e.value = c.value and e.removed_in is null and e.decision_id = d.id
     where d.id = any(${decisionIds}::bigint[])`.execute(db);
  return rows;
}

export interface Undoing {
  id: number;
  case_id: number;
  undoes: number;
}

/** Inserts the decisions that undo these, and takes their orders back. */
export async function insertUndoing(
  trx: Transaction<DB>,
  decisionIds: readonly number[],
  by: DecidedBy,
): Promise<Undoing[]> {
  await sql`
    delete from listing_order o using decision d join review_case c on c.id = d.case_id
     where d.id = any(${decisionIds}::bigint[]) and o.list_id = c.list_id and o.decision_id = d.id
       and o.action = 'list'`.execute(trx);
  const { rows } = await sql<Undoing>`
    insert into decision (case_id, case_revision, verdict, effect, undoes, organization_id, decided_by, by_person, decided_at)
    select d.case_id, c.revision, 'undo', 'undone', d.id, ${by.organizationId}::uuid, ${by.id}, true, ${by.at}
      from decision d join review_case c on c.id = d.case_id
     where d.id = any(${decisionIds}::bigint[]) order by d.id
    returning id, case_id, undoes`.execute(trx);
  return rows;
}

/** Puts the cases back that were decided; the evidence that came meanwhile stays. */
export async function restoreCases(
  trx: Transaction<DB>,
  before: readonly CaseBefore[],
  at: Date,
): Promise<void> {
  await sql`
    update review_case c
       set status = t.status, category = t.category, flags = t.flags, claimed_by = t.claimed_by,
           claimed_until = t.claimed_until, revision = c.revision + 1, updated_at = ${at}
      from json_to_recordset(${JSON.stringify(before)}::json)
           as t(id bigint, status text, category text, flags text[], claimed_by text, claimed_until timestamptz)
     where c.id = t.id`.execute(trx);
}

/** Puts the cases of codes back that were struck; one that the strike opened leaves the queue, as nobody stands for it. */
export async function restoreCodes(
  trx: Transaction<DB>,
  before: readonly CodeBefore[],
  at: Date,
): Promise<void> {
  if (before.length === 0) return;
  await sql`
    update review_case c
       set status = case when t.opened then 'withdrawn' else t.status end,
           category = coalesce(t.category, c.category),
           flags = coalesce(t.flags, c.flags),
           reports = coalesce(t.reports, 0), queue_reports = coalesce(t.reports, 0),
           carrier_ids = coalesce(t.carrier_ids, '{}'),
           score = t.score, first_seen = t.first_seen, last_seen = t.last_seen,
           opened_at = coalesce(t.opened_at, c.opened_at),
           revision = c.revision + 1, updated_at = ${at}
      from json_to_recordset(${JSON.stringify(before)}::json)
           as t(id bigint, opened boolean, status text, category text, flags text[], reports bigint, carrier_ids uuid[],
                score real, first_seen timestamptz, last_seen timestamptz, opened_at timestamptz)
     where c.id = t.id`.execute(trx);
}
