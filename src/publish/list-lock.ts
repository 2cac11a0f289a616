// The lock under which version numbers are given: one publication of a list at a time, on all servers. Its holder
// may be silent for seconds only, and gives way to an urgent release.
import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type ListRow, lockList } from './version-queries.ts';

/** No statement of a publication takes longer. */
const STATEMENT_TIMEOUT_MS = 10 * 60 * 1000;
/** A server that is stopped, or cut off, holds the lock no longer than this: PostgreSQL ends its session. */
export const SILENCE_MS = 10_000;
/** Longer than the silence of a holder that hangs, so that who waits gets the lock then. */
const LOCK_TIMEOUT_MS = 30_000;
const SIGN_OF_LIFE_MS = 2000;
/** An urgent release waits so long for a publication under way before it has it cancelled. */
const PATIENCE_MS = 400;
/** Class of the advisory locks that mark who gives way; random, and publish's alone. */
const YIELDING = 1_093_227_585;

/**
 * Takes the list's lock.
 * @param yields whether an urgent release may cancel this transaction while it holds the lock
 */
export async function takeListLock(
  trx: Transaction<DB>,
  list: string,
  yields: boolean,
): Promise<ListRow | undefined> {
  // tcp_user_timeout: a session that waits to send to a server that is gone is not idle.
  await sql`
    select set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true),
           set_config('idle_in_transaction_session_timeout', ${String(SILENCE_MS)}, true),
           set_config('tcp_user_timeout', ${String(SILENCE_MS)}, true),
           set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`.execute(trx);
  const row = await lockList(trx, list);
  if (yields) await sql`select pg_advisory_xact_lock_shared(${YIELDING}, hashtext(${list}))`.execute(trx);
  return row;
}

/** Does long work that says nothing to the database in a transaction, and shows it meanwhile that we live. */
export async function withSignsOfLife<T>(trx: Transaction<DB>, work: () => Promise<T>): Promise<T> {
  let sign: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    sign = sign.then(() => sql`select`.execute(trx));
    sign.catch(() => undefined); // told below, once the work is over
  }, SIGN_OF_LIFE_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await sign;
  }
}

/** Does an urgent publication: what holds the list's lock too long meanwhile is cancelled, on whatever server. */
export async function pastOthers<T>(
  { db }: { db: Kysely<DB> },
  list: string,
  publish: () => Promise<T>,
): Promise<T> {
  let isDone = false;
  const done = publish().finally(() => {
    isDone = true;
  });
  const past = async () => {
    for (;;) {
      await Promise.race([done.catch(() => undefined), pause(PATIENCE_MS)]);
      if (isDone) return;
      await cancelYielding(db, list);
    }
  };
  // Both are waited for, so that none outlives the call; what could not be cancelled only makes it late.
  await Promise.allSettled([done, past()]);
  return done;
}

/** Whether a publication failed because it gave way. */
export function gaveWay(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '57014';
}

async function cancelYielding(db: Kysely<DB>, list: string): Promise<void> {
  await sql`
    select pg_cancel_backend(pid) from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
      and classid = ${YIELDING}::oid and objid = (hashtext(${list})::bigint & 4294967295)::oid`.execute(db);
}
