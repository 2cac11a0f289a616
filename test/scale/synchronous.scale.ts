// Synchronous replication, with a real standby: what was answered is there when the primary is lost, and while the standby
// is away nobody is told that something is stored.
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stateOf } from '../publish/published.ts';
import type { Party, TestExchange } from '../setup/exchange.ts';
import { until } from '../setup/programs.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { Replicated } from './replicated.ts';

const LIST = '/v1/lists/sender-numbers';

let replicated: Replicated;
let exchange: TestExchange;
let carrier: Party;
let agency: Party;
beforeEach(async () => {
  replicated = await Replicated.start();
  exchange = await replicated.exchange();
  [carrier, agency] = [await exchange.party('carrier', 'carrier one'), await exchange.party('agency')];
  // Tokens are of before: a token is an act too, and waits for the standby.
  const relay = await exchange.party('relay');
  await Promise.all([carrier, agency, relay].map((party) => party.token()));
  const primary = replicated.on(replicated.primary).db;
  await sql`alter system set synchronous_standby_names = '*'`.execute(primary);
  await sql`select pg_reload_conf()`.execute(primary);
  await isSynchronous();
});
afterEach(async () => {
  await exchange?.stop();
  await replicated?.stop();
});

async function isSynchronous(): Promise<void> {
  const primary = replicated.on(replicated.primary).db;
  await until(
    async () =>
      (await sql<{ sync_state: string }>`select sync_state from pg_stat_replication`.execute(primary)).rows,
    (rows) => rows[0]?.sync_state === 'sync',
    120_000,
  );
}

/** Hands in one number under an idempotency key. */
function handIn(key: string, seed: number) {
  const candidates = mobileNumbers(1, seed).map((value) => ({
    ...{ type: 'sender_number', value, category: 'gambling', reports: 60 },
  }));
  return carrier.post('/v1/submissions', { candidates }).set('Idempotency-Key', key);
}

async function submissions(): Promise<{ id: string; accepted: number }[]> {
  return (await carrier.get('/v1/submissions').expect(200)).body.items;
}

test('what was answered before the primary is killed is on the standby: submission, decision, version', async () => {
  await submitAndVerify(exchange, mobileNumbers(20, 1));
  const version = await publish(exchange);
  const stored = await handIn('before-the-loss', 2).expect(201);
  await replicated.end(replicated.primary, 'immediate');
  await replicated.standby.promote();

  await until(
    async () => (await exchange.anonymous.get('/readyz')).status,
    (status) => status === 200,
    120_000,
  );
  expect(await stateOf(exchange)).toMatchObject({ version: 1, digest: version.digest });
  const repeated = await handIn('before-the-loss', 2);
  expect([repeated.status, repeated.body.id]).toEqual([200, stored.body.id]);
  expect((await submissions()).map(({ accepted }) => accepted)).toEqual([1, 20]);
  expect((await agency.post(`${LIST}/versions`, {})).body).toMatchObject({ version: 1 });
});

test('while the standby is away nothing is answered as stored, and a repeat stores it once when it is back', async () => {
  await submitAndVerify(exchange, mobileNumbers(20, 1));
  await replicated.end(replicated.standby, 'fast');

  const [refused, unpublished] = await Promise.all([
    handIn('without-a-standby', 2),
    agency.post(`${LIST}/versions`, {}),
  ]);
  for (const answer of [refused, unpublished]) {
    expect([answer.status, answer.body.code]).toEqual([503, 'database_unavailable']);
    expect(answer.get('Retry-After')).toMatch(/^\d+$/);
  }
  expect((await stateOf(exchange)).version).toBe(0);
  expect(await submissions()).toHaveLength(1);
  // The first one still waits for the standby.
  const meanwhile = await handIn('without-a-standby', 2);
  expect([meanwhile.status, meanwhile.body.code]).toEqual([409, 'submission_in_progress']);

  await replicated.begin(replicated.standby);
  await isSynchronous();
  const repeated = await until(
    () => handIn('without-a-standby', 2),
    ({ status }) => status === 200 || status === 201,
    120_000,
  );
  expect((await submissions()).map(({ id }) => id)).toContain(repeated.body.id);
  expect((await submissions()).map(({ accepted }) => accepted)).toEqual([1, 20]);
  const published = await until(
    () => agency.post(`${LIST}/versions`, {}),
    ({ status }) => status === 200 || status === 201,
    120_000,
  );
  expect(published.body).toMatchObject({ version: 1, count: 20 });
});

test('a wait for the standby that someone ends is not taken for stored', async () => {
  await replicated.end(replicated.standby, 'fast');
  const answer = handIn('ended', 3).then((given) => given);
  const cancelled = sql<{ done: boolean }>`
    select pg_cancel_backend(pid) as done from pg_stat_activity where wait_event = 'SyncRep' and query = 'commit'`;
  const primary = replicated.on(replicated.primary).db;
  await until(
    async () => (await cancelled.execute(primary)).rows.length,
    (count) => count > 0,
    120_000,
  );
  expect((await answer).status).toBe(503);
  // It is here all the same; the standby gets it when it is back.
  expect((await handIn('ended', 3)).status).toBe(200);
  await replicated.begin(replicated.standby);
  await isSynchronous();
  expect(await submissions()).toHaveLength(1);
});
