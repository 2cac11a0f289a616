import { inspect } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect, DatabaseUnavailable } from '../../src/database/connection.ts';
import { translateDatabaseError } from '../../src/database/database-problem.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('values are read as the generated types say', async () => {
  const { rows } = await sql<Record<string, unknown>>`
    select 9007199254740991::int8 as big, '{{1,NULL}}'::int8[] as bigs, date '2026-02-28' as day,
           array[date '2026-02-28'] as days, timestamptz '2026-02-28 00:00+09' as moment, count(*) as number
      from generate_series(1, 3)`.execute(database.db);
  expect(rows[0]).toEqual({
    big: Number.MAX_SAFE_INTEGER,
    bigs: [[1, null]],
    day: '2026-02-28',
    days: ['2026-02-28'],
    moment: new Date('2026-02-27T15:00:00Z'),
    number: 3,
  });
});

test('an int8 that a number cannot hold exactly is an error, not a rounded value', async () => {
  await expect(database.pool.query('select 9007199254740993::int8')).rejects.toThrow(RangeError);
  expect((await database.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('a statement, a wait for a lock and an idle transaction have their limits', async () => {
  const { url } = database;
  const hasty = connect({
    url,
    poolSize: 2,
    statementTimeoutMs: 200,
    lockTimeoutMs: 50,
    idleInTransactionTimeoutMs: 100,
  });
  try {
    await expect(sql`select pg_sleep(60)`.execute(hasty.db)).rejects.toMatchObject({ code: '57014' });
    await sql`select pg_advisory_lock(1)`.execute(database.db);
    await expect(sql`select pg_advisory_lock(1)`.execute(hasty.db)).rejects.toMatchObject({ code: '55P03' });
    const client = await hasty.pool.connect();
    const ended = new Promise((resolve) => client.once('error', resolve));
    await client.query('begin');
    expect(await ended).toMatchObject({ code: '25P03' });
    client.release(true);
  } finally {
    await hasty.close();
  }
});

test('a commit that nothing confirms is cut in time, and its caller is told to repeat', async () => {
  // What is deferred to the commit knows no time limit of PostgreSQL, as a wait for a standby knows none.
  await sql`
    create table slow_commit (id int);
    create function slow_commit() returns trigger language plpgsql as 'begin perform pg_sleep(600); return null; end';
    create constraint trigger slow after insert on slow_commit deferrable initially deferred
      for each row execute function slow_commit()`.execute(database.db);
  const hasty = connect({ url: database.url, poolSize: 1, statementTimeoutMs: 100 });
  const insert = sql`insert into slow_commit values (1)`;
  for (const attempt of [
    () => insert.execute(hasty.db),
    () => hasty.db.transaction().execute((trx) => insert.execute(trx)),
    () => hasty.pool.query('insert into slow_commit values (1)'),
  ]) {
    const failure: unknown = await attempt().catch((error: unknown) => error);
    const problem = translateDatabaseError(failure);
    expect([problem?.status, problem?.headers]).toEqual([503, { 'Retry-After': '2' }]);
    expect(problem?.message).toContain('Repeat it');
  }
  expect((await hasty.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await hasty.close();
});

test('connections ended by the server are reported and replaced', async () => {
  const onError = vi.fn();
  const other = connect({ url: database.url, applicationName: 'doomed', onError });
  try {
    await other.pool.query('select');
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'`,
    );
    await vi.waitFor(() => expect(onError).toHaveBeenCalled());
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: '57P01' });
    expect((await other.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  } finally {
    await other.close();
  }
});

test.for([
  ['nobody listens', 'postgresql://someone:tr0ub4dor@127.0.0.1:1/place', '127.0.0.1:1'],
  [
    'there is no socket',
    'postgresql://someone:tr0ub4dor@localhost/place?host=%2Fnowhere%2Fat%20all',
    '/nowhere/at all',
  ],
])('where %s, the error says where, and never the password', async ([, url = '', where = '']) => {
  const unreachable = connect({ url, connectTimeoutMs: 2_000 });
  const failures = await Promise.all([
    sql`select`.execute(unreachable.db).catch((error: unknown) => error),
    unreachable.pool.query('select').catch((error: unknown) => error),
    unreachable.listen('channel', () => undefined).catch((error: unknown) => error),
  ]);
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(DatabaseUnavailable);
    expect(String(failure)).toContain(`cannot connect to database place at ${where} as someone: connect E`);
    expect(inspect(failure, { depth: 10 })).not.toContain('tr0ub4dor');
  }
  expect(inspect(unreachable.pool, { depth: 10 })).not.toContain('tr0ub4dor');
  await unreachable.close();
});

test('a wrong password is an unavailable database, and is not repeated', async () => {
  const url = new URL(database.url);
  url.password = 'tr0ub4dor';
  const refused = connect({ url: url.href });
  const failure: unknown = await refused.pool.query('select').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DatabaseUnavailable);
  expect(String(failure)).toContain('password authentication failed');
  expect(inspect(failure, { depth: 10 })).not.toContain('tr0ub4dor');
  await refused.close();
});

test('a URL that is none is refused without being repeated', () => {
  const attempt = (): unknown => {
    try {
      return connect({ url: 'postgresql://someone:tr0ub4dor@host:port/database' });
    } catch (error) {
      return error;
    }
  };
  expect(attempt()).toBeInstanceOf(DatabaseUnavailable);
  expect(inspect(attempt(), { depth: 10 })).not.toContain('tr0ub4dor');
});
