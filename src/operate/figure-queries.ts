// SQL of what an on-call asks of the whole exchange, each figure bounded in what it reads.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

const MOST_CASES = 1_000_001;
const MOST_ORDERS = 100_001;

export interface ListFigures {
  list: string;
  version: number;
  entries: number;
  publishedAt: Date;
  /** Orders for the next version, and when the oldest came; counted up to 100,001. */
  orders: number;
  oldestOrderAt: Date | null;
}

/** What each list stands at, and what waits for its next version. */
export async function selectListFigures(db: Kysely<DB>): Promise<ListFigures[]> {
  const { rows } = await sql<ListFigures>`
    select l.id as list, l.version, l.count as entries, l.published_at as "publishedAt",
           (select count(*) from (select from listing_order where list_id = l.id limit ${sql.lit(MOST_ORDERS)}) part)
             as orders,
           (select ordered_at from listing_order where list_id = l.id order by id limit 1) as "oldestOrderAt"
    from list l order by l.id`.execute(db);
  return rows;
}

export interface QueueFigures {
  status: string;
  /** Up to 1,000,001. */
  cases: number;
  oldestAt: Date | null;
}

/** How many cases wait for a decision, and since when the oldest does. */
export async function selectQueueFigures(db: Kysely<DB>): Promise<QueueFigures[]> {
  const { rows } = await sql<QueueFigures>`
    select s.status,
           (select count(*) from (select from review_case where status = s.status limit ${sql.lit(MOST_CASES)}) part)
             as cases,
           (select opened_at from review_case where status = s.status order by id limit 1) as "oldestAt"
    from (values ('open'), ('awaiting_second')) s(status)`.execute(db);
  return rows;
}

export interface RelayFigures {
  list: string;
  /** Relays whose newest receipt is of the version in force. */
  current: number;
  /** … of an older one, or of another epoch. */
  behind: number;
  /** … is wrong: they do not hold what was published. */
  wrong: number;
  /** Relays that never acknowledged anything. */
  silent: number;
  /** Since when the one that lags most has not what was published; null when none lags. */
  behindSince: Date | null;
  /** How many lag for longer than the limit. */
  stale: number;
}

/** How the relays follow, list by list. @param staleBefore who lacks a version from before then is stale */
export async function selectRelayFigures(db: Kysely<DB>, staleBefore: Date): Promise<RelayFigures[]> {
  const { rows } = await sql<RelayFigures>`
    select l.id as list,
           count(*) filter (where r.matches and r.version = l.version) as current,
           count(*) filter (where r.version is not null and r.matches is not false
                                  and (r.matches is null or r.version < l.version)) as behind,
           count(*) filter (where r.matches = false) as wrong,
           count(*) filter (where c.id is not null and r.version is null) as silent,
           min(v.published_at) as "behindSince",
           count(*) filter (where v.published_at < ${staleBefore}) as stale
    from list l
    left join client c on c.role = 'relay' and c.revoked_at is null
    left join lateral (
      select case when epoch = l.epoch then matches end as matches,
             case when epoch = l.epoch then version else 0 end as version
      from receipt where client_id = c.id and list_id = l.id
      order by id desc limit 1
    ) r on true
    left join version v on v.list_id = l.id and v.epoch = l.epoch and v.version = r.version::bigint + 1
    group by l.id, l.version order by l.id`.execute(db);
  return rows;
}

/** The database's clock. */
export async function selectClock(db: Kysely<DB>): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
  if (!rows[0]) throw new Error('the database does not tell the time');
  return rows[0].at;
}
