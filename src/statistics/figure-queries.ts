// SQL of the figures: what was submitted, decided, listed, released and blocked in a stretch of time. Read from the
// rows of the other features; nothing here is stored.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export const FIGURES = ['submitted', 'verified', 'rejected', 'listed', 'released', 'blocked'] as const;
export type Figure = (typeof FIGURES)[number];

export interface Span {
  /** First and last day, `YYYY-MM-DD`. */
  from: string;
  to: string;
  timeZone: string;
}

export interface DayCount {
  figure: Figure;
  day: string;
  category: string;
  count: number;
}

export interface KeyCount {
  figure: Figure;
  key: string;
  count: number;
}

const TIMEOUT_MS = 120_000;
const RESELLERS = 1000;
/** The median of receipts is taken over the latest versions of the span. */
const VERSIONS = 1000;

/** Everything below reads as of one moment, and may take longer than an ordinary request. */
export function reading<T>(db: Kysely<DB>, read: (trx: Kysely<DB>) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      await sql`set transaction read only`.execute(trx);
      await sql`set local statement_timeout = ${sql.lit(TIMEOUT_MS)}`.execute(trx);
      return read(trx);
    });
}

/**
 * By day and category. What was taken back was not decided. A line that took another's place, as in a renewal, was
 * neither listed nor released.
 */
export async function countByDay(db: Kysely<DB>, span: Span): Promise<DayCount[]> {
  const day = (time: string) => sql`(${sql.ref(time)} at time zone ${span.timeZone})::date`;
  const { rows } = await sql<DayCount>`
    select 'submitted' as figure, ${day('s.submitted_at')} as day, k.category, count(*) as count
      from submission s join candidate k on k.submission_id = s.id and ${inMonth(span)}
     where ${within('s.submitted_at', span)} group by 2, 3
    union all
    select d.effect, ${day('d.decided_at')}, coalesce(d.category, c.category), count(*)
      from decision d join review_case c on c.id = d.case_id
     where ${within('d.decided_at', span)} and d.effect in ('verified', 'rejected')
       and not exists (select from decision u where u.undoes = d.id) group by 1, 2, 3
    union all
    select 'listed', ${day('v.published_at')}, e.category, count(*)
      from version v join entry e on e.list_id = v.list_id and e.added_in = v.serial
     where ${within('v.published_at', span)} and not exists (
       select from entry o where o.list_id = e.list_id and o.value = e.value and o.removed_in = e.added_in
          and o.removal_reason = 'changed') group by 2, 3
    union all
    select 'released', ${day('v.published_at')}, e.category, count(*)
      from version v join entry e on e.list_id = v.list_id and e.removed_in = v.serial
     where ${within('v.published_at', span)} and e.removal_reason <> 'changed' group by 2, 3
    union all
    select 'blocked', ${day('f.to_at')}, coalesce(e.category, 'other'), sum(f.blocked)::bigint
      from enforcement f
      left join lateral (
        select category from entry where list_id = f.list_id and value = f.value order by id desc limit 1) e on true
     where ${within('f.to_at', span)} group by 2, 3`.execute(db);
  return rows;
}

/** By the carrier that submitted; listed and released, by each whose evidence was decided on. */
export async function countByCarrier(db: Kysely<DB>, span: Span): Promise<KeyCount[]> {
  const { rows } = await sql<KeyCount>`
    select 'submitted' as figure, o.name as key, sum(s.accepted)::bigint as count
      from submission s join organization o on o.id = s.organization_id
     where ${within('s.submitted_at', span)} group by 2
    union all
    select d.effect, o.name, count(*)
      from decision d
      join ${decidedEvidence}
      join organization o on o.id = k.organization_id
     where ${within('d.decided_at', span)} and d.effect in ('verified', 'rejected') group by 1, 2
    union all
    ${countEntries(sql`(select name as key from organization where id = k.organization_id)`, span)}`.execute(
    db,
  );
  return rows;
}

/** By the relay that evidence names as the way of the messages; blocked, by the relay that reports. */
export async function countByRelay(db: Kysely<DB>, span: Span): Promise<KeyCount[]> {
  const { rows } = await sql<KeyCount>`
    ${countEvidence(sql`(select k.evidence ->> 'relay' as key where k.evidence ? 'relay')`, span)}
    union all
    select 'blocked', o.name, sum(f.blocked)::bigint
      from enforcement f join client c on c.id = f.client_id join organization o on o.id = c.organization_id
     where ${within('f.to_at', span)} group by 2`.execute(db);
  return rows;
}

/** By each reseller of the chains that evidence names, those named most. */
export async function countByReseller(db: Kysely<DB>, span: Span): Promise<KeyCount[]> {
  const chain = sql`(
    select distinct jsonb_array_elements_text(k.evidence -> 'chain') as key
     where jsonb_typeof(k.evidence -> 'chain') = 'array')`;
  const { rows } = await sql<KeyCount>`
    with counted as materialized (${countEvidence(chain, span)}), most as (
      select key from counted group by key order by sum(count) desc, key limit ${RESELLERS})
    select figure, key, count from counted join most using (key)`.execute(db);
  return rows;
}

/** Seconds from submission to decision, in the middle; null without decisions. */
export async function medianDecision(db: Kysely<DB>, span: Span): Promise<number | null> {
  const { rows } = await sql<{ seconds: number | null }>`
    select percentile_cont(0.5) within group (order by extract(epoch from d.decided_at - s.submitted_at)::float8) as seconds
      from decision d
      join ${decidedEvidence}
      join submission s on s.id = k.submission_id and s.submitted_at <= d.decided_at
     where ${within('d.decided_at', span)} and d.effect in ('verified', 'rejected')`.execute(db);
  return rows[0]?.seconds ?? null;
}

/** Seconds from decision until the last relay said that it holds the version with it, in the middle. */
export async function medianReceipt(db: Kysely<DB>, span: Span): Promise<number | null> {
  const { rows } = await sql<{ seconds: number | null }>`
    with held as materialized (
      select v.list_id, v.serial, max(r.received_at) as at
        from (select v.* from version v
               where ${within('v.published_at', span)} order by v.published_at desc limit ${VERSIONS}) v
        cross join client c
        cross join lateral (
          select received_at from receipt
           where list_id = v.list_id and client_id = c.id and version >= v.version and matches and epoch = v.epoch
           order by version limit 1) r
       where c.role = 'relay' and c.revoked_at is null
       group by 1, 2
    )
    select percentile_cont(0.5) within group (order by extract(epoch from h.at - d.decided_at)::float8) as seconds
      from held h
      join entry e on e.list_id = h.list_id and e.added_in = h.serial
      join decision d on d.id = e.decision_id
     where ${within('d.decided_at', span)}`.execute(db);
  return rows[0]?.seconds ?? null;
}

/** @param ways keys that a candidate `k` counts for */
function countEvidence(ways: RawBuilder<unknown>, span: Span): RawBuilder<unknown> {
  return sql`
    select 'submitted' as figure, way.key, count(*) as count
      from submission s join candidate k on k.submission_id = s.id and ${inMonth(span)} cross join lateral ${ways} way
     where ${within('s.submitted_at', span)} group by 2
    union all
    select d.effect, way.key, count(*)
      from decision d join ${decidedEvidence} cross join lateral ${ways} way
     where ${within('d.decided_at', span)} and d.effect in ('verified', 'rejected') group by 1, 2
    union all
    ${countEntries(ways, span)}`;
}

/** Entries that came and went, once for each key of the evidence that was verified. As in `countByDay`. */
function countEntries(ways: RawBuilder<unknown>, span: Span): RawBuilder<unknown> {
  const keys = sql`join decision d on d.id = e.decision_id join review_case f on f.id = d.case_id cross join lateral (
    select distinct way.key from candidate k cross join lateral ${ways} way
     where k.case_id = f.id and k.received_on >= f.evidence_from and k.status = 'verified') by_key`;
  return sql`
    select 'listed' as figure, by_key.key, count(*) as count
      from version v join entry e on e.list_id = v.list_id and e.added_in = v.serial ${keys}
     where ${within('v.published_at', span)} and not exists (
       select from entry o where o.list_id = e.list_id and o.value = e.value and o.removed_in = e.added_in
          and o.removal_reason = 'changed') group by 2
    union all
    select 'released', by_key.key, count(*)
      from version v join entry e on e.list_id = v.list_id and e.removed_in = v.serial ${keys}
     where ${within('v.published_at', span)} and e.removal_reason <> 'changed' group by 2`;
}

/** The months of a span's submissions, known before any is read; and of each the one in which its candidates lie. */
function inMonth(span: Span): RawBuilder<boolean> {
  const days = sql`from submission where ${within('submitted_at', span)}`;
  return sql<boolean>`k.received_on = s.received_on
        and k.received_on between (select min(received_on) ${days}) and (select max(received_on) ${days})`;
}

/** The candidates that a decision `d` decided, as `k`; month by month from the first that its case has evidence of. */
const decidedEvidence = sql`review_case f on f.id = d.case_id cross join lateral (
        select * from candidate
         where case_id = f.id and received_on >= f.evidence_from and decision_id = d.id offset 0) k`;

function within(time: string, { from, to, timeZone }: Span): RawBuilder<boolean> {
  const start = sql`(${from}::date::timestamp at time zone ${timeZone})`;
  const end = sql`((${to}::date + 1)::timestamp at time zone ${timeZone})`;
  return sql<boolean>`${sql.ref(time)} >= ${start} and ${sql.ref(time)} < ${end}`;
}
