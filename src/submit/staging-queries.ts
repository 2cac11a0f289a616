// SQL while a body is read: its rows go into a temporary table, and nowhere else. No case is looked up, locked or
// written here, for a slow upload must not hold up anyone.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type AcceptedColumns, type RefusedColumns, SEPARATOR } from './row-columns.ts';

export interface SubmissionHead {
  id: string;
  organizationId: string;
  clientId: string;
  idempotencyKey: string | null;
  submittedAt: Date;
  /** The agency's. */
  timeZone: string;
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
           set_config('idle_in_transaction_session_timeout', '0', true), set_config('work_mem', '64MB', true),
           set_config('jit', 'off', true)`.execute(db);
  // Once a connection; their rows are gone with each commit. Nothing of them is written to the log of changes.
  await sql`
    create temp table if not exists given_row (
      row_number integer not null,
      list_id text collate "C" not null,
      value text collate "C" not null,
      raw_value text not null,
      number_class text,
      unregistrable boolean not null,
      category text not null,
      reports integer,
      reporters integer,
      first_seen timestamptz,
      last_seen timestamptz,
      source text,
      score real,
      originator_code text,
      evidence text,
      new_case_id bigint not null
    ) on commit delete rows`.execute(db);
  await sql`
    create temp table if not exists locked_row (
      row_number integer not null,
      case_id bigint not null
    ) on commit delete rows`.execute(db);
  await sql`
    create temp table if not exists staged_row (
      row_number integer not null,
      list_id text collate "C" not null,
      value text collate "C" not null,
      case_id bigint not null,
      effect text not null,
      decision_id bigint,
      new_flags text[] not null,
      number_class text,
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

/** Stages accepted rows, each with an id for the case that it may have to open: the ids rise with the rows. */
export async function stageRows(db: Kysely<DB>, rows: AcceptedColumns): Promise<void> {
  const column = columnsOf(rows.texts());
  await sql`
    insert into given_row
    select row_number, list_id, value, raw_value, number_class, unregistrable, category, reports, reporters,
           to_timestamp(first_ms / 1000), to_timestamp(last_ms / 1000), source, score, originator_code, evidence,
           nextval('review_case_id_seq')
      from (
        select * from unnest(
            ${column(0)}::int[], ${column(1)}, ${column(2)}, ${column(3)}, ${column(4)}, ${column(5)}::bool[], ${column(6)},
            ${column(7)}::int[], ${column(8)}::int[], ${column(9)}::float8[], ${column(10)}::float8[],
            ${column(11)}, ${column(12)}::real[], ${column(13)}, ${column(14)})
          as t (row_number, list_id, value, raw_value, number_class, unregistrable, category,
                reports, reporters, first_ms, last_ms, source, score, originator_code, evidence)
         order by row_number) ordered`.execute(db);
}

/** Absent fields become null; a column of one absent field comes out empty, which unnest fills up with null. */
function columnsOf(texts: readonly string[]) {
  return (index: number) => sql`string_to_array(${texts[index] ?? ''}, ${SEPARATOR}, '')`;
}
