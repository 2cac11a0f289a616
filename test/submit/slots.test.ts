import { expect, test } from 'vitest';
import { Slots } from '../../src/submit/slots.ts';

test('who finds no place waits in line, and who finds the line too long is asked to come again', async () => {
  const slots = new Slots(1, 2);
  await slots.take();
  const order: string[] = [];
  const waiting = ['first', 'second'].map((name) => slots.take().then(() => order.push(name)));
  await expect(slots.take()).rejects.toMatchObject({ code: 'overloaded', headers: { 'Retry-After': '10' } });
  slots.release();
  slots.release();
  await Promise.all(waiting);
  expect(order).toEqual(['first', 'second']);
  slots.release();
  await slots.take();
});
