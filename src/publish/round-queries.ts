// SQL of the rounds of automatic publication. The database's clock counts the interval, so that servers whose
// clocks differ keep one pace together; whoever takes a round up has it alone.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

/**
 * Takes up the rounds that are due: lists with something to publish whose last round is an interval ago, and on a
 * new day those with entries that have expired. A list that is being published just now is left alone.
 * @param today the agency's day
 */
export async function claimRounds(db: Kysely<DB>, intervalMs: number, today: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with due as (
      select id from list l
      where (round_at <= statement_timestamp() - ${intervalMs} * interval '1 ms'
             and exists (select from listing_order where list_id = l.id))
         or ((round_at <= statement_timestamp() - ${intervalMs} * interval '1 ms' or round_day < ${today}::date)
             and exists (select from entry where list_id = l.id and removed_in is null and until < ${today}::date))
      order by id desc
      for update skip locked
    )
    update list set round_at = statement_timestamp(), round_day = ${today}::date
    where id in (select id from due)
    returning id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Milliseconds until the first list that had a round may have the next; undefined when all may have it now. */
export async function selectNextRound(db: Kysely<DB>, intervalMs: number): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number | null }>`
    select (min(extract(epoch from round_at - statement_timestamp())) * 1000 + ${intervalMs})::float8 as ms
    from list where round_at > statement_timestamp() - ${intervalMs} * interval '1 ms'`.execute(db);
  return rows[0]?.ms ?? undefined;
}

/** Keeps a list from its next round for so long. */
export async function postponeRound(
  db: Kysely<DB>,
  list: string,
  intervalMs: number,
  ms: number,
): Promise<void> {
  await sql`
    update list set round_at = statement_timestamp() + ${ms - intervalMs} * interval '1 ms'
    where id = ${list}`.execute(db);
}
