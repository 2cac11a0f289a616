// SQL that moves candidates to what was decided, and tells their carriers, in the transaction of the decision.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

const OUTCOME_LEAP = 1_000_000_000;

/** A candidate as a decision found it. */
export interface CandidateBefore {
  id: number;
  status: string;
  decision_id: number;
}

/** Tells carriers of the candidates in `moved`: id, organization_id, received_on, decision_id. */
const tellMoved = sql`
    , counted as (
      insert into outcome_counter as c (organization_id, last_position)
      select organization_id, count(*) from moved group by 1 order by 1
      on conflict (organization_id) do update set last_position = c.last_position + excluded.last_position
      returning organization_id, last_position
    ), told as (
      insert into outcome (organization_id, position, candidate_id, received_on, decision_id)
      select m.organization_id, c.last_position - m.many + m.nth, m.id, m.received_on, m.decision_id
      from (
        select *, row_number() over (partition by organization_id order by id) as nth,
               count(*) over (partition by organization_id) as many
        from moved
      ) m join counted c using (organization_id)
    )
    select pg_notify('chadan_outcome', organization_id::text) from counted`;

/**
 * Moves the undecided candidates of the cases, and tells their carriers. Where a second person rejects what a first
 * had verified before the value was protected, the candidates of that decision are rejected too. To be called while
 * the cases have the status that was decided on. Positions come from the carrier's
 * counter row, whose lock is held until commit: they have no holes and become visible in order. Who waits for
 * them is woken by the commit, once an organisation.
 */
export async function settleCandidates(trx: Transaction<DB>, decisionIds: readonly number[]): Promise<void> {
  await sql`
    with decided as materialized (
      select d.id, d.effect, d.case_id, c.evidence_from,
             case when d.effect = 'rejected' and c.status = 'awaiting_second'
                  then (select max(f.id) from decision f
                         where f.case_id = d.case_id and f.effect = 'verified' and f.id < d.id
                           and not exists (select from decision u where u.undoes = f.id)) end as rejects
        from decision d join review_case c on c.id = d.case_id
       where d.id = any(${decisionIds}::bigint[]) and d.effect <> 'awaiting_second'
    ), moved as (
      update candidate k set status = d.effect, decision_id = d.id
        from decided d
       where k.case_id = d.case_id and k.received_on >= d.evidence_from and k.status <> d.effect
         and (k.status in ('pending', 'info_requested') or k.status = 'verified' and k.decision_id = d.rejects)
      returning k.id, k.organization_id, k.received_on, k.decision_id
    )
    ${tellMoved}`.execute(trx);
}

/**
 * Takes back what decisions told: their candidates are what they were before, and their carriers learn of it. Evidence
 * that came since and rested on them is undecided like the rest.
 * @param undoing the decisions that undo them
 * @param before the candidates that had been decided on before; all others were pending
 */
export async function unsettleCandidates(
  trx: Transaction<DB>,
  undoing: readonly number[],
  before: readonly CandidateBefore[],
): Promise<void> {
  await sql`
    with before as (
      select * from json_to_recordset(${JSON.stringify(before)}::json) as t(id bigint, status text, decision_id bigint)
    ), undecided as materialized (
      select u.id, u.case_id, u.undoes, c.evidence_from
        from decision u join review_case c on c.id = u.case_id
       where u.id = any(${undoing}::bigint[])
    ), undone as materialized (
      select k.id, k.received_on, u.id as undoing, b.status, b.decision_id
        from undecided u
        join candidate k on k.case_id = u.case_id and k.received_on >= u.evidence_from and k.decision_id = u.undoes
        left join before b on b.id = k.id
    ), moved as (
      update candidate k set status = coalesce(n.status, 'pending'), decision_id = n.decision_id
        from undone n where k.id = n.id and k.received_on = n.received_on
      returning k.id, k.organization_id, k.received_on, n.undoing as decision_id
    )
    ${tellMoved}`.execute(trx);
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

/** How many candidates, of how many carriers, a decision on these cases would settle. */
export async function countTold(
  db: Kysely<DB>,
  caseIds: readonly number[],
): Promise<{ candidates: number; organizations: number }> {
  const { rows } = await sql<{ candidates: number; organizations: number }>`
    select count(*) as candidates, count(distinct k.organization_id) as organizations
      from review_case c join candidate k on k.case_id = c.id and k.received_on >= c.evidence_from
     where c.id = any(${caseIds}::bigint[]) and k.status in ('pending', 'info_requested')`.execute(db);
  return rows[0] as { candidates: number; organizations: number };
}
