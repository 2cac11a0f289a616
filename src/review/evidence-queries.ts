// SQL over the evidence of all cases: who sent first and through whom, and which messages are the same. Each
// question reads a bounded part of candidate through an index, however large the table and however busy a code.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { CATEGORIES, isMalignant } from '../list/category.ts';
import type { CaseRow } from './case-queries.ts';

const CODES_LIMIT = 20;
const SAMPLES_LIMIT = 20;
const WAYS_LIMIT = 20;
/** So many rows of evidence are looked at for each code and each sample, the latest ones. */
const ROWS_LIMIT = 10_000;
const MALIGNANT = CATEGORIES.filter(isMalignant);

/** Releases that say the value should never have been listed; any other says that its time was over. */
const REVOKING_REASONS = ['appeal_accepted', 'submitter_withdrew', 'agency_correction'];

export interface CodeTrace {
  code: string;
  numbers: number;
  verified: number;
  strikes: number;
  case_id: number | null;
  status: string | null;
  chains: string[][];
  relays: { relay: string; count: number }[];
}

/**
 * The originator codes that a case's evidence names, or the code itself: how many numbers are seen with each, how
 * many of these are verified, and the ways their messages took. What was withdrawn counts for nothing.
 */
export async function selectCodeTraces(db: Kysely<DB>, row: CaseRow): Promise<CodeTrace[]> {
  const { rows } = await sql<CodeTrace>`
    with named as (
      select ${row.value}::text as code, 0 as rank where ${row.list_id} = 'originator-codes'
      union all
      (select originator_code, row_number() over (order by count(*) desc, originator_code) from candidate
        where case_id = ${row.id} and received_on >= ${row.evidence_from} and originator_code is not null
          and status <> 'withdrawn'
        group by originator_code order by 2 limit ${CODES_LIMIT})
    ), codes as (
      select n.code, min(n.rank) as rank, c.id as case_id, c.status, c.evidence_from
        from named n left join review_case c on c.list_id = 'originator-codes' and c.value = n.code
       group by n.code, c.id
    ), seen as materialized (
      select n.code, k.case_id, k.list_id, k.evidence
        from codes n cross join lateral (
          (select case_id, list_id, evidence from candidate
            where originator_code = n.code and status <> 'withdrawn' order by id desc limit ${ROWS_LIMIT})
          union all
          (select case_id, list_id, evidence from candidate
            where case_id = n.case_id and received_on >= n.evidence_from and status <> 'withdrawn'
              and originator_code is distinct from n.code
            order by id desc limit ${ROWS_LIMIT})
        ) k
    ), numbers as (
      select s.code, c.category, c.status = 'verified' and not coalesce(last.revoked, false) as is_verified
        from (select distinct code, case_id from seen where list_id = 'sender-numbers') s
        join review_case c on c.id = s.case_id
        left join lateral (
          select d.effect = 'released' and d.reason = any(${REVOKING_REASONS}::text[]) as revoked from decision d
           where d.case_id = c.id and c.status = 'verified' and d.effect in ('verified', 'released')
           order by d.id desc limit 1
        ) last on true
    ), counted as (
      select code, count(*) as numbers, count(*) filter (where is_verified) as verified,
             count(*) filter (where is_verified and category = any(${MALIGNANT}::text[])) as strikes
        from numbers group by code
    )
    select n.code, coalesce(t.numbers, 0) as numbers, coalesce(t.verified, 0) as verified,
           coalesce(t.strikes, 0) as strikes, n.case_id, n.status,
           (select coalesce(json_agg(chain order by often desc, chain), '[]') from (
             select evidence -> 'chain' as chain, count(*) as often from seen s
              where s.code = n.code and evidence ? 'chain'
              group by 1 order by 2 desc, 1 limit ${WAYS_LIMIT}) way) as chains,
           (select coalesce(json_agg(json_build_object('relay', relay, 'count', often) order by often desc, relay), '[]') from (
             select evidence ->> 'relay' as relay, count(*) as often from seen s
              where s.code = n.code and evidence ? 'relay'
              group by 1 order by 2 desc, 1 limit ${WAYS_LIMIT}) way) as relays
      from codes n left join counted t on t.code = n.code
     order by n.rank`.execute(db);
  return rows;
}

export interface SampleMatch {
  hash: string;
  sample: string;
  numbers: number;
  reports: number;
}

/** As candidate_sample has it: the first half of the hash, which tells samples apart as well as the whole. */
const SAMPLE_KEY = sql`(('x' || left(evidence ->> 'sampleHash', 16))::bit(64)::bigint)`;

/** The messages of a case, those first that the evidence of most other cases has too. */
export async function selectSampleMatches(db: Kysely<DB>, row: CaseRow): Promise<SampleMatch[]> {
  const { rows } = await sql<SampleMatch>`
    with own as materialized (
      select evidence ->> 'sampleHash' as hash, ${SAMPLE_KEY} as key, min(evidence ->> 'sample') as sample
        from candidate
       where case_id = ${row.id} and received_on >= ${row.evidence_from} and status <> 'withdrawn'
         and evidence ? 'sampleHash'
       group by 1, 2 order by count(*) desc, 1 limit ${SAMPLES_LIMIT}
    )
    select own.hash, own.sample, other.numbers, other.reports
      from own cross join lateral (
        select count(distinct k.case_id) as numbers, coalesce(sum(k.reports), 0) as reports
          from (select case_id, reports from candidate
                 where evidence ? 'sampleHash' and ${SAMPLE_KEY} = own.key and case_id <> ${row.id}
                   and status <> 'withdrawn'
                 limit ${ROWS_LIMIT}) k
      ) other
     order by other.numbers desc, own.hash`.execute(db);
  return rows;
}
