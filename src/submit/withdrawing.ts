// A carrier takes back what is still undecided. Its evidence no longer counts; a case that nobody stands for
// any more leaves the queue as `withdrawn`, with its history, and opens again with new evidence.
import { type Kysely, sql } from 'kysely';
import { recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import type { SubmissionRow } from './submission-queries.ts';

/** Withdraws the pending candidates of a submission; what is decided stays. Twice is as once. */
export async function withdrawPending(
  db: Kysely<DB>,
  author: Author,
  submission: SubmissionRow,
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`select set_config('statement_timeout', '600000', true), set_config('lock_timeout', '120000', true)`.execute(
      trx,
    );
    // Cases first, in the order that submissions lock them: a decision is either seen below, or waits.
    await sql`
      select count(*) from (
        select from review_case
         where id in (select case_id from candidate
                       where submission_id = ${submission.id} and received_on = ${submission.received_on}
                         and status in ('pending', 'info_requested'))
         order by id
           for no key update) locked`.execute(trx);
    await weakenCases(trx, submission, now);
    await recordAct(trx, author, { target: `submissions/${submission.id}`, at: now });
  });
}

/**
 * Sums are taken back; score and times are those of the evidence that is left. A code's case that verified
 * numbers speak for stays open without candidates of its own.
 */
async function weakenCases(db: Kysely<DB>, submission: SubmissionRow, now: Date): Promise<void> {
  await sql`
    with withdrawn as (
      update candidate set status = 'withdrawn'
       where submission_id = ${submission.id} and received_on = ${submission.received_on}
         and status in ('pending', 'info_requested')
      returning id, case_id, organization_id, reports
    ), weakened as (
      select c.id, w.organization_id, coalesce(w.reports, 0) as reports, left_over.*,
             c.list_id = 'originator-codes' and exists (
               select from candidate n where n.originator_code = c.value and n.status = 'verified') as spoken_for
        from withdrawn w
        join review_case c on c.id = w.case_id
        cross join lateral (
          select count(*) filter (where k.status in ('pending', 'info_requested')) as undecided,
                 coalesce(bool_or(k.organization_id = w.organization_id), false) as same_carrier,
                 max(k.score) as score, min(k.first_seen) as first_seen, max(k.last_seen) as last_seen
            from candidate k
           where k.case_id = c.id and k.received_on >= c.evidence_from and k.id <> w.id and k.status <> 'withdrawn'
        ) left_over
    )
    update review_case c
       set reports = greatest(0, c.reports - w.reports),
           queue_reports = greatest(0, c.reports - w.reports),
           carrier_ids = case when w.same_carrier then c.carrier_ids else array_remove(c.carrier_ids, w.organization_id) end,
           score = coalesce(w.score, c.score),
           first_seen = coalesce(w.first_seen, c.first_seen),
           last_seen = coalesce(w.last_seen, c.last_seen),
           status = case when c.status in ('open', 'awaiting_second') and w.undecided = 0 and not w.spoken_for
                         then 'withdrawn' else c.status end,
           claimed_by = null, claimed_until = null,
           revision = c.revision + 1, updated_at = ${now}
      from weakened w
     where c.id = w.id`.execute(db);
}
