// Drops receipts after their time: a relay signs one for each version and list, which is millions a year. The newest of
// each relay and list stays, and the newest that was wrong, so that the fleet looks as before. In small transactions, each
// of them audited, so that the job can be stopped at any point.
import { type Kysely, sql } from 'kysely';
import { exchangeAuthor, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';

const BATCH_ROWS = 10_000;
const DAY_MS = 86_400_000;

/** Drops what came in before so many days. Several may run at once: each takes what the others have not. */
export async function dropOldReceipts(
  { db, now }: { db: Kysely<DB>; now: () => Date },
  lifeDays: number,
): Promise<void> {
  const before = new Date(now().getTime() - lifeDays * DAY_MS);
  while (await dropSome(db, before, now()));
}

/** False when there is none left to drop. */
function dropSome(db: Kysely<DB>, before: Date, now: Date): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const dropped = await sql`
      delete from receipt where id in (
        select id from receipt r
         where received_at < ${before}
           and exists (select from receipt n where n.client_id = r.client_id and n.list_id = r.list_id and n.id > r.id
                         and (r.matches is distinct from false or not n.matches))
         order by received_at limit ${BATCH_ROWS} for update skip locked
      )`.execute(trx);
    const count = Number(dropped.numAffectedRows ?? 0);
    if (count === 0) return false;
    const changes = [
      { field: 'receipts', before: String(count), after: null },
      { field: 'receivedBefore', before: null, after: before.toISOString() },
    ];
    await recordAct(trx, exchangeAuthor('dropReceipts'), { target: 'receipts', at: now, changes });
    return true;
  });
}
