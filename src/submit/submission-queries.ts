// SQL on stored submissions: what a carrier, or an auditor, reads of them.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { DB, Submission, SubmissionError } from '../database/generated/schema.ts';
import type { CandidateRow } from '../http/candidate-reply.ts';

export type SubmissionRow = Selectable<Submission>;
export type SubmissionErrorRow = Pick<
  Selectable<SubmissionError>,
  'row_number' | 'value' | 'code' | 'detail'
>;

/** Whose submissions are meant: one organisation's, or (undefined) everybody's. */
export type Owner = string | undefined;

/** Fills in what is known at the end; the submission becomes visible with the commit, complete. */
export async function completeSubmission(
  db: Kysely<DB>,
  id: string,
  totals: {
    bodySha256: Buffer;
    received: number;
    accepted: number;
    invalid: number;
    duplicates: number;
    newCases: number;
    joinedCases: number;
    alreadyListed: number;
    /** The queue has yet to put its cases in order. */
    isUnranked: boolean;
  },
): Promise<SubmissionRow> {
  return db
    .updateTable('submission')
    .set({
      body_sha256: totals.bodySha256,
      received: totals.received,
      accepted: totals.accepted,
      invalid: totals.invalid,
      duplicates: totals.duplicates,
      new_cases: totals.newCases,
      joined_cases: totals.joinedCases,
      already_listed: totals.alreadyListed,
      unranked_from: totals.isUnranked ? 1 : null,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function selectByIdempotencyKey(
  db: Kysely<DB>,
  organizationId: string,
  key: string,
): Promise<SubmissionRow | undefined> {
  return db
    .selectFrom('submission')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
}

export async function selectSubmission(
  db: Kysely<DB>,
  owner: Owner,
  id: string,
): Promise<SubmissionRow | undefined> {
  let query = db.selectFrom('submission').selectAll().where('id', '=', id);
  if (owner !== undefined) query = query.where('organization_id', '=', owner);
  return query.executeTakeFirst();
}

/** Newest first. `after` is the last row of the page before. */
export async function selectSubmissions(
  db: Kysely<DB>,
  owner: Owner,
  after: { submittedAt: Date; id: string } | undefined,
  limit: number,
): Promise<SubmissionRow[]> {
  let query = db.selectFrom('submission').selectAll();
  if (owner !== undefined) query = query.where('organization_id', '=', owner);
  if (after) {
    query = query.where((is) =>
      is.or([
        is('submitted_at', '<', after.submittedAt),
        is.and([is('submitted_at', '=', after.submittedAt), is('id', '>', after.id)]),
      ]),
    );
  }
  return query.orderBy('submitted_at', 'desc').orderBy('id').limit(limit).execute();
}

/** Candidates of a submission by state; those the agency asked about are pending. */
export async function countOutcomes(
  db: Kysely<DB>,
  { id, received_on }: SubmissionRow,
): Promise<{ pending: number; verified: number; rejected: number; withdrawn: number }> {
  const { rows } = await sql<{ pending: number; verified: number; rejected: number; withdrawn: number }>`
    select count(*) filter (where status in ('pending', 'info_requested')) as pending,
           count(*) filter (where status = 'verified') as verified,
           count(*) filter (where status = 'rejected') as rejected,
           count(*) filter (where status = 'withdrawn') as withdrawn
      from candidate where submission_id = ${id} and received_on = ${received_on}`.execute(db);
  return rows[0] ?? { pending: 0, verified: 0, rejected: 0, withdrawn: 0 };
}

export async function selectErrors(
  db: Kysely<DB>,
  submissionId: string,
  afterRow: number,
  limit: number,
): Promise<SubmissionErrorRow[]> {
  return db
    .selectFrom('submission_error')
    .select(['row_number', 'value', 'code', 'detail'])
    .where('submission_id', '=', submissionId)
    .where('row_number', '>', afterRow)
    .orderBy('row_number')
    .limit(limit)
    .execute();
}

export async function selectCandidates(
  db: Kysely<DB>,
  { id, received_on }: SubmissionRow,
  status: string | undefined,
  afterRow: number,
  limit: number,
): Promise<CandidateRow[]> {
  let query = db
    .selectFrom('candidate')
    .select(['id', 'row_number', 'list_id', 'value', 'raw_value', 'category', 'status', 'case_id'])
    .where('submission_id', '=', id)
    .where('received_on', '=', received_on)
    .where('row_number', '>', afterRow);
  if (status !== undefined) query = query.where('status', '=', status);
  return query.orderBy('row_number').limit(limit).execute();
}
