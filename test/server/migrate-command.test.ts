// `chadan migrate` as a deployment runs it, and servers that leave migrating to it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addMigrateCommand } from '../../src/migrate-command.ts';
import { startServer } from '../../src/server.ts';
import { readSettings } from '../../src/settings.ts';
import { runWords } from '../setup/command.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

let database: TestDatabase;
let directory: string;
beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  directory = await mkdtemp(join(tmpdir(), 'chadan-migrate-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('CHADAN_DATA', directory);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await database.drop();
  await rm(directory, { recursive: true });
});

const migrate = (...words: string[]) => runWords(addMigrateCommand, ['migrate', ...words]);

async function start(migrates: 'yes' | 'no') {
  const settings = readSettings({
    DATABASE_URL: database.url,
    CHADAN_DATA: directory,
    CHADAN_PORT: '0',
    CHADAN_MIGRATE: migrates,
  });
  return startServer({ settings, log: pino({ level: 'silent' }) });
}

test('says what is pending, applies it, and has nothing to do the next time', async () => {
  const before = await migrate('--check');
  expect(before).toMatchObject({ code: 1, out: expect.stringMatching(/^pending {3}0001_identity$/m) });
  const { code, out } = await migrate();
  expect([code, out]).toEqual([0, expect.stringMatching(/^migrated {2}0001_identity\n.*\nup to date\n$/s)]);
  expect(await migrate('--check')).toMatchObject({ code: 0, out: 'up to date\n' });
  expect((await migrate('--status')).out).toMatch(/^applied {3}0001_identity$/m);
  const again = JSON.parse((await migrate('--json')).out);
  expect(again).toMatchObject({ done: [], pending: [], newer: [] });
});

test('a server with CHADAN_MIGRATE=no changes no schema, and says what it lacks', async () => {
  await expect(start('no')).rejects.toThrow(/the database lacks 0001_identity, .*: run chadan migrate/);
  const { rows } = await sql`select to_regclass('list') as list`.execute(database.db);
  expect(rows).toEqual([{ list: null }]);
  await migrate();
  await (await start('no')).stop();
});

test('a server works with a database that a newer release migrated, and the command says so', async () => {
  await (await start('yes')).stop();
  await sql`insert into migration_checksum (name, sha256) values ('9999_of_tomorrow', 'x')`.execute(
    database.db,
  );
  await (await start('yes')).stop();
  expect((await migrate('--status')).out).toMatch(/^newer {5}9999_of_tomorrow .*\nup to date$/m);
  await sql`update migration_checksum set breaking = true where name = '9999_of_tomorrow'`.execute(
    database.db,
  );
  await expect(start('yes')).rejects.toThrow(/9999_of_tomorrow .* newer program/);
  expect(await migrate()).toMatchObject({ code: 1, err: expect.stringContaining('upgrade') });
});
