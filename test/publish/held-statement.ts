// Stops a publication at a statement of its choice, in the database, until the test lets it go on.
import { type Kysely, sql } from 'kysely';
import { expect, vi } from 'vitest';
import type { DB } from '../../src/database/generated/schema.ts';

const LOCK = 4711;

/**
 * Publications stop when they write the row of a version, as long as `during` runs.
 * @param during is given a wait for a publication that stands there
 */
export async function holdVersions<T>(
  db: Kysely<DB>,
  during: (stands: () => Promise<void>) => Promise<T>,
): Promise<T> {
  await sql`create function hold() returns trigger language plpgsql as
    $$ begin perform pg_advisory_xact_lock(${sql.lit(LOCK)}); return new; end $$`.execute(db);
  await sql`create trigger hold before insert on version for each row execute function hold()`.execute(db);
  try {
    return await db.connection().execute(async (blocker) => {
      await sql`select pg_advisory_lock(${LOCK})`.execute(blocker);
      try {
        return await during(() => standing(db));
      } finally {
        await sql`select pg_advisory_unlock(${LOCK})`.execute(blocker);
      }
    });
  } finally {
    // Dropping waits for who holds the table, which here is a publisher that hangs.
    await sql`set lock_timeout = '25s'`.execute(db);
    await vi.waitFor(() => sql`drop function hold cascade`.execute(db), { timeout: 25_000, interval: 100 });
  }
}

async function standing(db: Kysely<DB>): Promise<void> {
  const waiting = async () => {
    const { rows } = await sql`
      select pid from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted
        and database = (select oid from pg_database where datname = current_database())`.execute(db);
    expect(rows).toHaveLength(1);
  };
  await vi.waitFor(waiting, { timeout: 15_000, interval: 20 });
}
