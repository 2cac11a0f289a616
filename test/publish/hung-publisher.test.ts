// A server that hangs or is cut off in the middle of a publication: the next takes over within seconds.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServerProcess } from '../../scripts/server-process.ts';
import { layLine } from '../server/database-line.ts';
import { startSecond } from '../server/second-server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { holdVersions } from './held-statement.ts';
import { expectOneHistory, LIST, stateOf } from './published.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

/** PostgreSQL ends a silent session after 10 s; the rest is a machine that is busy. */
const TAKEN_OVER_MS = 20_000;

async function publishedInTime(version: number): Promise<void> {
  const begun = performance.now();
  expect(await publish(exchange)).toMatchObject({ version, added: 3 });
  expect(performance.now() - begun).toBeLessThan(TAKEN_OVER_MS);
}

test('when a server is stopped (SIGSTOP) while it holds the list, another publishes within seconds', {
  timeout: 90_000,
}, async () => {
  const agency = await exchange.party('agency');
  const settings = { DATABASE_URL: exchange.databaseUrl, CHADAN_ISSUER: exchange.url, CHADAN_PORT: '0' };
  const other = await startServerProcess(exchange.directory, settings);
  try {
    await submitAndVerify(exchange, mobileNumbers(3, 61));
    const before = await stateOf(exchange);
    const headers = { Authorization: `Bearer ${await agency.token()}` };
    const publishing = await holdVersions(exchange.db, async (stands) => {
      const answer = fetch(`${other.url}${LIST}/versions`, { method: 'POST', headers });
      await stands();
      other.child.kill('SIGSTOP');
      return { answer };
    });
    // Its statement went through, it holds the lock, and it does not go on.
    await publishedInTime(before.version + 1);
    other.child.kill('SIGCONT');
    const answer = await publishing.answer;
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    await submitAndVerify(exchange, mobileNumbers(2, 62));
    const again = await fetch(`${other.url}${LIST}/versions`, { method: 'POST', headers });
    expect([again.status, await again.json()]).toMatchObject([
      201,
      { version: before.version + 2, added: 2 },
    ]);
    await expectOneHistory(exchange);
  } finally {
    other.child.kill('SIGCONT');
    await other.stop();
  }
});

test('when a server loses sight of the database while it holds the list, another publishes within seconds', {
  timeout: 90_000,
}, async () => {
  const agency = await exchange.party('agency');
  const line = await layLine(exchange.databaseUrl);
  const far = await startSecond(exchange, { DATABASE_URL: line.url });
  try {
    await submitAndVerify(exchange, mobileNumbers(3, 63));
    const before = await stateOf(exchange);
    const publishing = await holdVersions(exchange.db, async (stands) => {
      const answer = far.post(agency, `${LIST}/versions`);
      await stands();
      line.freeze();
      return { answer };
    });
    await publishedInTime(before.version + 1);
    await line.cut();
    await line.mend();
    expect((await publishing.answer).status).toBe(503);
    await submitAndVerify(exchange, mobileNumbers(2, 64));
    expect((await far.post(agency, `${LIST}/versions`)).body).toMatchObject({ version: before.version + 2 });
    await expectOneHistory(exchange);
  } finally {
    await far.stop();
    await line.close();
  }
});

test.each(['the server that publishes', 'another server'])(
  'an urgent release passes a big publication under way, heard by %s',
  { timeout: 240_000 },
  async (by) => {
    const agency = await exchange.party('agency');
    const second = await startSecond(exchange);
    const seed = by === 'another server' ? 65 : 75;
    const [gone = '', ...rest] = mobileNumbers(3, seed);
    await submitAndVerify(exchange, [gone, ...rest]);
    await publish(exchange);
    const before = await stateOf(exchange);
    await submitAndVerify(exchange, mobileNumbers(60, seed + 1));
    // Sixty additions that take as long as a million would.
    await sql`create function slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.1); return new; end $$`.execute(exchange.db);
    await sql`create trigger slow before insert on entry for each row execute function slow()`.execute(
      exchange.db,
    );
    try {
      const big =
        by === 'another server'
          ? second.post(agency, `${LIST}/versions`)
          : agency.post(`${LIST}/versions`).then((response) => response);
      const { rows } = { rows: [] as object[] };
      while (rows.length === 0) {
        const found = await sql<object>`
          select 1 from pg_stat_activity where query like '%insert into entry%' and wait_event = 'PgSleep'
            and datname = current_database()`.execute(exchange.db);
        rows.push(...found.rows);
      }
      const begun = performance.now();
      const release = { reason: 'agency_correction', urgent: true };
      await agency.post(`${LIST}/entries/${gone}/release`, release).expect(201);
      for (let version = before.version; version === before.version; )
        version = (await stateOf(exchange)).version;
      const took = performance.now() - begun;
      const between = await stateOf(exchange);
      expect(between).toMatchObject({ version: before.version + 1, count: before.count - 1 });
      expect(took).toBeLessThan(6000);
      expect((await big).body).toMatchObject({ version: before.version + 2, added: 60 });
    } finally {
      await sql`drop function slow cascade`.execute(exchange.db);
      await second.stop();
    }
    await expectOneHistory(exchange);
  },
);
