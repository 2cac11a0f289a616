// Reports of blocking are sums, and kept for years, not for ever: old months go whole, and the audit record says so.
import type { Kysely } from 'kysely';
import { exchangeAuthor, recordActs } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import { dropMonths } from '../database/months.ts';

/**
 * Drops the months of reports that ended so many months before the present one.
 * @param months 0: none
 */
export async function dropOldReports(
  { db, now }: { db: Kysely<DB>; now: () => Date },
  months: number,
): Promise<void> {
  if (months === 0) return;
  const at = now();
  const before = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months));
  await db.transaction().execute(async (trx) => {
    const dropped = await dropMonths(trx, 'enforcement', before);
    const acts = dropped.map((name) => ({ target: `enforcement/${name.slice(-7).replace('_', '-')}`, at }));
    await recordActs(trx, exchangeAuthor('dropEnforcement'), acts);
  });
}
