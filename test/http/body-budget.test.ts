// Room for bodies that are held as a whole: who gets it, in which order, and when it is refused.
import { expect, test } from 'vitest';
import { BodyBudget, SMALL_BODY_BYTES } from '../../src/http/body-budget.ts';

const KIBIBYTE = 1024;
const LONG_MS = 60_000;

/** 1 MiB in all, of which 256 KiB are for small bodies. */
function budgetOf(waitMs = LONG_MS, patienceMs = LONG_MS): BodyBudget {
  return new BodyBudget({ bytes: 1024 * KIBIBYTE, waitMs, patienceMs });
}

/** A body of so many KiB that asks for room; `has` turns true when it gets it. */
function ask(budget: BodyBudget, caller: string, kibibytes: number) {
  const share = budget.shareOf(caller);
  const asked = { share, has: false, came: share.grow(SMALL_BODY_BYTES + 1, kibibytes * KIBIBYTE) };
  asked.came = asked.came.then(() => {
    asked.has = true;
  });
  return asked;
}

/** Lets all that is decided already be told. */
const settled = () => new Promise(setImmediate);

test('bodies are let in while there is room, and then in the order in which they came', async () => {
  const budget = budgetOf();
  const [first, second, third, fourth] = [
    ask(budget, 'a', 500),
    ask(budget, 'b', 200),
    ask(budget, 'c', 300),
    ask(budget, 'd', 68), // there would be room, and it would go on before the third for ever
  ];
  await settled();
  expect([first.has, second.has, third.has, fourth.has]).toEqual([true, true, false, false]);
  expect([budget.held, budget.waiting]).toEqual([700 * KIBIBYTE, 2]);
  second.share.release();
  await settled();
  expect([third.has, fourth.has]).toEqual([false, false]);
  first.share.release();
  await settled();
  expect([third.has, fourth.has]).toEqual([true, true]);
  for (const { share } of [third, fourth]) share.release();
  expect([budget.held, budget.waiting]).toEqual([0, 0]);
});

test('one caller has half of the room at most, and holds up nobody but itself', async () => {
  const budget = budgetOf();
  const [first, second, other] = [ask(budget, 'a', 300), ask(budget, 'a', 300), ask(budget, 'b', 300)];
  await settled();
  expect([first.has, second.has, other.has]).toEqual([true, false, true]);
  first.share.release();
  await settled();
  expect(second.has).toBe(true);
});

test('a body larger than all room is let in alone', async () => {
  const budget = budgetOf();
  const huge = ask(budget, 'a', 32 * KIBIBYTE);
  const other = ask(budget, 'b', 100);
  await settled();
  expect([huge.has, other.has]).toEqual([true, false]);
  huge.share.release();
  await settled();
  expect(other.has).toBe(true);
});

test('a small body takes room of its own, once it has come, however many large ones wait', async () => {
  const budget = budgetOf();
  const large = [ask(budget, 'a', 700), ask(budget, 'b', 700)];
  const small = budget.shareOf('c');
  await small.grow(SMALL_BODY_BYTES, SMALL_BODY_BYTES);
  expect(budget.held).toBe(700 * KIBIBYTE);
  await small.complete(SMALL_BODY_BYTES);
  expect(budget.held).toBe(764 * KIBIBYTE);
  small.release();
  small.release(); // twice is once
  expect(budget.held).toBe(700 * KIBIBYTE);
  expect(large.map(({ has }) => has)).toEqual([true, false]);
});

test('room that a body turns out not to need is given to others', async () => {
  const budget = budgetOf();
  const packed = ask(budget, 'a', 700);
  const other = ask(budget, 'b', 300);
  await packed.came;
  await packed.share.complete(100 * KIBIBYTE);
  await settled();
  expect(other.has).toBe(true);
  expect(budget.held).toBe(400 * KIBIBYTE);
});

test('who waits in vain is refused and told when to come again, and those behind move up', async () => {
  const budget = budgetOf(50);
  const held = ask(budget, 'a', 500);
  const behind = [ask(budget, 'b', 500), ask(budget, 'c', 500)];
  for (const { came } of behind)
    await expect(came).rejects.toMatchObject({ code: 'overloaded', headers: { 'Retry-After': '2' } });
  expect([budget.refused, budget.waiting, budget.held]).toEqual([2, 0, 500 * KIBIBYTE]);
  held.share.release();
  await ask(budget, 'd', 700).came;
});

test('a body that does not come in time gives its room up', async () => {
  const budget = budgetOf(LONG_MS, 0);
  const slow = ask(budget, 'a', 500);
  await slow.came;
  await settled();
  await expect(slow.share.grow(100 * KIBIBYTE, 500 * KIBIBYTE)).rejects.toMatchObject({
    code: 'incomplete_body',
  });
  slow.share.release();
  expect(budget.held).toBe(0);
});
