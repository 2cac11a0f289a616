// SQL that writes what was decided: decisions are inserted, candidates and cases follow, feeds and the next
// version learn of it, all in the transaction of the decision.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { reviewerName } from './reviewer-name.ts';

const OUTCOME_LEAP = 1_000_000_000;

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
 * Moves the undecided candidates of the cases, and tells their carriers. Where a second person rejects what a first
 * had verified before the value was protected, the candidates of that decision are rejected too. To be called while
 * the cases have the status that was decided on. Positions come from the carrier's
 * counter row, whose lock is held until commit: they have no holes and become visible in order. Who waits for
 * them is woken by the commit, once an organisation.
 */
export async function settleCandidates(trx: Transaction<DB>, decisionIds: readonly number[]): Promise<void> {
  await sql`
    with moved as (
      update candidate k set status = d.effect, decision_id = d.id
      from decision d join review_case c on c.id = d.case_id
      where d.id = any(${decisionIds}::bigint[]) and d.effect <> 'awaiting_second'
        and k.case_id = d.case_id and k.status <> d.effect
        and (k.status in ('pending', 'info_requested')
             or k.status = 'verified' and d.effect = 'rejected' and c.status = 'awaiting_second'
                and k.decision_id = (select max(f.id) from decision f
                                      where f.case_id = d.case_id and f.effect = 'verified' and f.id < d.id))
      returning k.id, k.organization_id, k.decision_id
    ), counted as (
      insert into outcome_counter as c (organization_id, last_position)
      select organization_id, count(*) from moved group by 1 order by 1
      on conflict (organization_id) do update set last_position = c.last_position + excluded.last_position
      returning organization_id, last_position
    ), told as (
      insert into outcome (organization_id, position, candidate_id, decision_id)
      select m.organization_id, c.last_position - m.many + m.nth, m.id, m.decision_id
      from (
        select *, row_number() over (partition by organization_id order by id) as nth,
               count(*) over (partition by organization_id) as many
        from moved
      ) m join counted c using (organization_id)
    )
    select pg_notify('chadan_outcome', organization_id::text) from counted`.execute(trx);
}

/**
 * After a restore: positions go on far beyond all that were given out before the loss, so that no carrier's cursor
 * stands behind an outcome that it has not seen.
 */
export async function leapOutcomes(db: Kysely<DB>): Promise<void> {
  await sql`
    insert into outcome_counter as c (organization_id, last_position)
    select id, ${OUTCOME_LEAP}::bigint from organization where kind = 'carrier'
    on conflict (organization_id) do update set last_position = c.last_position + excluded.last_position`.execute(
    db,
  );
}

/** Orders the next version to list what the decisions verified. */
export async function orderListing(
  trx: Transaction<DB>,
  decisionIds: readonly number[],
  at: Date,
): Promise<void> {
  await sql`
    insert into listing_order (list_id, value, action, category, until, decision_id, ordered_at)
    select c.list_id, c.value, 'list', d.category, d.until, d.id, ${at}
    from decision d join review_case c on c.id = d.case_id
    where d.id = any(${decisionIds}::bigint[]) and d.effect = 'verified'
    order by d.id`.execute(trx);
}

/** Orders the next version to drop a value; an urgent order wakes the publishers. */
export async function orderRelease(
  trx: Transaction<DB>,
  order: { list: string; value: string; decisionId: number; urgent: boolean; at: Date },
): Promise<void> {
  await trx
    .insertInto('listing_order')
    .values({
      list_id: order.list,
      value: order.value,
      action: 'release',
      decision_id: order.decisionId,
      urgent: order.urgent,
      ordered_at: order.at,
    })
    .execute();
  if (order.urgent) await sql`select pg_notify('chadan_urgent', ${order.list})`.execute(trx);
}

/** Orders the next version to look at the protection of a value again. */
export async function orderProtection(
  trx: Transaction<DB>,
  list: string,
  value: string,
  at: Date,
): Promise<void> {
  await trx
    .insertInto('listing_order')
    .values({ list_id: list, value, action: 'protect', ordered_at: at })
    .execute();
}

/** Whether a value is listed, or will be with the next version. */
export async function isListedOrOrdered(trx: Transaction<DB>, list: string, value: string): Promise<boolean> {
  const order = await trx
    .selectFrom('listing_order')
    .select('action')
    .where('list_id', '=', list)
    .where('value', '=', value)
    .where('action', 'in', ['list', 'release'])
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (order) return order.action === 'list';
  const entry = await trx
    .selectFrom('entry')
    .select('id')
    .where('list_id', '=', list)
    .where('value', '=', value)
    .where('removed_in', 'is', null)
    .executeTakeFirst();
  return entry !== undefined;
}

/** The first person's decision of each case that waits for a second; none where only a system decided. */
export async function selectFirstDecisions(
  db: Kysely<DB>,
  caseIds: readonly number[],
): Promise<Map<number, { decisionId: number; by: string }>> {
  const { rows } = await sql<{ case_id: number; id: number; decided_by: string }>`
    select distinct on (case_id) case_id, id, decided_by from decision
    where case_id = any(${caseIds}::bigint[]) and verdict = 'verify' and by_person
    order by case_id, id desc`.execute(db);
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

/** How many candidates, of how many carriers, a decision on these cases would settle. */
export async function countTold(
  db: Kysely<DB>,
  caseIds: readonly number[],
): Promise<{ candidates: number; organizations: number }> {
  const { rows } = await sql<{ candidates: number; organizations: number }>`
    select count(*) as candidates, count(distinct organization_id) as organizations from candidate
     where case_id = any(${caseIds}::bigint[]) and status in ('pending', 'info_requested')`.execute(db);
  return rows[0] as { candidates: number; organizations: number };
}
