// SQL while a body is read: rows go into candidate at once, and what the merge needs of them into a temporary
// table. No case is locked or written here, for a slow upload must not hold up anyone.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type AcceptedColumns, type RefusedColumns, SEPARATOR } from './row-columns.ts';

export interface SubmissionHead {
  id: string;
  organizationId: string;
  clientId: string;
  idempotencyKey: string | null;
  submittedAt: Date;
}

/**
 * Takes the key for this transaction; false when another one holds it at this moment.
 * A second request does not wait: it would keep its upload and a connection open for as long as the first.
 */
export async function lockIdempotencyKey(
  db: Kysely<DB>,
  organizationId: string,
  key: string,
): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`submission ${organizationId} ${key}`}, 0)) as locked`.execute(
    db,
  );
  return rows[0]?.locked === true;
}

/**
 * Long statements are meant here, and waiting for the sender, whose pace body-pieces bounds: the limits of
 * ordinary transactions do not hold.
 */
export async function prepareTransaction(db: Kysely<DB>): Promise<void> {
  await sql`
    select set_config('statement_timeout', '600000', true), set_config('lock_timeout', '120000', true),
           set_config('idle_in_transaction_session_timeout', '0', true), set_config('work_mem', '64MB', true)`.execute(
    db,
  );
  // Once a connection; its rows are gone with each commit. Nothing of it is written to the log of changes.
  await sql`
    create temp table if not exists staged_row (
      row_number integer not null,
      list_id text collate "C" not null,
      value text collate "C" not null,
      case_id bigint not null,
      is_new boolean not null,
      decision_id bigint,
      number_class text,
      unregistrable boolean not null,
      category text not null,
      reports integer,
      score real,
      first_seen timestamptz,
      last_seen timestamptz
    ) on commit delete rows`.execute(db);
}

/** Inserts the submission with nothing in it yet: its errors refer to it. */
export async function insertSubmission(db: Kysely<DB>, head: SubmissionHead): Promise<void> {
  await db
    .insertInto('submission')
    .values({
      id: head.id,
      organization_id: head.organizationId,
      client_id: head.clientId,
      submitted_at: head.submittedAt,
      idempotency_key: head.idempotencyKey,
      body_sha256: Buffer.alloc(0),
      received: 0,
      accepted: 0,
      invalid: 0,
      duplicates: 0,
      new_cases: 0,
      joined_cases: 0,
      already_listed: 0,
    })
    .execute();
}

/** Inserts refused rows. */
export async function insertErrors(
  db: Kysely<DB>,
  submissionId: string,
  rows: RefusedColumns,
): Promise<void> {
  const column = columnsOf(rows.texts());
  await sql`
    insert into submission_error (submission_id, row_number, value, code, detail)
    select ${submissionId}::uuid, row_number, coalesce(value, ''), code, detail
      from unnest(${column(0)}::int[], ${column(1)}, ${column(2)}, ${column(3)}) as t (row_number, value, code, detail)`.execute(
    db,
  );
}

/**
 * Inserts candidates with the case they will belong to: the one of their value or, where there is none, an id
 * drawn for it. Both, and whether the value is listed, may be outdated when the merge comes: it sets them right.
 */
export async function stageRows(db: Kysely<DB>, head: SubmissionHead, rows: AcceptedColumns): Promise<void> {
  const column = columnsOf(rows.texts());
  await sql`
    with given as materialized (
      select * from unnest(
          ${column(0)}::int[], ${column(1)}, ${column(2)}, ${column(3)}, ${column(4)}, ${column(5)}::bool[], ${column(6)},
          ${column(7)}::int[], ${column(8)}::int[], ${column(9)}::float8[], ${column(10)}::float8[],
          ${column(11)}, ${column(12)}::real[], ${column(13)}, ${column(14)})
        as t (row_number, list_id, value, raw_value, number_class, unregistrable, category,
              reports, reporters, first_ms, last_ms, source, score, originator_code, evidence)
    ), placed as materialized (
      select g.*, coalesce(c.id, nextval('review_case_id_seq')) as case_id, c.id is null as is_new,
             case c.status when 'verified' then (
               select decision_id from entry e
                where e.list_id = g.list_id and e.value = g.value and e.removed_in is null) end as decision_id,
             to_timestamp(first_ms / 1000) as first_seen, to_timestamp(last_ms / 1000) as last_seen
        from given g
        left join review_case c on c.list_id = g.list_id and c.value = g.value
    ), kept as (
      insert into candidate (submission_id, organization_id, row_number, list_id, value, raw_value, category, status,
                             case_id, decision_id, reports, reporters, first_seen, last_seen, source, score,
                             originator_code, evidence)
      select ${head.id}::uuid, ${head.organizationId}::uuid, row_number, list_id, value, raw_value, category,
             case when decision_id is null then 'pending' else 'verified' end,
             case_id, decision_id, reports, reporters, first_seen, last_seen, source, score,
             originator_code, coalesce(evidence::jsonb, '{}')
        from placed
    )
    insert into staged_row
    select row_number, list_id, value, case_id, is_new, decision_id, number_class, unregistrable, category,
           reports, score, first_seen, last_seen
      from placed`.execute(db);
}

/** Absent fields become null; a column of one absent field comes out empty, which unnest fills up with null. */
function columnsOf(texts: readonly string[]) {
  return (index: number) => sql`string_to_array(${texts[index] ?? ''}, ${SEPARATOR}, '')`;
}
