// A database of its own for a test or a test file: a clone of the migrated template, gone when dropped.
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { type ConnectOptions, connect, type Database } from '../../src/database/connection.ts';
import type { DB } from '../../src/database/generated/schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { databaseUrl } from './database-url.ts';

const MIGRATIONS = fileURLToPath(new URL('../../db/migrations/', import.meta.url));

export interface TestDatabase {
  url: string;
  db: Kysely<DB>;
  pool: pg.Pool;
  /** The connection as the server has it, with listen(). */
  database: Database;
  /** Closes the connections made here, ends all others, and removes the database. */
  drop(): Promise<void>;
}

/** Clones the template (about 50 ms), or makes an empty database. */
export async function createTestDatabase(
  options: Omit<ConnectOptions, 'url'> & { empty?: boolean } = {},
): Promise<TestDatabase> {
  const { empty = false, ...connection } = options;
  const name = `chadan_test_${randomBytes(6).toString('hex')}`;
  const template = empty ? `template0 encoding 'UTF8'` : inject('templateDatabase');
  await command(`create database ${name} template ${template}`);
  const url = databaseUrl(inject('serverUrl'), name);
  const database = connect({ url, poolSize: 5, ...connection });
  return {
    url,
    db: database.db,
    pool: database.pool,
    database,
    async drop() {
      await database.close();
      await command(`drop database if exists ${name} with (force)`);
    },
  };
}

/** A database as a release made it that had only the migrations before one, by its number; the test's end removes it. */
export async function createDatabaseBefore(number: string): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-before-'));
  const database = await createTestDatabase({ empty: true });
  onTestFinished(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });
  for (const name of await readdir(MIGRATIONS))
    if (name < number) await cp(join(MIGRATIONS, name), join(directory, name));
  await migrate(database.db, { directory });
  return database;
}

async function command(text: string): Promise<void> {
  const client = new pg.Client(inject('serverUrl'));
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
