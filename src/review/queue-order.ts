// Puts cases in their place in the queue where a long submission added evidence to them: it raises their sums in place, and
// leaves to this what touches the queue's indexes. Several servers may do it at once: they share the rows.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

/** Of one transaction: so few that no reviewer waits noticeably for a case. */
const BATCH_ROWS = 5000;
/** In one round: a server that stops waits for no more. */
const BATCHES = 20;

/** Puts in order what submissions left behind, in small transactions; what is too much for a round is left for the next. */
export async function orderQueue(db: Kysely<DB>): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch++) {
    if (!(await db.transaction().execute(orderRows))) return;
  }
}

/** The next rows; false when there are none. */
async function orderRows(trx: Transaction<DB>): Promise<boolean> {
  const due = await trx
    .selectFrom('submission')
    .select(['id', 'received_on', 'unranked_from as first', 'received'])
    .where('unranked_from', 'is not', null)
    .orderBy('submitted_at')
    .limit(1)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!due || due.first === null) return false;
  const next = due.first + BATCH_ROWS;
  // A case that is locked at this moment is waited for: who holds it does not wait for us, for everyone locks by id.
  await sql`
    with stale as materialized (
      select c.id
        from candidate k join review_case c on c.id = k.case_id
       where k.submission_id = ${due.id} and k.received_on = ${due.received_on} and k.row_number >= ${due.first} and k.row_number < ${next}
         and c.status in ('open', 'awaiting_second') and c.queue_reports <> c.reports
       order by c.id
         for no key update of c
    )
    update review_case c set queue_reports = c.reports from stale where c.id = stale.id`.execute(trx);
  await trx
    .updateTable('submission')
    .set({ unranked_from: next <= due.received ? next : null })
    .where('id', '=', due.id)
    .execute();
  return true;
}

/**
 * Puts in order what nobody noted: cases that a server of an earlier release strengthened beside us during an upgrade, and
 * cases whose decision was taken back after a long submission had added to them.
 */
export async function orderStragglers(db: Kysely<DB>): Promise<void> {
  let ordered: bigint | undefined;
  do {
    const result = await sql`
      with stale as materialized (
        select id from review_case
         where status in ('open', 'awaiting_second') and queue_reports <> reports
         order by id limit ${BATCH_ROWS}
           for no key update skip locked
      )
      update review_case c set queue_reports = c.reports from stale where c.id = stale.id`.execute(db);
    ordered = result.numAffectedRows;
  } while (ordered);
}
