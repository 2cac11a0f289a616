import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

let database: TestDatabase;
const onError = vi.fn();
beforeAll(async () => {
  database = await createTestDatabase({ applicationName: 'listening', onError });
});
afterAll(() => database.drop());

const notify = (channel: string, payload: string): Promise<unknown> =>
  database.pool.query('select pg_notify($1, $2)', [channel, payload]);

test('each subscriber hears its channel, and no more after closing', async () => {
  const heard: string[] = [];
  const first = await database.database.listen('news', (payload) => void heard.push(`first ${payload}`));
  const second = await database.database.listen('news', (payload) => void heard.push(`second ${payload}`));
  const other = await database.database.listen(
    'Other "channel"',
    (payload) => void heard.push(`other ${payload}`),
  );
  await notify('news', '1');
  await notify('Other "channel"', '2');
  await vi.waitFor(() => expect(heard).toEqual(['first 1', 'second 1', 'other 2']));

  await first.close();
  await notify('news', '3');
  await vi.waitFor(() => expect(heard.slice(3)).toEqual(['second 3']));
  await second.close();
  await notify('news', '4');
  await notify('Other "channel"', '5');
  await vi.waitFor(() => expect(heard.slice(4)).toEqual(['other 5']));
  await other.close();
});

test('a failing subscriber is reported and keeps nobody else from hearing', async () => {
  const heard = vi.fn();
  const failing = await database.database.listen('news', () =>
    Promise.reject(new Error('of the subscriber')),
  );
  const fine = await database.database.listen('news', heard);
  await notify('news', 'all');
  await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('all'));
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ message: 'of the subscriber' }));
  await failing.close();
  await fine.close();
});

test('after its connection is ended it listens again, and says so', async () => {
  const heard = vi.fn();
  const onReconnect = vi.fn();
  const subscription = await database.database.listen('news', heard, { onReconnect });
  for (const round of [1, 2]) {
    const { rowCount } = await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listening' and query ilike 'listen %'`,
    );
    expect(rowCount).toBe(1);
    await vi.waitFor(() => expect(onReconnect).toHaveBeenCalledTimes(round), 10_000);
    await notify('news', `round ${round}`);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith(`round ${round}`));
  }
  await subscription.close();
});
