import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import type { DB } from '../../src/database/generated/schema.ts';
import { startExchange } from '../setup/exchange.ts';

/** `MANY_ROWS=1000000` hands in as much as a submission may hold. */
const ROWS = Number(process.env['MANY_ROWS'] ?? 20_000);
const SHARED = Math.floor(ROWS / 2);

function csv(first: number, isReversed: boolean): string {
  const numbers = Array.from({ length: ROWS }, (_, i) => 20_000_000 + (((first + i) * 7919) % 79_999_999));
  if (isReversed) numbers.reverse();
  return `type,value,category,reports\n${numbers.map((n) => `sender_number,010${n},job,3\n`).join('')}`;
}

test('two carriers with overlapping files at once lose no row, and the sums are of both', {
  timeout: 1_800_000,
}, async () => {
  const exchange = await startExchange();
  try {
    const carriers = await Promise.all(['left', 'right'].map((name) => exchange.party('carrier', name)));
    // Twice: first both open the same cases, then both strengthen them.
    for (let round = 1; round <= 2; round++) {
      const receipts = await Promise.all(
        carriers.map(async (carrier, i) => {
          const sent = carrier.post('/v1/submissions', csv(i * SHARED, i === 1));
          return (await sent.set('Content-Type', 'text/csv').expect(201)).body;
        }),
      );
      const opened = receipts.reduce((sum, { newCases }) => sum + newCases, 0);
      const joined = receipts.reduce((sum, { joinedCases }) => sum + joinedCases, 0);
      const all = ROWS + SHARED;
      expect([opened, joined]).toEqual(round === 1 ? [all, 2 * ROWS - all] : [0, 2 * ROWS]);
      const rows = await countCases(exchange.db);
      expect(rows).toEqual([{ cases: all, candidates: String(2 * ROWS * round), wrong: 0 }]);
    }
  } finally {
    await exchange.stop();
  }
});

/** Cases, their candidates, and the cases whose sums are not those of their candidates. */
function countCases(db: Kysely<DB>) {
  return db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    const { rows } = await sql`
      with summed as (select case_id, sum(reports) as reports, count(*) as many,
                             count(distinct organization_id) as carriers
                        from candidate group by case_id)
      select count(*) as cases, sum(s.many) as candidates,
             count(*) filter (where c.reports <> s.reports or c.revision <> s.many
                                 or cardinality(c.carrier_ids) <> s.carriers) as wrong
        from review_case c join summed s on s.case_id = c.id`.execute(trx);
    return rows;
  });
}
