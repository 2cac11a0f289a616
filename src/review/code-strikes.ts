// Domain rule 6, one strike: a verified number whose evidence names an originator code opens the case on that code, or
// strengthens it. A code that is listed gains nothing; one whose case was settled otherwise comes to the desk again.
import { sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { CATEGORIES, isMalignant } from '../list/category.ts';
import { dayOf } from '../list/day.ts';

const MALIGNANT = CATEGORIES.filter(isMalignant);

/**
 * To be called with the cases of the codes locked (`lockCases`), after the decisions are inserted.
 * @returns the cases of the codes that were struck, with the revision they have now
 */
export async function strikeCodes(
  trx: Transaction<DB>,
  decisionIds: readonly number[],
  at: Date,
): Promise<{ id: number; revision: number }[]> {
  const { rows } = await sql<{ id: number; revision: number }>`
    with struck as (
      select k.code, d.category, d.category = any(${MALIGNANT}::text[]) as is_malignant, d.id as decision_id,
             c.reports, c.carrier_ids, c.score, c.first_seen, c.last_seen
        from decision d
        join review_case c on c.id = d.case_id and c.list_id = 'sender-numbers'
        cross join lateral (
          select distinct originator_code as code from candidate
           where case_id = c.id and received_on >= c.evidence_from and originator_code is not null
             and status <> 'withdrawn'
        ) k
       where d.id = any(${decisionIds}::bigint[]) and d.effect = 'verified'
    ), carriers as (
      select code, array_agg(distinct carrier) as ids from struck cross join unnest(carrier_ids) carrier group by code
    ), codes as (
      select s.code, (array_agg(s.category order by s.is_malignant desc, s.reports desc, s.decision_id))[1] as category,
             sum(s.reports)::bigint as reports, max(s.score) as score, min(s.first_seen) as first_seen,
             max(s.last_seen) as last_seen
        from struck s group by s.code
    )
    insert into review_case as r (list_id, value, category, reports, queue_reports, carrier_ids, score, first_seen, last_seen, flags,
                                  opened_at, updated_at, evidence_from)
    select 'originator-codes', k.code, k.category, k.reports, k.reports, coalesce(a.ids, '{}'), k.score, k.first_seen, k.last_seen,
           case when p.value is null then '{}'::text[] else '{protected}' end, ${at}, ${at},
           ${dayOf(at, 'UTC')}::date - 1
      from codes k
      left join carriers a on a.code = k.code
      left join protected_value p on p.list_id = 'originator-codes' and p.value = k.code
     order by k.code
    on conflict (list_id, value) do update set
      reports = r.reports + excluded.reports,
      queue_reports = r.reports + excluded.reports,
      carrier_ids = array(select unnest(r.carrier_ids) union select unnest(excluded.carrier_ids)),
      score = greatest(r.score, excluded.score),
      first_seen = least(r.first_seen, excluded.first_seen),
      last_seen = greatest(r.last_seen, excluded.last_seen),
      category = case when excluded.category = any(${MALIGNANT}::text[]) then excluded.category else r.category end,
      revision = r.revision + 1,
      updated_at = ${at},
      opened_at = case when r.status in ('open', 'awaiting_second') then r.opened_at else ${at} end,
      flags = case when r.status in ('open', 'awaiting_second', 'withdrawn') then r.flags
                   else array(select unnest(r.flags) union select 'reopened') end,
      status = case when r.status = 'awaiting_second' then r.status else 'open' end
    where not (r.status = 'verified' and coalesce(
      (select o.action = 'list' from listing_order o
        where o.list_id = r.list_id and o.value = r.value and o.action in ('list', 'release') order by o.id desc limit 1),
      exists (select from entry e where e.list_id = r.list_id and e.value = r.value and e.removed_in is null)))
    returning r.id, r.revision`.execute(trx);
  return rows;
}
