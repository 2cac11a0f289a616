// SQL of renewal (domain rule 3): new evidence on a value in the last third of its validity orders the next
// version to keep it for as long as a verification today would. Only what is listed is looked at.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { CATEGORIES } from '../list/category.ts';
import { dayOf } from '../list/day.ts';
import { renewalDays, type ValueKind, validityDays } from '../list/validity.ts';
import type { SubmissionHead } from './staging-queries.ts';

/**
 * Orders the renewals that the staged rows give reason for. To run once the cases are locked and judged: until the
 * commit nobody decides or renews them.
 */
export async function orderRenewals(db: Kysely<DB>, head: SubmissionHead): Promise<void> {
  const { rows } = await sql<Omit<ValueKind, 'category'>>`
    select distinct list_id as list, number_class as "numberClass" from given_case
     where decision_id is not null`.execute(db);
  if (rows.length > 0) await insertRenewals(db, head, validitiesOf(rows));
}

interface Validity {
  list_id: string;
  number_class: string;
  category: string;
  days: number;
  last_days: number;
}

/** The rule as rows to join with. What is permanent by rule has none. */
function validitiesOf(kinds: readonly Omit<ValueKind, 'category'>[]): Validity[] {
  const validities: Validity[] = [];
  for (const { list, numberClass } of kinds) {
    for (const category of CATEGORIES) {
      const days = validityDays({ list, numberClass, category });
      if (days === null) continue;
      const last_days = renewalDays(days);
      validities.push({ list_id: list, number_class: numberClass ?? '', category, days, last_days });
    }
  }
  return validities;
}

/**
 * Evidence seen last before the last third is none of it. A day that the reviewer set earlier than the rule's is
 * meant, and stays. One order that waits is enough, whoever sends more. A row's decision is the one that its value is
 * listed by, or about to be: where an entry rests on another, a new decision waits, which brings its own day.
 */
async function insertRenewals(
  db: Kysely<DB>,
  head: SubmissionHead,
  validities: readonly Validity[],
): Promise<void> {
  const { timeZone, submittedAt } = head;
  const today = dayOf(submittedAt, timeZone);
  const furthest = Math.max(0, ...validities.map((one) => one.last_days));
  await sql`
    insert into listing_order (list_id, value, action, category, until, decision_id, ordered_at)
    select e.list_id, e.value, 'renew', e.category, ${today}::date + v.days, e.decision_id, ${submittedAt}
      from given_case s
      join entry e on e.list_id = s.list_id and e.value = s.value and e.removed_in is null
                  and e.decision_id = s.decision_id
      join json_to_recordset(${JSON.stringify(validities)}::json)
           as v (list_id text, number_class text, category text, days integer, last_days integer)
        on v.list_id = e.list_id and v.category = e.category and v.number_class = coalesce(s.number_class, '')
      join decision d on d.id = e.decision_id
     where e.until <= ${today}::date + ${furthest}::integer
       and e.until <= ${today}::date + v.last_days
       and (s.last_seen is null or (s.last_seen at time zone ${timeZone})::date >= e.until - v.last_days)
       and d.until >= (d.decided_at at time zone ${timeZone})::date + v.days
       and not exists (
         select from listing_order o
          where o.list_id = e.list_id and o.value = e.value and o.action = 'renew')
     order by e.list_id, e.value`.execute(db);
}
