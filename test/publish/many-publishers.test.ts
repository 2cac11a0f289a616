// Several servers of one exchange publish at the same time; one of them fails half-way.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type SecondServer, startSecond } from '../server/second-server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, publish, submit, submitAndVerify } from '../setup/walk.ts';
import { expectOneHistory, LIST, stateOf } from './published.ts';

let exchange: TestExchange;
let second: SecondServer;
beforeAll(async () => {
  exchange = await startExchange();
  second = await startSecond(exchange);
});
afterAll(async () => {
  await second.stop();
  await exchange.stop();
});

/** From now on a statement fails as if the disk were full, until `mend` is called. */
async function breakStatement(when: string): Promise<{ mend: () => Promise<void> }> {
  await sql`create function fail() returns trigger language plpgsql as
    $$ begin raise exception 'no space' using errcode = 'disk_full'; end $$`.execute(exchange.db);
  await sql`create trigger fail ${sql.raw(when)} execute function fail()`.execute(exchange.db);
  return { mend: async () => void (await sql`drop function fail cascade`.execute(exchange.db)) };
}

test('twenty publications and twenty decisions at once, on two servers, make one chain', async () => {
  const agency = await exchange.party('agency');
  const before = await stateOf(exchange);
  const numbers = mobileNumbers(120, 21);
  await submit(exchange, numbers);
  const cases = (await allCases(exchange)).map(({ id, revision }) => ({ id, revision }));
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const mine = cases.slice(i * 6, i * 6 + 6);
      const decision = { cases: mine, verdict: 'verify' };
      const at = i % 2 ? exchange : second;
      const decided =
        at === second
          ? await second.post(agency, '/v1/decisions', decision)
          : await agency.post('/v1/decisions', decision);
      expect(decided.status).toBe(201);
      const published =
        i % 3
          ? await second.post(agency, `${LIST}/versions`)
          : await agency.post(`${LIST}/versions`, { note: `${i}` });
      expect([200, 201]).toContain(published.status);
    }),
  );
  const versions = await expectOneHistory(exchange);
  const mine = versions.slice(before.version + 1);
  expect(mine.length).toBeGreaterThan(1);
  expect(mine.reduce((sum, { added }) => sum + added, 0)).toBe(120);
  expect(await stateOf(exchange)).toMatchObject({
    count: before.count + 120,
    pending: { added: 0, removed: 0 },
  });
});

test('two servers that publish by themselves and in turns on request make one chain', async () => {
  const agency = await exchange.party('agency');
  const { count } = await stateOf(exchange);
  const third = await startSecond(exchange, { CHADAN_PUBLISH_INTERVAL: '0.05' });
  try {
    for (let round = 0; round < 8; round++) {
      await submitAndVerify(exchange, mobileNumbers(5, 30 + round));
      await Promise.all([publish(exchange), second.post(agency, `${LIST}/versions`)]);
    }
    await vi.waitFor(async () => expect((await stateOf(exchange)).pending.added).toBe(0), {
      timeout: 10_000,
    });
  } finally {
    await third.stop();
  }
  expect(await stateOf(exchange)).toMatchObject({ count: count + 40 });
  await expectOneHistory(exchange);
});

test('a server follows what another one published before it publishes itself', async () => {
  const agency = await exchange.party('agency');
  const relay = await exchange.party('relay');
  const numbers = mobileNumbers(70, 41); // more than one leaf of the tree
  await submitAndVerify(exchange, numbers);
  await publish(exchange);
  for (let round = 0; round < 3; round++) {
    await submitAndVerify(exchange, mobileNumbers(2, 42 + round));
    await agency
      .post(`/v1/lists/sender-numbers/entries/${numbers[round]}/release`, { reason: 'agency_correction' })
      .expect(201);
    const published = await second.post(agency, `${LIST}/versions`);
    expect(published.body).toMatchObject({ added: 2, removed: 1 });
    const proof = await relay.get(`${LIST}/entries/${numbers[0]}/proof`).expect(200);
    expect(proof.body).toMatchObject({ version: published.body.version });
    expect(proof.body.lines.join()).not.toContain(numbers[0]?.slice(1));
    await submitAndVerify(exchange, mobileNumbers(1, 52 + round));
    await publish(exchange);
  }
  await expectOneHistory(exchange);
});

const CRASHES = [
  ['the rows of new entries cannot be written', 'before insert on entry for each row'],
  ['the rows of ended entries cannot be written', 'before update on entry for each row'],
  ['the row of the version cannot be written', 'before insert on version for each row'],
  ['the state of the list cannot be written', 'before update on list for each row'],
  ['the manifest cannot be written', 'after update of manifest on list for each row'],
  ['the orders cannot be taken away', 'before delete on listing_order for each row'],
] as const;

test.each(CRASHES)(
  'when %s the old version stays in force, and the next attempt is clean',
  async (_, when) => {
    const seed = 1000 + CRASHES.findIndex((crash) => crash[1] === when) * 10;
    const agency = await exchange.party('agency');
    const relay = await exchange.party('relay');
    const [gone = '', ...numbers] = mobileNumbers(5, seed);
    await submitAndVerify(exchange, [gone, ...numbers]);
    await publish(exchange);
    await submitAndVerify(exchange, mobileNumbers(3, seed + 1));
    await agency.post(`${LIST}/entries/${gone}/release`, { reason: 'agency_correction' }).expect(201);
    const before = await stateOf(exchange);
    const manifest = (await relay.get(`${LIST}/manifest`).expect(200)).text;
    const { mend } = await breakStatement(when);
    for (const attempt of [1, 2]) {
      const failed = await agency.post(`${LIST}/versions`);
      expect([attempt, failed.status]).toEqual([attempt, 503]);
      expect(failed.get('Retry-After')).toMatch(/^\d+$/);
    }
    await mend();
    expect(await stateOf(exchange)).toEqual(before);
    expect(before.pending).toEqual({ added: 3, removed: 1, held: false });
    expect((await relay.get(`${LIST}/manifest`).expect(200)).text).toBe(manifest);
    const proof = await relay.get(`${LIST}/entries/${gone}/proof`).expect(200);
    expect(proof.body).toMatchObject({ version: before.version });
    expect(proof.body.lines.join()).toContain(gone.slice(1));
    expect(await publish(exchange)).toMatchObject({ version: before.version + 1, added: 3, removed: 1 });
    await submitAndVerify(exchange, mobileNumbers(1, seed + 2));
    expect((await second.post(agency, `${LIST}/versions`)).body).toMatchObject({
      version: before.version + 2,
    });
    await expectOneHistory(exchange);
  },
);

test('when the database ends the connection in the middle of a commit, the next attempt is clean', async () => {
  const agency = await exchange.party('agency');
  await submitAndVerify(exchange, mobileNumbers(3, 71));
  const { version } = await publish(exchange);
  await submitAndVerify(exchange, mobileNumbers(2, 72));
  // A deferred trigger runs within the commit: here it holds the commit until its server process is ended …
  await sql`create function hold() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock(4711); return null; end $$`.execute(exchange.db);
  await sql`create constraint trigger hold after insert on version initially deferred
    for each row execute function hold()`.execute(exchange.db);
  await exchange.db.connection().execute(async (blocker) => {
    await sql`select pg_advisory_lock(4711)`.execute(blocker);
    const publishing = agency.post(`${LIST}/versions`).then((response) => response.status);
    const waiting = async () => {
      const { rows } = await sql<{ pid: number }>`
        select pid from pg_locks where locktype = 'advisory' and objid = 4711 and not granted`.execute(
        exchange.db,
      );
      expect(rows).toHaveLength(1);
      return rows[0]?.pid;
    };
    const pid = await vi.waitFor(waiting, { timeout: 10_000 });
    await sql`select pg_terminate_backend(${pid ?? 0})`.execute(exchange.db);
    expect(await publishing).toBe(503);
    await sql`select pg_advisory_unlock(4711)`.execute(blocker);
  });
  // … so it did not commit; the tree must be as it was.
  await sql`drop function hold cascade`.execute(exchange.db);
  expect(await stateOf(exchange)).toMatchObject({ version, pending: { added: 2 } });
  expect(await publish(exchange)).toMatchObject({ version: version + 1, added: 2 });
  await expectOneHistory(exchange);
});
