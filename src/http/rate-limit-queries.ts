// SQL of the counts that rate-limiter-flexible keeps; their times are those of the host's clock, in milliseconds.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

/** Forgets the counts whose minute is over. */
export async function forgetRateLimits(db: Kysely<DB>): Promise<void> {
  await sql`delete from rate_limit where expire < ${Date.now()}`.execute(db);
}
