// A case that somebody took is given back by them alone, and is free at once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, submit } from '../setup/walk.ts';
import { caseOf, firstReviewer, secondReviewer } from './desk-steps.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

test('a lease is given back by who has it, and the case goes to the next', async () => {
  const [number = ''] = mobileNumbers(1, 971);
  await submit(exchange, [number]);
  const [ann, bob] = [await firstReviewer(exchange), await secondReviewer(exchange)];
  const take = async (by: typeof ann) =>
    (await by.post('/v1/cases/claims', { limit: 5 }).expect(201)).body.items.length;
  expect(await take(ann)).toBe(1);
  const { id, revision, claim } = await caseOf(exchange, number);
  expect(claim?.by).toBe(ann.id);
  expect(await take(bob)).toBe(0);
  await bob.delete(`/v1/cases/${id}/claim`).expect(404);
  expect((await caseOf(exchange, number)).claim).toEqual(claim);
  const ruling = { verdict: 'reject', reason: 'not_spam', revision };
  expect((await bob.post(`/v1/cases/${id}/decisions`, ruling).expect(409)).body.code).toBe(
    'claimed_by_other',
  );

  await ann.delete(`/v1/cases/${id}/claim`).expect(204);
  expect((await caseOf(exchange, number)).claim).toBeNull();
  await ann.delete(`/v1/cases/${id}/claim`).expect(404);
  expect(await take(bob)).toBe(1);
  await ann.delete(`/v1/cases/${id}/claim`).expect(404);
});

test('a lease that ran out is nobody’s to give back', async () => {
  const bob = await secondReviewer(exchange);
  const [{ id }] = (await bob.get('/v1/cases?mine=true').expect(200)).body.items;
  exchange.setTime(new Date(exchange.now().getTime() + 16 * 60_000));
  await bob.delete(`/v1/cases/${id}/claim`).expect(404);
  await bob.delete('/v1/cases/none/claim').expect(404);
});
