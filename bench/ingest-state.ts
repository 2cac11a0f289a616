// The exchange before the measured submission: part of the file's values stand in open cases, part on the lists.
// Written straight into the tables, in an order that has nothing to do with the file's.
import { sql } from 'kysely';
import type { Database } from '../src/database/connection.ts';

/** Values in canonical form; `listed` are on a list, the others under review. */
export interface KnownValues {
  lists: string[];
  values: string[];
  listed: boolean[];
}

const BATCH = 50_000;

/** Puts the values there as the evidence of another carrier, decided and published where listed. */
export async function seedState({ pool, db }: Database, known: KnownValues): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query('create temp table known (list_id text, value text, listed boolean)');
    for (let at = 0; at < known.values.length; at += BATCH) {
      await client.query('insert into known select * from unnest($1::text[], $2::text[], $3::boolean[])', [
        known.lists.slice(at, at + BATCH),
        known.values.slice(at, at + BATCH),
        known.listed.slice(at, at + BATCH),
      ]);
    }
    for (const statement of STATEMENTS) await client.query(statement);
  } finally {
    client.release(true);
  }
  await sql`vacuum analyze review_case, candidate, entry`.execute(db);
  await sql`checkpoint`.execute(db);
}

const STATEMENTS = [
  `insert into organization (name, kind) values ('carrier before', 'carrier'), ('agency before', 'agency')`,
  `insert into client (organization_id, name, role) select id, 'system', 'carrier' from organization where name = 'carrier before'`,
  `insert into submission (organization_id, client_id, submitted_at, body_sha256, received, accepted, invalid, duplicates,
                           new_cases, joined_cases, already_listed)
   select o.id, c.id, now(), '', n, n, 0, 0, n, 0, 0
     from organization o join client c on c.organization_id = o.id, (select count(*) as n from known) counted
    where o.name = 'carrier before'`,
  `insert into review_case (list_id, value, number_class, category, status, reports, queue_reports, carrier_ids, score, first_seen,
                            last_seen, opened_at, updated_at)
   select k.list_id, k.value, 'mobile', 'gambling', case when k.listed then 'verified' else 'open' end, 60, 60, array[o.id], 0.5,
          now() - interval '30 days', now() - interval '1 day', now(), now()
     from known k, organization o where o.name = 'carrier before' order by md5(k.value)`,
  `insert into decision (case_id, case_revision, verdict, effect, category, organization_id, decided_by, decided_at)
   select c.id, 1, 'verify', 'verified', 'gambling', o.id, 'bench', now()
     from (select id from review_case order by id limit 1) c, organization o where o.name = 'agency before'`,
  `insert into candidate (submission_id, organization_id, row_number, list_id, value, raw_value, category, status, case_id,
                          decision_id, reports, score, first_seen, last_seen, source, received_on)
   select s.id, s.organization_id, c.id, c.list_id, c.value, c.value, c.category,
          case when c.status = 'verified' then 'verified' else 'pending' end, c.id,
          case when c.status = 'verified' then d.id end, 60, 0.5, c.first_seen, c.last_seen, 'report', s.received_on
     from review_case c, submission s, decision d order by c.id`,
  `insert into entry (list_id, value, category, decision_id, added_in)
   select c.list_id, c.value, c.category, d.id, 1 from review_case c, decision d where c.status = 'verified' order by c.id`,
];
