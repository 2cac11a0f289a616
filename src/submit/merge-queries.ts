// SQL once a body is read: the staged rows open cases or strengthen them, in a few statements over all rows.
// Cases are written and locked in the order (list_id, value), so that two submissions never wait for each other
// in a circle; a circle with a decision of the agency is broken by PostgreSQL, and merged again.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { SubmissionHead } from './staging-queries.ts';

/** What became of the accepted rows. */
export interface MergeCounts {
  newCases: number;
  joinedCases: number;
  alreadyListed: number;
}

/**
 * Merges the staged rows of the present transaction into the cases.
 * @param attempt 1 takes it that nobody opened the same cases meanwhile, and fails with a unique violation if
 * so: that is rare, and to be ready for it makes the opening nearly twice as long. Later attempts are ready.
 */
export async function mergeStaged(
  db: Kysely<DB>,
  head: SubmissionHead,
  attempt: number,
): Promise<MergeCounts> {
  await sql`analyze staged_row`.execute(db);
  const opened = attempt === 1 ? await openCases(db, head) : await openCasesCarefully(db, head);
  await lockCases(db);
  const strengthened = await strengthenCases(db, head);
  return {
    newCases: opened + (strengthened.get('reopened') ?? 0),
    joinedCases: strengthened.get('joined') ?? 0,
    alreadyListed: strengthened.get('listed') ?? 0,
  };
}

/** Leaves the cases that another transaction opened first to it, and joins them. */
async function openCasesCarefully(db: Kysely<DB>, head: SubmissionHead): Promise<number> {
  await adoptOvertaken(db, head);
  const wanted = await countNew(db);
  const opened = await openCases(db, head, sql`on conflict (list_id, value) do nothing`);
  if (opened < wanted) await adoptOvertaken(db, head);
  return opened;
}

async function countNew(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*) as count from staged_row where is_new`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Opens a case for each value that has none, and says how many. */
async function openCases(db: Kysely<DB>, head: SubmissionHead, onConflict = sql``): Promise<number> {
  const result = await sql`
    insert into review_case (id, list_id, value, number_class, category, reports, carrier_ids, score, first_seen, last_seen,
                             flags, opened_at, updated_at)
    overriding system value
    select s.case_id, s.list_id, s.value, s.number_class, s.category, coalesce(s.reports, 0),
           array[${head.organizationId}::uuid], s.score, s.first_seen, s.last_seen,
           array_remove(array[
             case when s.number_class = 'special' or p.value is not null then 'protected' end,
             case when s.unregistrable then 'unregistrable' end], null),
           ${head.submittedAt}, ${head.submittedAt}
      from staged_row s
      left join protected_value p on p.list_id = s.list_id and p.value = s.value
     where s.is_new
     order by s.list_id collate "C", s.value
     ${onConflict}`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}

/** Another transaction opened the case of a value while this body was read: its id replaces the one drawn. */
async function adoptOvertaken(db: Kysely<DB>, head: SubmissionHead): Promise<void> {
  await sql`
    with adopted as (
      update staged_row s set case_id = c.id, is_new = false
        from review_case c
       where s.is_new and c.list_id = s.list_id and c.value = s.value and c.id <> s.case_id
      returning s.row_number, s.case_id
    )
    update candidate set case_id = adopted.case_id
      from adopted
     where candidate.submission_id = ${head.id} and candidate.row_number = adopted.row_number`.execute(db);
}

/** From here to the commit nobody else decides or strengthens these cases. */
async function lockCases(db: Kysely<DB>): Promise<void> {
  await sql`
    select count(*) from (
      select from staged_row s join review_case c on c.id = s.case_id
       where not s.is_new
       order by s.list_id collate "C", s.value
         for no key update of c) locked`.execute(db);
}

/**
 * Adds the evidence to the cases that were there before. An entry in force, or an order to list that no later
 * release takes back, makes the candidate verified by the decision it rests on; a case that is decided
 * otherwise, or left, opens again. One statement, so that entry and order are seen as of one moment.
 */
async function strengthenCases(db: Kysely<DB>, head: SubmissionHead): Promise<Map<string, number>> {
  const { rows } = await sql<{ effect: string; count: number }>`
    with ordered as (
      select distinct on (list_id, value) list_id, value, action, decision_id
        from listing_order where action in ('list', 'release')
       order by list_id, value, id desc
    ), known as materialized (
      select s.row_number, s.case_id, s.reports, s.score, s.first_seen, s.last_seen, s.decision_id as assumed_id,
             case when c.status in ('open', 'awaiting_second') then 'joined'
                  when listed.decision_id is not null then 'listed'
                  else 'reopened' end as effect,
             listed.decision_id,
             case when c.status = 'withdrawn' then '{}'::text[] else '{reopened}' end
               || case when p.value is null then '{}'::text[] else '{protected}' end as new_flags
        from staged_row s
        join review_case c on c.id = s.case_id
        left join entry e on c.status = 'verified' and e.list_id = s.list_id and e.value = s.value and e.removed_in is null
        left join ordered o on c.status = 'verified' and o.list_id = s.list_id and o.value = s.value
        left join protected_value p on p.list_id = s.list_id and p.value = s.value
        cross join lateral (
          select case o.action when 'list' then o.decision_id when 'release' then null else e.decision_id end as decision_id
        ) listed
       where not s.is_new
    ), informed as (
      update candidate x set status = 'pending'
        from known k
       where k.effect = 'joined' and x.case_id = k.case_id
         and x.organization_id = ${head.organizationId} and x.status = 'info_requested'
      returning x.case_id
    ), corrected as (
      update candidate x
         set decision_id = k.decision_id, status = case when k.decision_id is null then 'pending' else 'verified' end
        from known k
       where k.assumed_id is distinct from k.decision_id
         and x.submission_id = ${head.id} and x.row_number = k.row_number
    ), strengthened as (
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
               when i.case_id is not null and not 'information_given' = any (c.flags) then c.flags || '{information_given}'
               else c.flags end
        from known k
        left join (select distinct case_id from informed) i on i.case_id = k.case_id
       where c.id = k.case_id
    )
    select effect, count(*) as count from known group by effect`.execute(db);
  return new Map(rows.map(({ effect, count }) => [effect, count]));
}
