// SQL that reads cases: the queue, leases, and one case with all that is known of it.
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { DB, ReviewCase } from '../database/generated/schema.ts';
import { LIST_IDS } from '../list/entry.ts';
import { reviewerName } from './reviewer-name.ts';

export type CaseRow = Selectable<ReviewCase>;

/** A case, and the name of who holds it. */
export type NamedCaseRow = CaseRow & { claimed_by_name: string };

/** One of these values, or the beginning of one. */
export type ValueSearch = { exact: readonly string[] } | { prefix: string };

const claimedByName = reviewerName('review_case.claimed_by').as('claimed_by_name');

export interface CaseFilter {
  status?: string | undefined;
  list?: string | undefined;
  category?: string | undefined;
  minReports?: number | undefined;
  flag?: string | undefined;
  claimed?: boolean | undefined;
  numberClass?: string | undefined;
  /** Leased to this reviewer (`by`), or not to them. */
  mine?: { by: string; is: boolean } | undefined;
  value?: ValueSearch | undefined;
}

export type CaseSort = 'reports' | 'oldest' | 'newest';
export type CaseKey = readonly [number, number];

/**
 * What cases are sorted by. Of those that wait it is what the queue's indexes know, which may be less than their reports for
 * seconds (queue-order.ts).
 */
export function reportsOf(filter: CaseFilter): 'queue_reports' | 'reports' {
  return filter.status === 'open' || filter.status === 'awaiting_second' ? 'queue_reports' : 'reports';
}

function filtered(db: Pick<Kysely<DB>, 'selectFrom'>, filter: CaseFilter, now: Date) {
  let query = db.selectFrom('review_case');
  if (filter.status) query = query.where('status', '=', filter.status);
  if (filter.list) query = query.where('list_id', '=', filter.list);
  if (filter.category) query = query.where('category', '=', filter.category);
  if (filter.minReports) query = query.where(reportsOf(filter), '>=', filter.minReports);
  if (filter.numberClass) query = query.where('number_class', '=', filter.numberClass);
  // The second condition says to the planner what the first implies: that the index of flagged cases serves.
  if (filter.flag) query = query.where(sql<boolean>`flags @> array[${filter.flag}] and flags <> '{}'`);
  if (filter.mine) query = query.where(heldBy(filter.mine.by, filter.mine.is, now));
  if (filter.claimed === true) query = query.where('claimed_until', '>', now);
  if (filter.claimed === false) {
    query = query.where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now)]));
  }
  // An index begins with the list: without one, all are named.
  if (filter.value && !filter.list) query = query.where('list_id', 'in', LIST_IDS);
  if (filter.value && 'exact' in filter.value) query = query.where('value', 'in', filter.value.exact);
  // Bytewise collation: all values with a prefix stand between it and it followed by the last ASCII character.
  if (filter.value && 'prefix' in filter.value) {
    query = query.where('value', '>=', filter.value.prefix).where('value', '<=', `${filter.value.prefix}~`);
  }
  return query;
}

function heldBy(reviewer: string, is: boolean, now: Date) {
  const held = sql`claimed_by = ${reviewer} and claimed_until > ${now}`;
  return is ? sql<boolean>`${held}` : sql<boolean>`(${held}) is not true`;
}

/** A page of cases after a key: (what `reportsOf` names, id) or (opened at in ms, id). */
export async function selectCases(
  db: Kysely<DB>,
  filter: CaseFilter,
  sort: CaseSort,
  after: CaseKey | undefined,
  limit: number,
  now: Date,
): Promise<NamedCaseRow[]> {
  const query = filtered(db, filter, now).selectAll().select(claimedByName).limit(limit);
  if (sort === 'reports') {
    const reports = reportsOf(filter);
    const page = query.orderBy(reports, 'desc').orderBy('id', 'desc');
    const isLater = (key: CaseKey) => sql<boolean>`(${sql.ref(reports)}, id) < (${key[0]}, ${key[1]})`;
    return (after ? page.where(isLater(after)) : page).execute();
  }
  // Cases are numbered as they open; a case that opened again keeps its number.
  const page = query.orderBy('id', sort === 'oldest' ? 'asc' : 'desc');
  return (after ? page.where('id', sort === 'oldest' ? '>' : '<', after[1]) : page).execute();
}

/** Leases the next cases that nobody holds; concurrent callers skip each other's rows. */
export async function leaseCases(
  db: Kysely<DB>,
  filter: CaseFilter,
  limit: number,
  lease: { by: string; now: Date; until: Date },
): Promise<NamedCaseRow[]> {
  const rows = await db
    // As a CTE it runs once: a subquery may be run anew for each row, and lock more than its limit.
    .with('free', (cte) =>
      filtered(cte, { ...filter, claimed: false }, lease.now)
        .select('id')
        .orderBy('queue_reports', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('review_case')
    .set({ claimed_by: lease.by, claimed_until: lease.until })
    .where('id', 'in', (eb) => eb.selectFrom('free').select('id'))
    .returningAll()
    .returning(claimedByName)
    .execute();
  return rows.sort((a, b) => b.queue_reports - a.queue_reports || b.id - a.id);
}

export function selectCase(db: Kysely<DB>, id: number): Promise<NamedCaseRow | undefined> {
  return db
    .selectFrom('review_case')
    .selectAll()
    .select(claimedByName)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Cases as they are, unlocked. */
export function selectCasesById(db: Kysely<DB>, ids: readonly number[]): Promise<CaseRow[]> {
  return db.selectFrom('review_case').selectAll().where(sql<boolean>`id = any(${ids}::bigint[])`).execute();
}

export interface LockedCases {
  /** Those that were named. */
  cases: CaseRow[];
  /** Those of the codes that their evidence names. */
  codes: CaseRow[];
}

/**
 * Locks cases for a decision, and those of the codes that their evidence names: a decision may strengthen these. In
 * the order of their ids, as submissions do: neither can wait for the other in a circle.
 */
export async function lockCases(trx: Transaction<DB>, ids: readonly number[]): Promise<LockedCases> {
  const rows = await trx
    .selectFrom('review_case')
    .selectAll()
    .where(
      sql<boolean>`id = any(${ids}::bigint[]) or id in (
        select c.id from (
          select distinct k.originator_code as value
            from review_case n join candidate k on k.case_id = n.id and k.received_on >= n.evidence_from
           where n.id = any(${ids}::bigint[]) and k.originator_code is not null
        ) code join review_case c on c.list_id = 'originator-codes' and c.value = code.value)`,
    )
    .orderBy('id')
    .forUpdate()
    .execute();
  const named = new Set(ids);
  return { cases: rows.filter((row) => named.has(row.id)), codes: rows.filter((row) => !named.has(row.id)) };
}

/** Ends the leases of a reviewer: of one case, or of all; says how many there were. */
export async function releaseLeases(db: Kysely<DB>, by: string, now: Date, caseId?: number): Promise<number> {
  let query = db
    .updateTable('review_case')
    .set({ claimed_by: null, claimed_until: null })
    .where('claimed_by', '=', by);
  if (caseId !== undefined) query = query.where('id', '=', caseId).where('claimed_until', '>', now);
  return Number((await query.executeTakeFirst()).numUpdatedRows);
}

/** Locks the case of a value, if there is one. */
export function lockCaseOf(trx: Transaction<DB>, list: string, value: string): Promise<CaseRow | undefined> {
  return trx
    .selectFrom('review_case')
    .selectAll()
    .where('list_id', '=', list)
    .where('value', '=', value)
    .forUpdate()
    .executeTakeFirst();
}

const EVIDENCE_LIMIT = 1000;
const RELATED_LIMIT = 100;
/** So many rows of evidence that name a code are looked at, the latest ones. */
const RELATED_ROWS = 1000;

export function selectEvidence(db: Kysely<DB>, row: CaseRow) {
  return db
    .selectFrom('candidate')
    .innerJoin('submission', 'submission.id', 'candidate.submission_id')
    .innerJoin('organization', 'organization.id', 'candidate.organization_id')
    .selectAll('candidate')
    .select(['submission.submitted_at', 'organization.name as organization'])
    .select(
      sql<{ text: string | null; givenAt: string }[]>`(
        select coalesce(json_agg(json_build_object('text', i.text, 'givenAt',
                 to_char(i.given_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by i.id), '[]')
          from information i where i.candidate_id = candidate.id)`.as('information'),
    )
    .where('candidate.case_id', '=', row.id)
    .where('candidate.received_on', '>=', row.evidence_from)
    .orderBy('candidate.id', 'desc')
    .limit(EVIDENCE_LIMIT)
    .execute();
}

/** Cases whose evidence names an originator code that this case's evidence names, or that are that code. */
export async function selectRelated(db: Kysely<DB>, row: CaseRow): Promise<CaseRow[]> {
  const { rows } = await sql<CaseRow>`
    with code as materialized (
      select distinct originator_code as value from candidate
      where case_id = ${row.id} and received_on >= ${row.evidence_from} and originator_code is not null
      union select ${row.value} where ${row.list_id} = 'originator-codes'
    ), other as materialized (
      select k.case_id as id from code cross join lateral (
        select case_id from candidate where originator_code = code.value order by id desc limit ${RELATED_ROWS}
      ) k
      union select c.id from code join review_case c on c.list_id = 'originator-codes' and c.value = code.value
    )
    select c.* from other join review_case c using (id)
    where c.id <> ${row.id}
    order by c.id desc limit ${RELATED_LIMIT}`.execute(db);
  return rows;
}
