// A carrier answers what the agency asked about a candidate: the case comes back to the desk, flagged.
import { sql } from 'kysely';
import { recordAct } from '../audit/record.ts';
import type { Actor } from '../http/caller.ts';
import { toCandidate } from '../http/candidate-reply.ts';
import type { components } from '../http/generated/openapi.ts';
import { notFound, Problem } from '../http/problem.ts';
import { maskSample } from '../list/masking.ts';
import { caseNumber } from './case-number.ts';
import type { Desk } from './desk.ts';

type Candidate = components['schemas']['Candidate'];

/**
 * Records the answer. Throws Problem `not_found` for a candidate that is not the caller's, `nothing_asked`.
 * @param path ids as the request has them
 */
export function giveInformation(
  desk: Desk,
  path: { submissionId: string; candidateId: string },
  text: string,
  author: Actor,
): Promise<Candidate> {
  const id = caseNumber(path.candidateId, 'candidate');
  const at = desk.now();
  return desk.db.transaction().execute(async (trx) => {
    const found = await trx
      .selectFrom('candidate')
      .select(['case_id', 'received_on'])
      .where('id', '=', id)
      .where(sql<boolean>`submission_id::text = ${path.submissionId}`)
      .where('organization_id', '=', author.organizationId)
      .executeTakeFirst();
    if (!found?.case_id) throw notFound('candidate');
    // The case first, as everyone locks: a decision is either seen below, or waits.
    await sql`select from review_case where id = ${found.case_id} for no key update`.execute(trx);
    const candidate = await trx
      .updateTable('candidate')
      .set({ status: 'pending' })
      .where('id', '=', id)
      .where('received_on', '=', found.received_on)
      .where('status', '=', 'info_requested')
      .returningAll()
      .executeTakeFirst();
    if (!candidate)
      throw new Problem('nothing_asked', 'The agency does not wait for an answer on this candidate.');
    await trx
      .insertInto('information')
      .values({ candidate_id: id, text: maskSample(text), given_at: at })
      .execute();
    await sql`
      update review_case set revision = revision + 1, updated_at = ${at},
             flags = array_remove(array_remove(flags, 'information_requested'), 'information_given') || '{information_given}'
       where id = ${found.case_id}`.execute(trx);
    const changes = [{ field: 'status', before: 'info_requested', after: 'pending' }];
    await recordAct(trx, author, { target: `cases/${found.case_id}`, at, changes });
    return toCandidate(candidate);
  });
}
