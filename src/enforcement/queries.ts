// All SQL on what relays blocked. Reports are only ever inserted.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export interface Report {
  clientId: string;
  list: string;
  idempotencyKey: string | null;
  bodySha256: Buffer;
  from: Date;
  to: Date;
  receivedAt: Date;
  values: string[];
  blocked: number[];
}

export interface StoredReport {
  recorded: number;
  unknown: number;
  bodySha256: Buffer;
}

/**
 * Stores a report in one statement, of values that were ever listed; undefined where its key stands for one already,
 * also for one that another request is just storing: the unique index makes the second wait for the first.
 */
export async function insertReport(db: Kysely<DB>, report: Report): Promise<StoredReport | undefined> {
  const { rows } = await sql<StoredReport>`
    with given as (
      select value, blocked
      from unnest(${report.values}::text[], ${report.blocked}::bigint[]) as given (value, blocked)
    ),
    known as (
      select value, blocked from given
      where exists (select from entry where list_id = ${report.list} and entry.value = given.value)
    ),
    stored as (
      insert into enforcement_report (client_id, list_id, idempotency_key, body_sha256, period_from, period_to,
                                      received_at, recorded, unknown, blocked)
      select ${report.clientId}::uuid, ${report.list}, ${report.idempotencyKey}, ${report.bodySha256},
             ${report.from}, ${report.to}, ${report.receivedAt},
             (select count(*) from known), (select count(*) from given) - (select count(*) from known),
             (select coalesce(sum(blocked), 0) from known)
      on conflict (client_id, list_id, idempotency_key) do nothing
      returning id, recorded, unknown, body_sha256
    ),
    counted as (
      insert into enforcement_count (report_id, value, blocked)
      select stored.id, known.value, known.blocked from stored, known
    )
    select recorded, unknown, body_sha256 as "bodySha256" from stored`.execute(db);
  return rows[0];
}

export async function selectReport(
  db: Kysely<DB>,
  { clientId, list, idempotencyKey }: Report,
): Promise<StoredReport> {
  const { recorded, unknown, body_sha256 } = await db
    .selectFrom('enforcement_report')
    .select(['recorded', 'unknown', 'body_sha256'])
    .where('client_id', '=', clientId)
    .where('list_id', '=', list)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirstOrThrow();
  return { recorded, unknown, bodySha256: body_sha256 };
}

export interface RelaySum {
  clientId: string;
  organization: string;
  name: string;
  blocked: number;
  values: number;
  lastReportAt: Date;
}

/** What each relay blocked, by reports that ended in a period. */
export async function selectSums(
  db: Kysely<DB>,
  list: string,
  from: Date | undefined,
  to: Date | undefined,
): Promise<RelaySum[]> {
  const { rows } = await sql<RelaySum>`
    select c.id as "clientId", o.name as organization, c.name,
           sum(n.blocked)::bigint as blocked, count(distinct n.value)::int as values,
           max(r.period_to) as "lastReportAt"
    from enforcement_report r
    join enforcement_count n on n.report_id = r.id
    join client c on c.id = r.client_id
    join organization o on o.id = c.organization_id
    where r.list_id = ${list}
      and r.period_to >= coalesce(${from ?? null}::timestamptz, '-infinity')
      and r.period_to < coalesce(${to ?? null}::timestamptz, 'infinity')
    group by c.id, o.name, c.name
    order by blocked desc, c.id`.execute(db);
  return rows;
}
