// Erases what may not be kept: texts of evidence, answers and appeals after their time (domain rule 7). Decisions and
// hashes stay. In small transactions, each of them audited, so that the job can be stopped at any point.
import { type Kysely, sql } from 'kysely';
import { exchangeAuthor, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Desk } from './desk.ts';

const BATCH_ROWS = 10_000;
const DAY_MS = 86_400_000;
const TEXTS = ['sample', 'url', 'note', 'callbackNumber', 'reportIds'];

/** Erases what is older than so many days. Several may run at once: each takes what the others have not. */
export async function eraseOldTexts(desk: Desk, textLifeDays: number): Promise<void> {
  const now = desk.now();
  const before = new Date(now.getTime() - textLifeDays * DAY_MS);
  while (await eraseSubmission(desk.db, before, now));
  await eraseAnswers(desk.db, before, now);
  await eraseAppeals(desk.db, before, now);
}

interface DueSubmission {
  id: string;
  received_on: string;
  received: number;
}

/** The oldest submission that is due; false when there is none. */
async function eraseSubmission(db: Kysely<DB>, before: Date, now: Date): Promise<boolean> {
  const { rows } = await sql<DueSubmission>`
    select id, received_on, received from submission where texts_erased_at is null and submitted_at < ${before}
     order by submitted_at limit 1`.execute(db);
  const [submission] = rows;
  if (!submission) return false;
  for (let row = 0; row <= submission.received; row += BATCH_ROWS)
    await eraseRows(db, submission, row, row + BATCH_ROWS, now);
  // After a crash before this the rows are looked at again, and hold nothing more.
  await db.transaction().execute(async (trx) => {
    await sql`update submission set texts_erased_at = ${now} where id = ${submission.id}`.execute(trx);
    await recordAct(trx, exchangeAuthor('eraseTexts'), { target: `submissions/${submission.id}`, at: now });
  });
  return true;
}

async function eraseRows(
  db: Kysely<DB>,
  submission: DueSubmission,
  from: number,
  to: number,
  now: Date,
): Promise<void> {
  const erased = JSON.stringify({ erasedAt: now.toISOString() });
  await sql`
    update candidate set evidence = (evidence - ${TEXTS}::text[]) || ${erased}::jsonb
     where submission_id = ${submission.id} and received_on = ${submission.received_on} and row_number >= ${from} and row_number < ${to}
       and evidence ?| ${TEXTS}::text[]`.execute(db);
}

async function eraseAnswers(db: Kysely<DB>, before: Date, now: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const erased = await sql`
      update information set text = null where text is not null and given_at < ${before}`.execute(trx);
    if (!erased.numAffectedRows) return;
    const changes = [{ field: 'texts', before: String(erased.numAffectedRows), after: null }];
    await recordAct(trx, exchangeAuthor('eraseTexts'), { target: 'information', at: now, changes });
  });
}

/** Of appeals that are settled: one that is open is still needed whole. */
async function eraseAppeals(db: Kysely<DB>, before: Date, now: Date): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const erased = await sql`
      update appeal set statement = null, contact = null, on_behalf_of = null
       where status <> 'filed' and statement is not null and coalesce(decided_at, filed_at) < ${before}`.execute(
      trx,
    );
    if (!erased.numAffectedRows) return;
    const changes = [{ field: 'texts', before: String(erased.numAffectedRows), after: null }];
    await recordAct(trx, exchangeAuthor('eraseTexts'), { target: 'appeals', at: now, changes });
  });
}
