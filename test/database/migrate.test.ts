import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/database/connection.ts';
import { checkServer, isMigrated, migrate, migrationState } from '../../src/database/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

let database: TestDatabase;
let directory: string;
beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  directory = await mkdtemp(join(tmpdir(), 'chadan-migrations-'));
  await add('0001_note.sql', `create table note (text text);\ninsert into note values ('하나; 둘');`);
  return async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  };
});

const add = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);

test('migrations are applied once, in the order of their names', async () => {
  await add('0002_more.sql', 'alter table note add number bigint default 2');
  expect(await isMigrated(database.db, { directory })).toBe(false);
  expect(await migrate(database.db, { directory })).toEqual(['0001_note', '0002_more']);
  expect(await migrate(database.db, { directory })).toEqual([]);
  expect((await database.pool.query('select * from note')).rows).toEqual([{ text: '하나; 둘', number: 2 }]);
  expect(await isMigrated(database.db, { directory })).toBe(true);

  await add('0003_most.sql', 'drop table note');
  expect(await isMigrated(database.db, { directory })).toBe(false);
  expect(await migrate(database.db, { directory })).toEqual(['0003_most']);
});

test('a migration that fails changes nothing, and is named', async () => {
  await add('0002_wrong.sql', 'create table other (); select nonsense;');
  await expect(migrate(database.db, { directory })).rejects.toThrow(
    'migration 0002_wrong failed, nothing was changed: column "nonsense" does not exist',
  );
  expect((await database.pool.query(`select to_regclass('note') as note`)).rows).toEqual([{ note: null }]);
  await add('0002_wrong.sql', 'create table other ()');
  expect(await migrate(database.db, { directory })).toEqual(['0001_note', '0002_wrong']);
});

test('a migration waits for who is at work, and never stands in a circle with them', async () => {
  await add('0002_other.sql', 'create table other (number bigint)');
  await migrate(database.db, { directory });
  await add('0003_both.sql', 'alter table note add number bigint; alter table other add text text');
  let migrating: Promise<string[]> | undefined;
  const worker = await database.pool.connect();
  try {
    await worker.query('begin');
    await worker.query(`insert into other values (1)`);
    migrating = migrate(database.db, { directory });
    const sleeping = () =>
      database.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
      );
    await expect.poll(async () => (await sleeping()).rowCount, { timeout: 20_000 }).toBe(1);
    // Were a table held meanwhile, this would wait for it, and the migration for us.
    await worker.query(`insert into note values ('둘')`);
    await worker.query('commit');
  } finally {
    worker.release();
  }
  expect(await migrating).toEqual(['0003_both']);
});

test('a migration changed after it was applied is refused; other line ends are no change', async () => {
  await migrate(database.db, { directory });
  await add('0001_note.sql', `create table note (text text);\r\ninsert into note values ('하나; 둘');`);
  expect(await migrate(database.db, { directory })).toEqual([]);
  await add('0001_note.sql', 'create table note (text text, more text)');
  await expect(migrate(database.db, { directory })).rejects.toThrow(
    /0001_note was applied .* was changed since/,
  );
  expect(await isMigrated(database.db, { directory })).toBe(false);
});

test('a migration whose file is gone, or that comes before one applied, is refused', async () => {
  await add('0003_later.sql', 'create table later ()');
  await migrate(database.db, { directory });
  await add('0002_between.sql', 'create table between ()');
  await expect(migrate(database.db, { directory })).rejects.toThrow(/0002_between/);
  await rm(join(directory, '0002_between.sql'));
  await rm(join(directory, '0001_note.sql'));
  await expect(migrate(database.db, { directory })).rejects.toThrow(
    /0001_note was applied .* file is missing/,
  );
  expect(await isMigrated(database.db, { directory })).toBe(false);
});

test('a database that a newer program migrated is taken as it is, unless that says it is breaking', async () => {
  await add('0003_later.sql', 'create table later ()');
  await migrate(database.db, { directory });
  await rm(join(directory, '0003_later.sql'));
  expect(await migrate(database.db, { directory })).toEqual([]);
  expect(await isMigrated(database.db, { directory })).toBe(true);
  expect(await migrationState(database.db, { directory })).toEqual({
    applied: ['0001_note', '0003_later'],
    pending: [],
    newer: ['0003_later'],
  });
  await add('0002_ours.sql', 'create table ours ()');
  await expect(migrate(database.db, { directory })).rejects.toThrow(/is this program older/);
  await rm(join(directory, '0002_ours.sql'));
  await add('0003_later.sql', 'create table later ()');
  await add('0004_break.sql', '-- Breaking: notes are gone.\ndrop table note');
  await migrate(database.db, { directory });
  await rm(join(directory, '0004_break.sql'));
  await expect(migrate(database.db, { directory })).rejects.toThrow(/0004_break .* newer program/);
  expect(await isMigrated(database.db, { directory })).toBe(false);
});

test('a database that a release without the mark migrated goes on', async () => {
  await migrate(database.db, { directory });
  await sql`alter table migration_checksum drop column breaking`.execute(database.db);
  expect(await isMigrated(database.db, { directory })).toBe(true);
  await add('0002_more.sql', 'create table more ()');
  expect(await migrate(database.db, { directory })).toEqual(['0002_more']);
});

test.for([
  ['1_note.sql', /not named NNNN_name.sql/],
  ['0001_twice.sql', /two migrations have the number 0001/],
] as const)('a file named %s is refused', async ([name, message]) => {
  await add(name, 'select');
  await expect(migrate(database.db, { directory })).rejects.toThrow(message);
});

test('servers that meet an empty database at the same instant do not trip over the first table', async () => {
  for (let round = 0; round < 20; round++) {
    await sql`drop schema public cascade`.execute(database.db);
    await sql`create schema public`.execute(database.db);
    const applied = await Promise.all(Array.from({ length: 6 }, () => migrate(database.db, { directory })));
    expect(applied.flat()).toEqual(['0001_note']);
  }
});

test('two servers that migrate at once share the work: each migration is applied once', async () => {
  const other = connect({ url: database.url, statementTimeoutMs: 100, lockTimeoutMs: 100 });
  onTestFinished(() => other.close());
  await add('0002_slow.sql', 'select pg_sleep(0.3)');
  const applied = await Promise.all([
    migrate(database.db, { directory }),
    migrate(other.db, { directory }),
    migrate(other.db, { directory }),
  ]);
  expect(applied.flat()).toEqual(['0001_note', '0002_slow']);
  expect((await sql`select from note`.execute(database.db)).rows).toHaveLength(1);
  // The limits of ordinary statements are back.
  await expect(sql`select pg_sleep(60)`.execute(other.db)).rejects.toMatchObject({ code: '57014' });
});

test('a database that cannot hold Korean is refused', async () => {
  const name = `${new URL(database.url).pathname.slice(1)}_latin`;
  await database.pool.query(
    `create database ${name} template template0 encoding 'LATIN1' locale 'C' locale_provider 'libc'`,
  );
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  const latin = connect({ url: url.href });
  onTestFinished(async () => {
    await latin.close();
    const cleaner = await createTestDatabase({ empty: true });
    await cleaner.pool.query(`drop database ${name} with (force)`);
    await cleaner.drop();
  });
  await expect(checkServer(latin.db)).rejects.toThrow('must have the encoding UTF8, this one has LATIN1');
});

test('a PostgreSQL before 15 is refused', async () => {
  // An old server, acted by a function that is found before the real one.
  await sql
    .raw(`create schema old; create function old.current_setting(text) returns text language sql as
          $$ select case $1 when 'server_version_num' then '140011' else '14.11' end $$`)
    .execute(database.db);
  const url = new URL(database.url);
  url.searchParams.set('options', '-c search_path=old,pg_catalog');
  const old = connect({ url: url.href });
  onTestFinished(() => old.close());
  await expect(migrate(old.db, { directory })).rejects.toThrow(
    'PostgreSQL 15 or newer is needed, this is 14.11',
  );
});
