import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderStragglers } from '../../src/review/queue-order.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, submit } from '../setup/walk.ts';
import { type CaseView, canonical, caseOf } from './desk-steps.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

async function mostReported(): Promise<string[]> {
  const agency = await exchange.party('agency');
  const { body } = await agency.get('/v1/cases?category=education&status=open').expect(200);
  return body.items.map(({ value }: CaseView) => value);
}

test('the queue follows a long submission within seconds; the sums of its cases are exact at once', async () => {
  const [strong = '', weak = ''] = mobileNumbers(2, 207);
  await submit(exchange, [strong], 'carrier one', { category: 'education', reports: 50 });
  await submit(exchange, [weak], 'carrier one', { category: 'education', reports: 5 });
  const others = mobileNumbers(2500, 208);
  await submit(exchange, [weak, ...others], 'carrier two', { category: 'job', reports: 100 });
  expect(await caseOf(exchange, weak)).toMatchObject({ reports: 105, revision: 2 });
  await expect.poll(mostReported, { timeout: 60_000 }).toEqual([weak, strong].map(canonical));
}, 240_000);

test('a case whose place nobody noted comes to it in the end', async () => {
  const [first = '', second = ''] = await mostReported();
  await sql`update review_case set queue_reports = 0 where value = ${first}`.execute(exchange.db);
  expect(await mostReported()).toEqual([second, first]);
  await orderStragglers(exchange.db);
  expect(await mostReported()).toEqual([first, second]);
});
