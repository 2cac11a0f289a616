// SQL once a body is read: its rows open cases or strengthen them, in a few statements over all rows. Cases are locked in
// the order of their ids, then opened in that of (list_id, value), so that two submissions never wait for each other in a
// circle; a circle with a decision of the agency is broken by PostgreSQL, and merged again.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { orderRenewals } from './renewal-queries.ts';
import type { SubmissionHead } from './staging-queries.ts';

/** What became of the accepted rows. */
export interface MergeCounts {
  newCases: number;
  joinedCases: number;
  alreadyListed: number;
}

/**
 * Merges the rows of the present transaction into the cases.
 * @param attempt 1 takes it that nobody opened the same cases since the rows were stored, and fails with a unique
 * violation if so, which is rare. Later attempts look, and are alone: nobody else merges until they commit.
 * @param isLong the queue is put in order later, not in this transaction
 */
export async function mergeStaged(
  db: Kysely<DB>,
  head: SubmissionHead,
  attempt: number,
  isLong: boolean,
): Promise<MergeCounts> {
  await takeTurn(db, attempt > 1);
  if (attempt > 1) await findOpened(db, head);
  await sql`analyze given_case (row_number, case_id, is_new, decision_id)`.execute(db);
  await lockCases(db);
  const known = await judgeKnown(db, head);
  const opened = await openCases(db, head);
  if (known.size > 0) await strengthenCases(db, head, isLong);
  await orderRenewals(db, head);
  return {
    newCases: opened + (known.get('reopened') ?? 0),
    joinedCases: known.get('joined') ?? 0,
    alreadyListed: known.get('listed') ?? 0,
  };
}

const MERGING = 'submission merge';

/** Merges run side by side, or one alone. To be called while no case is locked: who waits here holds up nobody. */
async function takeTurn(db: Kysely<DB>, alone: boolean): Promise<void> {
  if (alone) await sql`select pg_advisory_xact_lock(hashtextextended(${MERGING}, 0))`.execute(db);
  else await sql`select pg_advisory_xact_lock_shared(hashtextextended(${MERGING}, 0))`.execute(db);
}

/** Others opened cases of the same values since the rows were stored: the rows belong there. */
async function findOpened(db: Kysely<DB>, head: SubmissionHead): Promise<void> {
  await sql`
    with opened as (
      update given_case g set case_id = c.id, is_new = false
        from review_case c
       where g.is_new and c.list_id = g.list_id and c.value = g.value
      returning g.row_number, g.case_id
    )
    update candidate k set case_id = o.case_id
      from opened o
     where k.submission_id = ${head.id} and k.received_on = ${head.receivedOn} and k.row_number = o.row_number`.execute(
    db,
  );
}

/** From here to the commit nobody else decides or strengthens the cases that there are of these values. */
async function lockCases(db: Kysely<DB>): Promise<void> {
  await sql`
    select count(*) from (
      select from given_case g join review_case c on c.id = g.case_id
       where not g.is_new
       order by c.id
         for no key update of c) locked`.execute(db);
}

/**
 * What the evidence does to the cases that were there before, and by which decision its candidates are verified; where
 * this was guessed otherwise it is put right. An entry in force, or an order to list that no later release takes back,
 * makes the candidate verified by the decision it rests on; a case that is decided otherwise, or left, opens again.
 * One statement after the locks, so that entry and order are seen as of one moment.
 */
async function judgeKnown(db: Kysely<DB>, head: SubmissionHead): Promise<Map<string, number>> {
  const { rows } = await sql<{ effect: string; count: number }>`
    with ordered as materialized (
      select distinct on (list_id, value) list_id, value, action, decision_id
        from listing_order where action in ('list', 'release')
       order by list_id, value, id desc
    ), judged as materialized (
      select g.row_number, listed.decision_id, listed.decision_id is distinct from g.decision_id as is_other,
             case when c.status in ('open', 'awaiting_second') then 'joined'
                  when listed.decision_id is not null then 'listed'
                  else 'reopened' end as effect
        from given_case g
        join review_case c on c.id = g.case_id
        left join entry e on c.status = 'verified' and e.list_id = g.list_id and e.value = g.value and e.removed_in is null
        left join ordered o on c.status = 'verified' and o.list_id = g.list_id and o.value = g.value
        cross join lateral (
          select case o.action when 'list' then o.decision_id when 'release' then null else e.decision_id end as decision_id
        ) listed
       where not g.is_new
    ), corrected as (
      update given_case g set decision_id = j.decision_id
        from judged j
       where j.is_other and g.row_number = j.row_number
    ), corrected_candidate as (
      update candidate k
         set decision_id = j.decision_id, status = case when j.decision_id is null then 'pending' else 'verified' end
        from judged j
       where j.is_other and k.submission_id = ${head.id} and k.received_on = ${head.receivedOn}
         and k.row_number = j.row_number
    )
    select effect, count(*) as count from judged group by effect`.execute(db);
  return new Map(rows.map(({ effect, count }) => [effect, count]));
}

/** Opens a case for each value that has none, and says how many. Throws a unique violation if another was faster. */
async function openCases(db: Kysely<DB>, head: SubmissionHead): Promise<number> {
  const result = await sql`
    insert into review_case (id, list_id, value, number_class, category, reports, queue_reports, carrier_ids, score,
                             first_seen, last_seen, flags, opened_at, updated_at, evidence_from)
    overriding system value
    select g.case_id, g.list_id, g.value, g.number_class, g.category, coalesce(g.reports, 0), coalesce(g.reports, 0),
           array[${head.organizationId}::uuid], g.score, g.first_seen, g.last_seen,
           case when p.value is null and g.number_class is distinct from 'special' and not g.unregistrable then '{}'
                else array_remove(array[
                  case when g.number_class = 'special' or p.value is not null then 'protected' end,
                  case when g.unregistrable then 'unregistrable' end], null) end,
           ${head.submittedAt}, ${head.submittedAt}, ${head.receivedOn}::date - 1
      from given_case g
      left join protected_value p on p.list_id = g.list_id and p.value = g.value
     where g.is_new
     order by g.list_id, g.value`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}

/** Adds the evidence to the cases that were there before: those that wait, that are listed, and that open again. */
async function strengthenCases(db: Kysely<DB>, head: SubmissionHead, isLong: boolean): Promise<void> {
  const reopened = sql`(c.status not in ('open', 'awaiting_second') and k.decision_id is null)`;
  await sql`
    with informed as (
      update candidate x set status = 'pending'
        from given_case k
       where not k.is_new and x.case_id = k.case_id
         and x.organization_id = ${head.organizationId} and x.status = 'info_requested'
      returning x.case_id
    )
    update review_case c
       set reports = c.reports + coalesce(k.reports, 0),
           queue_reports = case when ${isLong} and not ${reopened} then c.queue_reports
                                else c.reports + coalesce(k.reports, 0) end,
           carrier_ids = case when ${head.organizationId}::uuid = any (c.carrier_ids) then c.carrier_ids
                              else c.carrier_ids || ${head.organizationId}::uuid end,
           score = greatest(c.score, k.score),
           first_seen = least(c.first_seen, k.first_seen),
           last_seen = greatest(c.last_seen, k.last_seen),
           updated_at = ${head.submittedAt},
           evidence_from = least(c.evidence_from, ${head.receivedOn}::date - 1),
           revision = c.revision + case when k.decision_id is null then 1 else 0 end,
           status = case when ${reopened} then 'open' else c.status end,
           opened_at = case when ${reopened} then ${head.submittedAt} else c.opened_at end,
           claimed_by = case when ${reopened} then null else c.claimed_by end,
           claimed_until = case when ${reopened} then null else c.claimed_until end,
           flags = case
             when ${reopened}
               then array(select unnest(c.flags)
                          union select 'reopened' where c.status <> 'withdrawn'
                          union select 'protected' where p.value is not null
                          order by 1)
             when i.case_id is not null and not 'information_given' = any (c.flags)
               then array_remove(c.flags, 'information_requested') || '{information_given}'
             else c.flags end
      from given_case k
      left join (select distinct case_id from informed) i on i.case_id = k.case_id
      left join protected_value p on p.list_id = k.list_id and p.value = k.value
     where not k.is_new and c.id = k.case_id`.execute(db);
}
