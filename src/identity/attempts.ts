// Back-off for who guesses: after some attempts in a row without success each further one has to wait, twice as long
// each time. It counts by e-mail address, whether there is such a person or not, and by network address.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import { hashSecret } from './secret.ts';
import {
  type Attempts,
  forgetAttempts,
  lockAttempts,
  takeBackAttempt,
  updateAttempts,
} from './session-queries.ts';

const FREE_BY_EMAIL = 5;
const FREE_BY_ADDRESS = 100;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** So long without an attempt, and the count begins anew. */
const FORGOTTEN_MS = 24 * 3_600_000;

export interface Attempt {
  email: string;
  address: string | null;
}

/**
 * Counts an attempt before it is looked at, so that many at once do not slip through together.
 * @throws Problem too_many_attempts with Retry-After
 */
export async function countAttempt(db: Kysely<DB>, attempt: Attempt, now: Date): Promise<void> {
  for (const { key, free } of keysOf(attempt)) {
    const waitUntil = await db.transaction().execute(async (trx) => {
      const before = await lockAttempts(trx, key, now);
      if (before.waitUntil > now) return before.waitUntil;
      await updateAttempts(trx, key, next(before, free, now));
      return undefined;
    });
    if (!waitUntil) continue;
    const seconds = Math.max(1, Math.ceil((waitUntil.getTime() - now.getTime()) / 1000));
    throw new Problem('too_many_attempts', `Too many attempts: try again in ${seconds} seconds.`, {
      headers: { 'Retry-After': String(seconds) },
    });
  }
}

/** After a success the person's count begins anew; of the network address it takes back this one attempt. */
export async function forgiveAttempts(db: Kysely<DB>, { email, address }: Attempt): Promise<void> {
  await forgetAttempts(db, keyOf('email', email.toLowerCase()));
  if (address !== null) await takeBackAttempt(db, keyOf('address', address));
}

/** Takes away what counts for nothing any more. */
export async function purgeAttempts(db: Kysely<DB>, now: Date): Promise<void> {
  await sql`delete from sign_in_attempt where last_at < ${new Date(now.getTime() - FORGOTTEN_MS)}`.execute(
    db,
  );
}

function next(before: Attempts, free: number, now: Date): Attempts {
  const isForgotten = now.getTime() - before.lastAt.getTime() > FORGOTTEN_MS;
  const attempts = isForgotten ? 1 : before.attempts + 1;
  const over = attempts - free;
  if (over < 0) return { attempts, waitUntil: new Date(0), lastAt: now };
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(over, 20));
  return { attempts, waitUntil: new Date(now.getTime() + waitMs), lastAt: now };
}

function keysOf({ email, address }: Attempt): { key: Buffer; free: number }[] {
  const byEmail = { key: keyOf('email', email.toLowerCase()), free: FREE_BY_EMAIL };
  return address === null ? [byEmail] : [byEmail, { key: keyOf('address', address), free: FREE_BY_ADDRESS }];
}

function keyOf(kind: string, text: string): Buffer {
  return hashSecret(`${kind} ${text}`);
}
