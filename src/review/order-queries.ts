// SQL at the door to publish: what is ordered of the next version, in the transaction of the decision.
import { sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

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

/** Orders the next version to drop what the decisions release; urgent ones wake the publishers. */
export async function orderRelease(
  trx: Transaction<DB>,
  decisionIds: readonly number[],
  at: Date,
): Promise<void> {
  await sql`
    with ordered as (
      insert into listing_order (list_id, value, action, decision_id, urgent, ordered_at)
      select c.list_id, c.value, 'release', d.id, d.urgent, ${at}
        from decision d join review_case c on c.id = d.case_id
       where d.id = any(${decisionIds}::bigint[])
       order by d.id
      returning list_id, urgent
    )
    select pg_notify('chadan_urgent', list_id) from ordered where urgent group by list_id`.execute(trx);
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

/** Whether the value of a case is listed, or will be with the next version. */
export async function isListedOrOrdered(trx: Transaction<DB>, caseId: number): Promise<boolean> {
  return (await selectListedOrOrdered(trx, [caseId])).has(caseId);
}

/** The cases whose value is listed, or will be with the next version. */
export async function selectListedOrOrdered(
  trx: Transaction<DB>,
  caseIds: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`
    with named as materialized (
      select id, list_id, value from review_case where id = any(${caseIds}::bigint[])
    ), ordered as materialized (
      select distinct on (n.id) n.id, o.action
        from named n join listing_order o on o.list_id = n.list_id and o.value = n.value
       where o.action in ('list', 'release')
       order by n.id, o.id desc
    )
    select n.id from named n left join ordered o on o.id = n.id
     where coalesce(o.action = 'list', exists (
       select from entry e where e.list_id = n.list_id and e.value = n.value and e.removed_in is null))`.execute(
    trx,
  );
  return new Set(rows.map((row) => row.id));
}
