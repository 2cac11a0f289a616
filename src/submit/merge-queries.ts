// SQL once a body is read: the rows open cases or strengthen them, and become candidates, in a few statements over
// all rows. Cases are locked, then opened, both in the order (list_id, value), so that two submissions never wait
// for each other in a circle; a circle with a decision of the agency is broken by PostgreSQL, and merged again.
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
 * @param attempt 1 takes it that nobody opens the same cases at this moment, and fails with a unique violation if
 * so, which is rare. Later attempts are alone: nobody else merges until they commit.
 */
export async function mergeStaged(
  db: Kysely<DB>,
  head: SubmissionHead,
  attempt: number,
): Promise<MergeCounts> {
  await takeTurn(db, attempt > 1);
  await sql`analyze given_row (row_number, list_id, value)`.execute(db);
  await lockCases(db);
  await sql`analyze locked_row`.execute(db);
  const known = await judgeKnown(db);
  await sql`analyze staged_row (row_number, case_id, decision_id)`.execute(db);
  const opened = await openCases(db, head);
  if (known.size > 0) await strengthenCases(db, head);
  await insertCandidates(db, head);
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

/** From here to the commit nobody else decides or strengthens the cases that there are of these values. */
async function lockCases(db: Kysely<DB>): Promise<void> {
  await sql`
    insert into locked_row
    select g.row_number, c.id
      from given_row g join review_case c on c.list_id = g.list_id and c.value = g.value
     order by g.list_id, g.value
       for no key update of c`.execute(db);
}

/**
 * What the evidence does to the cases that were there before. An entry in force, or an order to list that no later
 * release takes back, makes the candidate verified by the decision it rests on; a case that is decided otherwise,
 * or left, opens again. One statement after the locks, so that entry and order are seen as of one moment.
 */
async function judgeKnown(db: Kysely<DB>): Promise<Map<string, number>> {
  await sql`
    with ordered as materialized (
      select distinct on (list_id, value) list_id, value, action, decision_id
        from listing_order where action in ('list', 'release')
       order by list_id, value, id desc
    )
    insert into staged_row
    select g.row_number, g.list_id, g.value, c.id,
           case when c.status in ('open', 'awaiting_second') then 'joined'
                when listed.decision_id is not null then 'listed'
                else 'reopened' end,
           listed.decision_id,
           case when c.status = 'withdrawn' then '{}'::text[] else '{reopened}' end
             || case when p.value is null then '{}'::text[] else '{protected}' end,
           g.number_class, g.reports, g.score, g.first_seen, g.last_seen
      from locked_row l
      join given_row g on g.row_number = l.row_number
      join review_case c on c.id = l.case_id
      left join entry e on c.status = 'verified' and e.list_id = g.list_id and e.value = g.value and e.removed_in is null
      left join ordered o on c.status = 'verified' and o.list_id = g.list_id and o.value = g.value
      left join protected_value p on p.list_id = g.list_id and p.value = g.value
      cross join lateral (
        select case o.action when 'list' then o.decision_id when 'release' then null else e.decision_id end as decision_id
      ) listed`.execute(db);
  const { rows } = await sql<{ effect: string; count: number }>`
    select effect, count(*) as count from staged_row group by effect`.execute(db);
  return new Map(rows.map(({ effect, count }) => [effect, count]));
}

/** Opens a case for each value that has none, and says how many. Throws a unique violation if another was faster. */
async function openCases(db: Kysely<DB>, head: SubmissionHead): Promise<number> {
  const result = await sql`
    insert into review_case (id, list_id, value, number_class, category, reports, carrier_ids, score, first_seen, last_seen,
                             flags, opened_at, updated_at)
    overriding system value
    select g.new_case_id, g.list_id, g.value, g.number_class, g.category, coalesce(g.reports, 0),
           array[${head.organizationId}::uuid], g.score, g.first_seen, g.last_seen,
           case when p.value is null and g.number_class is distinct from 'special' and not g.unregistrable then '{}'
                else array_remove(array[
                  case when g.number_class = 'special' or p.value is not null then 'protected' end,
                  case when g.unregistrable then 'unregistrable' end], null) end,
           ${head.submittedAt}, ${head.submittedAt}
      from given_row g
      left join protected_value p on p.list_id = g.list_id and p.value = g.value
     where not exists (select from locked_row l where l.row_number = g.row_number)
     order by g.list_id, g.value`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}

/** Adds the evidence to the cases that were there before. */
async function strengthenCases(db: Kysely<DB>, head: SubmissionHead): Promise<void> {
  await sql`
    with informed as (
      update candidate x set status = 'pending'
        from staged_row k
       where k.effect = 'joined' and x.case_id = k.case_id
         and x.organization_id = ${head.organizationId} and x.status = 'info_requested'
      returning x.case_id
    )
    update review_case c
       set reports = c.reports + coalesce(k.reports, 0),
           carrier_ids = case when ${head.organizationId}::uuid = any (c.carrier_ids) then c.carrier_ids
                              else c.carrier_ids || ${head.organizationId}::uuid end,
           score = greatest(c.score, k.score),
           first_seen = least(c.first_seen, k.first_seen),
           last_seen = greatest(c.last_seen, k.last_seen),
           updated_at = ${head.submittedAt},
           revision = c.revision + case k.effect when 'listed' then 0 else 1 end,
           status = case k.effect when 'reopened' then 'open' else c.status end,
           opened_at = case k.effect when 'reopened' then ${head.submittedAt} else c.opened_at end,
           claimed_by = case k.effect when 'reopened' then null else c.claimed_by end,
           claimed_until = case k.effect when 'reopened' then null else c.claimed_until end,
           flags = case
             when k.effect = 'reopened'
               then array(select unnest(c.flags) union select unnest(k.new_flags) order by 1)
             when i.case_id is not null and not 'information_given' = any (c.flags)
               then array_remove(c.flags, 'information_requested') || '{information_given}'
             else c.flags end
      from staged_row k
      left join (select distinct case_id from informed) i on i.case_id = k.case_id
     where c.id = k.case_id`.execute(db);
}

/** Every accepted row becomes a candidate of its case; ids rise with the rows. */
async function insertCandidates(db: Kysely<DB>, head: SubmissionHead): Promise<void> {
  await sql`
    insert into candidate (submission_id, organization_id, row_number, list_id, value, raw_value, category, status,
                           case_id, decision_id, reports, reporters, first_seen, last_seen, source, score,
                           originator_code, evidence)
    select ${head.id}::uuid, ${head.organizationId}::uuid, g.row_number, g.list_id, g.value, g.raw_value, g.category,
           case when k.decision_id is null then 'pending' else 'verified' end,
           coalesce(k.case_id, g.new_case_id), k.decision_id, g.reports, g.reporters, g.first_seen, g.last_seen,
           g.source, g.score, g.originator_code, coalesce(g.evidence::jsonb, '{}')
      from given_row g left join staged_row k on k.row_number = g.row_number
     order by g.row_number`.execute(db);
}
