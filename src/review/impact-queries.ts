// SQL on what relays report: how many messages of the last days a decision would have blocked. Sums, nothing personal.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export interface ImpactRow {
  messages: number;
  relays: number;
}

export interface ListedValue {
  list: string;
  value: string;
}

/** So many rows of evidence that name a code are looked at, the latest ones. */
const CODE_ROWS = 10_000;

/** Of values, and for codes of the numbers too whose evidence names them. */
export async function sumImpact(
  db: Kysely<DB>,
  values: readonly ListedValue[],
  from: Date,
  to: Date,
): Promise<ImpactRow> {
  const wanted = sql`
    select list as list_id, value from json_to_recordset(${JSON.stringify(values)}::json) as t(list text, value text)`;
  const { rows } = await sql<ImpactRow>`
    with wanted as materialized (${wanted}), named as (
      select * from wanted
      union
      select 'sender-numbers', k.value from wanted w cross join lateral (
        select value from candidate where originator_code = w.value and list_id = 'sender-numbers'
         order by id desc limit ${CODE_ROWS}) k
       where w.list_id = 'originator-codes'
    )
    ${summed(sql`named`, from, to)}`.execute(db);
  return rows[0] as ImpactRow;
}

/** Of what the next version would add, or would take away. */
export async function sumPendingImpact(
  db: Kysely<DB>,
  list: string,
  action: 'list' | 'release',
  from: Date,
  to: Date,
): Promise<ImpactRow> {
  const { rows } = await sql<ImpactRow>`
    with wanted as materialized (
      select o.list_id, o.value from (
        select distinct on (value) list_id, value, action from listing_order
         where list_id = ${list} and action in ('list', 'release') order by value, id desc
      ) o
      where o.action = ${action} and exists (
        select from entry e where e.list_id = o.list_id and e.value = o.value and e.removed_in is null
      ) = (${action} = 'release')
    )
    ${summed(sql`wanted`, from, to)}`.execute(db);
  return rows[0] as ImpactRow;
}

function summed(values: RawBuilder<unknown>, from: Date, to: Date): RawBuilder<unknown> {
  return sql`
    select coalesce(sum(greatest(e.seen, e.blocked)), 0)::bigint as messages,
           count(distinct c.organization_id) filter (where greatest(e.seen, e.blocked) > 0) as relays
      from ${values} w
      join enforcement e on e.list_id = w.list_id and e.value = w.value and e.to_at > ${from} and e.to_at <= ${to}
      join client c on c.id = e.client_id`;
}
