// Relays report what they blocked; nothing counts twice.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkCredentials } from '../../src/client/credentials.ts';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { EnforcementReports } from '../../src/sync/enforcement-reports.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';

const PATH = '/v1/lists/sender-numbers/enforcement';
let exchange: TestExchange;
let values: string[];
beforeAll(async () => {
  exchange = await startExchange();
  values = mobileNumbers(3, 82);
  await submitAndVerify(exchange, values);
  await publish(exchange);
  const { body } = await (await exchange.party('agency')).get('/v1/lists/sender-numbers/entries').expect(200);
  values = body.items.map((entry: { value: string }) => entry.value);
});
afterAll(() => exchange.stop());

const period = () => {
  const to = exchange.now();
  return { from: new Date(to.getTime() - 60_000).toISOString(), to: to.toISOString() };
};
const sums = async () => (await (await exchange.party('auditor')).get(PATH).expect(200)).body.items;

test('a report is counted once, however often it is repeated after a lost answer', async () => {
  const relay = await exchange.party('relay', 'counting');
  const key = randomUUID();
  const body = { ...period(), counts: values.map((value, at) => ({ value, blocked: at + 1 })) };
  const send = () => relay.post(PATH, body).set('Idempotency-Key', key);
  const answers = await Promise.all([send(), send(), send()]);
  answers.push(await send());
  for (const { status, body: answer } of answers) {
    expect([status, answer]).toEqual([200, { recorded: 3, unknown: 0 }]);
  }
  expect(await sums()).toMatchObject([{ clientId: relay.clientId, blocked: 6, values: 3, name: 'system' }]);
  const other = await relay
    .post(PATH, { ...body, counts: [{ value: values[0], blocked: 9 }] })
    .set('Idempotency-Key', key);
  expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
});

test('a value that was never listed is not kept', async () => {
  const relay = await exchange.party('relay', 'guessing');
  const counts = [
    { value: values[0], blocked: 2 },
    { value: '+821000000000', blocked: 5 },
  ];
  await relay.post(PATH, { ...period(), counts }).expect(200, { recorded: 1, unknown: 1 });
  expect((await sums()).find((sum: { clientId: string }) => sum.clientId === relay.clientId)).toMatchObject({
    blocked: 2,
  });
});

test('a report of another role, of no period, of the future or with a value twice is refused', async () => {
  const counts = [{ value: values[0], blocked: 1 }];
  const carrier = await exchange.party('carrier');
  await carrier.post(PATH, { ...period(), counts }).expect(403);
  const relay = await exchange.party('relay', 'careless');
  const { from, to } = period();
  const tomorrow = new Date(exchange.now().getTime() + 86_400_000).toISOString();
  for (const body of [
    { from: to, to: from, counts },
    { from, to: tomorrow, counts },
    { from, to, counts: [...counts, ...counts] },
    { from, to, counts: [{ value: values[0], blocked: 0 }] },
  ]) {
    await relay.post(PATH, body).expect(400);
  }
  await relay.post('/v1/lists/nothing/enforcement', { from, to, counts }).expect(404);
});

test('what a sidecar counts arrives', async () => {
  const relay = await exchange.party('relay', 'sidecar');
  const warnings: string[] = [];
  const reports = new EnforcementReports({
    directory: join(exchange.directory, 'sidecar'),
    client: new ExchangeClient(checkCredentials(relay.credentials)),
    warn: (message) => warnings.push(message),
  });
  for (const value of [values[0], values[1], values[0]]) reports.count('sender-numbers', value ?? '');
  await reports.stop();
  expect({ warnings, pending: reports.pending }).toEqual({ warnings: [], pending: 0 });
  const sum = (await sums()).find((each: { clientId: string }) => each.clientId === relay.clientId);
  expect(sum).toMatchObject({ blocked: 3, values: 2 });
});
