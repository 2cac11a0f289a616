// What a sidecar counts arrives at the exchange, once.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkCredentials } from '../../src/client/credentials.ts';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { EnforcementReports } from '../../src/sync/enforcement-reports.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers } from '../setup/walk.ts';

const PATH = '/v1/lists/sender-numbers/enforcement';
const values = mobileNumbers(3, 82).map((number) => `+82${number.slice(1)}`);
let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

const countsOf = ({ clientId }: Party) =>
  exchange.db
    .selectFrom('enforcement')
    .select(['value', 'blocked'])
    .where('client_id', '=', clientId)
    .orderBy('value')
    .execute();

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
  expect(await countsOf(relay)).toEqual([
    { value: values[0], blocked: 2 },
    { value: values[1], blocked: 1 },
  ]);
});

test('a report is counted once, however often it is repeated after a lost answer', async () => {
  const relay = await exchange.party('relay', 'counting');
  const to = exchange.now();
  const period = { from: new Date(to.getTime() - 60_000).toISOString(), to: to.toISOString() };
  const body = { ...period, counts: values.map((value, at) => ({ value, blocked: at + 1 })) };
  await Promise.all([1, 2, 3].map(() => relay.post(PATH, body).expect(204)));
  await relay.post(PATH, body).expect(204);
  expect((await countsOf(relay)).map(({ blocked }) => blocked)).toEqual([1, 2, 3]);
});

test('a report of another role, of no period or of the future is refused', async () => {
  const counts = [{ value: values[0], blocked: 1 }];
  const to = exchange.now().toISOString();
  const from = new Date(exchange.now().getTime() - 60_000).toISOString();
  const tomorrow = new Date(exchange.now().getTime() + 86_400_000).toISOString();
  await (await exchange.party('carrier')).post(PATH, { from, to, counts }).expect(403);
  const relay = await exchange.party('relay', 'careless');
  for (const body of [
    { from: to, to: from, counts },
    { from, to: tomorrow, counts },
    { from, to, counts: [{ value: values[0], blocked: -1 }] },
  ]) {
    await relay.post(PATH, body).expect(400);
  }
  await relay.post('/v1/lists/nothing/enforcement', { from, to, counts }).expect(404);
});
