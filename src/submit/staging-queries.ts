// SQL while a body is read: its rows are stored, and what they mean for cases is noted in a temporary table. No case is
// locked or written here, for a slow upload must not hold up anyone.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { ListId } from '../list/entry.ts';
import type { GuessedCase } from './copy-rows.ts';

export interface SubmissionHead {
  id: string;
  organizationId: string;
  clientId: string;
  idempotencyKey: string | null;
  submittedAt: Date;
  /** The day of `submittedAt` (UTC): in its month's partition lie the candidates. */
  receivedOn: string;
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
    create temp table if not exists given_case (
      row_number integer not null,
      case_id bigint not null,
      is_new boolean not null,
      decision_id bigint,
      list_id text collate "C" not null,
      value text collate "C" not null,
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
      received_on: head.receivedOn,
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

/**
 * Where rows would belong if they were merged now: the case of each value, or an id for the one that it has to open, and
 * the decision that it is listed by. Nothing is locked, so the merge looks again; but few guesses are wrong by then, and
 * the rows are stored but once. Ids of new cases rise with the rows. (The limit keeps the planner from looking up entries of
 * cases that are not verified.)
 */
export async function guessCases(
  db: Kysely<DB>,
  listIds: readonly ListId[],
  canonicalValues: readonly string[],
): Promise<GuessedCase[]> {
  const lists = listIds.join(SEPARATOR);
  const values = canonicalValues.join(SEPARATOR);
  const { rows: found } = await sql<{ ids: string; decisions: string }>`
    select string_agg(id::text, ',') as ids, string_agg(coalesce(decision_id::text, ''), ',') as decisions
      from (
        select coalesce(c.id, -nextval('review_case_id_seq')) as id, e.decision_id
          from unnest(string_to_array(${lists}, ${SEPARATOR}), string_to_array(${values}, ${SEPARATOR}))
               with ordinality as g (list_id, value, nth)
          left join review_case c on c.list_id = g.list_id and c.value = g.value
          left join lateral (
            select decision_id from entry
             where c.status = 'verified' and list_id = g.list_id and value = g.value and removed_in is null
             limit 1) e on true
         order by nth) ordered`.execute(db);
  const ids = found[0]?.ids.split(',') ?? [];
  const decisions = found[0]?.decisions.split(',') ?? [];
  return ids.map((id, at) => {
    const isNew = id.startsWith('-');
    return { caseId: isNew ? id.slice(1) : id, isNew, decisionId: decisions[at] || null };
  });
}

/** Stands in no value: all control characters were removed. */
const SEPARATOR = '\u001f';
