import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('values are read as the generated types say', async () => {
  const { rows } = await sql<Record<string, unknown>>`
    select 9007199254740991::int8 as big, '{1,NULL}'::int8[] as bigs, date '2026-02-28' as day,
           array[date '2026-02-28'] as days, timestamptz '2026-02-28 00:00+09' as moment, count(*) as number
      from generate_series(1, 3)`.execute(database.db);
  expect(rows[0]).toEqual({
    big: Number.MAX_SAFE_INTEGER,
    bigs: [1, null],
    day: '2026-02-28',
    days: ['2026-02-28'],
    moment: new Date('2026-02-27T15:00:00Z'),
    number: 3,
  });
});
