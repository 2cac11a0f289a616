// Automatic publication by several servers: one interval for all of them, and the change of day.
import { afterEach, expect, test, vi } from 'vitest';
import { dayEnd } from '../../src/list/day.ts';
import { startSecond } from '../server/second-server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, publish, submit } from '../setup/walk.ts';
import { expectOneHistory, LIST, stateOf, versionsOf } from './published.ts';

let exchange: TestExchange;
afterEach(() => exchange.stop());

test('three servers together publish no more often than the interval says', {
  timeout: 240_000,
}, async () => {
  exchange = await startExchange({ CHADAN_PUBLISH_INTERVAL: '1' });
  const others = [
    await startSecond(exchange, { CHADAN_PUBLISH_INTERVAL: '1' }),
    await startSecond(exchange, { CHADAN_PUBLISH_INTERVAL: '1' }),
  ];
  try {
    const agency = await exchange.party('agency');
    await submit(exchange, mobileNumbers(40, 91));
    const begun = performance.now();
    for (const { id, revision } of await allCases(exchange)) {
      await agency.post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision }).expect(201);
      const due = begun + 5000 * ((await stateOf(exchange)).count / 40);
      await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(Math.min(due, begun + 4000)), {
        interval: 20,
        timeout: 5000,
      });
    }
    await vi.waitFor(async () => expect((await stateOf(exchange)).count).toBe(40), { timeout: 10_000 });
    const took = performance.now() - begun;
    const versions = (await expectOneHistory(exchange)).slice(1);
    expect(versions.length).toBeLessThanOrEqual(Math.ceil(took / 1000) + 1);
  } finally {
    for (const other of others) await other.stop();
  }
});

test.each([
  ['Asia/Seoul', '2026-11-25', '2026-11-25T15:00:00Z'],
  ['Asia/Beirut', '2026-03-28', '2026-03-28T22:00:00Z'], // its next day begins at 01:00
  ['Europe/Berlin', '2026-10-25', '2026-10-25T23:00:00Z'], // a day of 25 hours
])(
  'in %s what ends on %s is dropped at %s, whatever the interval, with nothing else to publish',
  {
    timeout: 240_000,
  },
  async (zone, until, moment) => {
    const settings = { CHADAN_TIME_ZONE: zone, CHADAN_PUBLISH_INTERVAL: '3600' };
    exchange = await startExchange({ CHADAN_TIME_ZONE: zone });
    const agency = await exchange.party('agency');
    exchange.setTime(new Date(Date.parse(moment) - 3_600_000));
    await submit(exchange, mobileNumbers(1, 92));
    const [first] = await allCases(exchange);
    const decision = { verdict: 'verify', revision: first?.revision, until };
    await agency.post(`/v1/cases/${first?.id}/decisions`, decision).expect(201);
    expect(await publish(exchange)).toMatchObject({ version: 1, count: 1 });
    exchange.setTime(new Date(Date.parse(moment) - 2000)); // a slow machine starts them after it: the same must come
    const servers = [await startSecond(exchange, settings), await startSecond(exchange, settings)];
    try {
      await vi.waitFor(async () => expect((await stateOf(exchange)).version).toBe(2), { timeout: 60_000 });
      const [, , dropped] = await versionsOf(exchange);
      expect(dropped).toMatchObject({ removed: 1, count: 0 });
      const late = Date.parse(dropped?.publishedAt ?? '') - Date.parse(moment);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(120_000); // not an interval, however slowly the servers started
    } finally {
      for (const server of servers) await server.stop();
    }
    expect((await versionsOf(exchange)).length).toBe(3);
  },
);

test('an order that waits is published by the first server that comes, also when the one before it died', async () => {
  exchange = await startExchange();
  const first = await startSecond(exchange, { CHADAN_PUBLISH_INTERVAL: '0.2' });
  await first.stop();
  await submit(exchange, mobileNumbers(2, 93));
  const cases = (await allCases(exchange)).map(({ id, revision }) => ({ id, revision }));
  await (await exchange.party('agency')).post('/v1/decisions', { cases, verdict: 'verify' }).expect(201);
  const second = await startSecond(exchange, { CHADAN_PUBLISH_INTERVAL: '0.2' });
  await vi.waitFor(async () => expect((await stateOf(exchange)).count).toBe(2), { timeout: 10_000 });
  await second.stop();
  expect((await (await exchange.party('relay')).get(`${LIST}/versions/1`)).body).toMatchObject({
    publishedBy: null,
    confirmedBy: null,
  });
});

test('a day ends where its zone says, also where clocks are changed at midnight', async () => {
  exchange = await startExchange();
  const cases = [
    ['Asia/Seoul', '2026-11-24T03:00:00Z', '2026-11-24T15:00:00Z'],
    ['Asia/Seoul', '2026-11-24T15:00:00Z', '2026-11-25T15:00:00Z'],
    ['Asia/Seoul', '2026-11-24T14:59:59.999Z', '2026-11-24T15:00:00Z'],
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['Asia/Beirut', '2026-03-28T12:00:00Z', '2026-03-28T22:00:00Z'],
    ['America/Havana', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-05T00:00:00Z', '2026-04-05T13:30:00Z'],
  ] as const;
  for (const [zone, moment, end] of cases)
    expect([zone, dayEnd(new Date(moment), zone).toISOString()]).toEqual([zone, new Date(end).toISOString()]);
});

test('what ended while no server ran is dropped as soon as one starts, however long the interval', async () => {
  exchange = await startExchange();
  const agency = await exchange.party('agency');
  await submit(exchange, mobileNumbers(1, 94));
  const [first] = await allCases(exchange);
  const until = new Date(exchange.now().getTime() + 86_400_000).toISOString().slice(0, 10);
  const decision = { verdict: 'verify', revision: first?.revision, until };
  await agency.post(`/v1/cases/${first?.id}/decisions`, decision).expect(201);
  expect(await publish(exchange)).toMatchObject({ version: 1, count: 1 });
  exchange.setTime(new Date(exchange.now().getTime() + 5 * 86_400_000));
  const server = await startSecond(exchange, { CHADAN_PUBLISH_INTERVAL: '3600' });
  try {
    await vi.waitFor(async () => expect((await stateOf(exchange)).count).toBe(0), { timeout: 30_000 });
  } finally {
    await server.stop();
  }
});
