import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';

let exchange: TestExchange;
let carrier: Party;
beforeAll(async () => {
  exchange = await startExchange();
  carrier = await exchange.party('carrier');
});
afterAll(() => exchange.stop());

const value = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((n) => `010-2345-67${String(n).padStart(2, '0')}`),
  fc.constantFrom(
    '0000',
    '',
    '１５８８１２３４',
    '112',
    '+14155552671',
    "'; drop table candidate; --",
    '\u0000',
    '"',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const row = fc.record(
  {
    type: fc.constantFrom('sender_number', 'originator_code', 'phone', ''),
    value,
    category: fc.constantFrom('gambling', 'other', 'none'),
    reports: fc.oneof(fc.nat(), fc.constantFrom(-1, 1e20, null, 'x')),
    score: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(5e-324, null)),
    sample: fc.string({ unit: 'binary', maxLength: 30 }),
    lastSeen: fc.constantFrom('2026-11-20T00:00:00Z', '0000-00-00T00:00:00Z', '9999-12-31T23:59:60Z'),
    chain: fc.constantFrom('a;b', ';', 'x'),
  },
  { requiredKeys: ['type', 'value', 'category'] },
);
const COLUMNS = ['type', 'value', 'category', 'reports', 'score', 'sample', 'lastSeen', 'chain'] as const;

function toCsv(rows: readonly Record<string, unknown>[]): string {
  const cell = (given: unknown) => `"${String(given ?? '').replaceAll('"', '""')}"`;
  return [COLUMNS.join(','), ...rows.map((one) => COLUMNS.map((name) => cell(one[name])).join(','))].join(
    '\r\n',
  );
}

const body = fc.oneof(
  fc.array(row, { maxLength: 30 }).map((rows) => ['text/csv', toCsv(rows)] as const),
  fc
    .array(row, { maxLength: 30 })
    .map((rows) => ['application/x-ndjson', rows.map((one) => JSON.stringify(one)).join('\n')] as const),
  fc
    .array(row, { minLength: 1, maxLength: 30 })
    .map((candidates) => ['application/json', JSON.stringify({ candidates })] as const),
);
/** A body, perhaps packed, perhaps with a few bytes overwritten. */
const damaged = fc.tuple(
  body,
  fc.boolean(),
  fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
);

test('whatever is sent is stored whole or refused whole, and the receipt adds up', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async ([[type, text], isPacked, damage]) => {
      const bytes = isPacked ? gzipSync(text) : Buffer.from(text);
      for (const [at, byte] of damage) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      const before = await countRows();
      const { status, body: answer } = await carrier
        .post('/v1/submissions')
        .set('Content-Type', type)
        .set('Content-Encoding', isPacked ? 'gzip' : 'identity')
        .serialize((given) => given)
        .send(bytes);
      const added = (await countRows()) - before;
      if (status !== 201) {
        expect(status).toBe(400);
        expect(added).toBe(0);
        return;
      }
      expect(answer.received).toBe(answer.accepted + answer.invalid + answer.duplicates);
      expect(answer.accepted).toBe(answer.newCases + answer.joinedCases + answer.alreadyListed);
      expect(added).toBe(answer.accepted + answer.invalid);
    }),
    { numRuns: 400 },
  );
  // After everything that was sent: each case has the sums of its candidates.
  const { rows } = await sql`
    select c.id from review_case c left join candidate k on k.case_id = c.id
     group by c.id having c.reports <> coalesce(sum(k.reports), 0) or count(k.id) = 0`.execute(exchange.db);
  expect(rows).toEqual([]);
});

async function countRows(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from candidate) + (select count(*) from submission_error) as count`.execute(
    exchange.db,
  );
  return rows[0]?.count ?? -1;
}
