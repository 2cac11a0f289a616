// Evidence in its months: found whole wherever it lies, looked for only where it can be, kept as it lay before.
import { type Kysely, sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DB } from '../../src/database/generated/schema.ts';
import { migrate } from '../../src/database/migrate.ts';
import { makeMonths } from '../../src/database/months.ts';
import { lockCases, selectEvidence, selectRelated } from '../../src/review/case-queries.ts';
import { selectCodeTraces } from '../../src/review/evidence-queries.ts';
import { eraseOldTexts } from '../../src/review/retention.ts';
import { countTold, settleCandidates } from '../../src/review/telling-queries.ts';
import { selectCandidatesBefore } from '../../src/review/undo-queries.ts';
import { selectOutcomes } from '../../src/submit/outcome-queries.ts';
import { countOutcomes, selectCandidates, selectSubmission } from '../../src/submit/submission-queries.ts';
import { caseOf, decideNumber } from '../review/desk-steps.ts';
import { createDatabaseBefore } from '../setup/database.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, submit } from '../setup/walk.ts';

const [both = '', january = '', february = '', withdrawn = ''] = mobileNumbers(4, 700);
const EVIDENCE = { sample: '당일 한도 안내, 상담은 아래 번호로', originatorCode: '100200300' };

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

async function at(time: string): Promise<void> {
  exchange.setTime(new Date(time));
  await makeMonths(exchange.db, exchange.now());
}

async function months(db: Kysely<DB>): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    select tableoid::regclass::text as name, count(*) as count from candidate group by 1 order by 1`.execute(
    db,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/** How often an index or all of a month was looked through, in this transaction and, perhaps, in what the connection did before. */
async function looksAt(trx: Transaction<DB>, month: string): Promise<number> {
  const { rows } = await sql<{ looks: number }>`
    select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) as looks
      from pg_stat_xact_user_tables where relname = ${month}`.execute(trx);
  return rows[0]?.looks ?? 0;
}

async function outcomesOf(carrier: string): Promise<string[]> {
  const party = await exchange.party('carrier', carrier);
  const { body } = await party.get('/v1/outcomes').expect(200);
  return (body.items as { value: string; outcome: string }[]).map(
    ({ value, outcome }) => `${value} ${outcome}`,
  );
}

test('evidence lies in the month in which it was handed in, and the desk and the carriers see all of it', async () => {
  await at('2031-01-31T23:59:00Z');
  await submit(exchange, [both, january], 'carrier one', EVIDENCE);
  await at('2031-02-01T00:01:00Z');
  await submit(exchange, [both, february, withdrawn], 'carrier two', EVIDENCE);
  expect(await months(exchange.db)).toEqual({ candidate_2031_01: 2, candidate_2031_02: 3 });

  const agency = await exchange.party('agency');
  const { id } = await caseOf(exchange, both);
  const { body } = await agency.get(`/v1/cases/${id}`).expect(200);
  expect(body.evidence).toHaveLength(2);
  expect(body.related).toHaveLength(3);
  expect(body.codes[0]).toMatchObject({ code: '100200300', numbers: 4 });
  expect(body.samples[0]).toMatchObject({ numbers: 3 });

  await decideNumber(exchange, both, { verdict: 'verify' });
  await decideNumber(exchange, january, { verdict: 'reject', reason: 'not_spam' });
  expect(await outcomesOf('carrier one')).toEqual([
    `+82${both.slice(1)} verified`,
    `+82${january.slice(1)} rejected`,
  ]);
  expect(await outcomesOf('carrier two')).toEqual([`+82${both.slice(1)} verified`]);
  const { text } = await agency
    .get('/v1/statistics?from=2031-01-01&to=2031-02-28')
    .set('Accept', 'text/csv')
    .expect(200);
  expect(text).toContain('carrier,carrier one,2,1,1,');
  expect(text).toContain('carrier,carrier two,3,1,0,');
});

test('what belongs to a month is not looked for in another', async () => {
  const { db } = exchange;
  const row = await db
    .selectFrom('review_case')
    .selectAll()
    .where('value', '=', `+82${february.slice(1)}`)
    .executeTakeFirstOrThrow();
  const { id, organization_id } = await db
    .selectFrom('submission')
    .selectAll()
    .where('received_on', '=', '2031-02-01')
    .executeTakeFirstOrThrow();
  await decideNumber(exchange, february, { verdict: 'verify' });
  const decisions = await db.selectFrom('decision').select('id').where('case_id', '=', row.id).execute();
  // The month after the case opened; the one in which it opened holds the day before it.
  await sql`update review_case set evidence_from = '2031-02-01' where id = ${row.id}`.execute(db);
  await db.transaction().execute(async (trx) => {
    const before = await looksAt(trx, 'candidate_2031_01');
    const submission = await selectSubmission(trx, undefined, id);
    if (!submission) throw new Error('there is no submission');
    const named = { ...row, evidence_from: '2031-02-01' };
    expect(await selectEvidence(trx, named)).toHaveLength(1);
    expect(await countTold(trx, [row.id])).toEqual({ candidates: 0, organizations: 0 });
    expect((await lockCases(trx, [row.id])).cases).toHaveLength(1);
    expect(await selectCandidatesBefore(trx, [row.id])).toHaveLength(1);
    await settleCandidates(
      trx,
      decisions.map((decision) => decision.id),
    );
    expect(await countOutcomes(trx, submission)).toMatchObject({ verified: 2, pending: 1 });
    expect(await selectCandidates(trx, submission, undefined, 0, 10)).toHaveLength(3);
    expect(await selectOutcomes(trx, organization_id, 0, 10)).toHaveLength(2);
    expect(await looksAt(trx, 'candidate_2031_01')).toBe(before);
    expect(await looksAt(trx, 'candidate_2031_02')).toBeGreaterThan(0);
    // A code is looked for everywhere: so a look is counted.
    expect(await selectRelated(trx, named)).toHaveLength(4);
    expect(await selectCodeTraces(trx, named)).toHaveLength(1);
    expect(await looksAt(trx, 'candidate_2031_01')).toBeGreaterThan(before);
  });
});

test('evidence of a day before its case opened, by a clock that went wrong, counts like any other', async () => {
  const [number = ''] = mobileNumbers(1, 701);
  await at('2031-03-20T00:00:00Z');
  await submit(exchange, [number], 'carrier one');
  exchange.setTime(new Date('2031-02-10T00:00:00Z'));
  await submit(exchange, [number], 'carrier two');
  expect((await decideNumber(exchange, number, { verdict: 'verify' })).status).toBe(201);
  expect(await outcomesOf('carrier two')).toContain(`+82${number.slice(1)} verified`);
});

test('a withdrawal and the erasure of texts reach the months that they are about', async () => {
  const { db } = exchange;
  const { body } = await (await exchange.party('carrier', 'carrier two')).get('/v1/submissions').expect(200);
  const newest = body.items.at(-1) as { id: string };
  const party = await exchange.party('carrier', 'carrier two');
  const before = await caseOf(exchange, withdrawn);
  expect(before.status).toBe('open');
  await party.post(`/v1/submissions/${newest.id}/withdrawal`).expect(200);
  expect(await caseOf(exchange, withdrawn)).toMatchObject({ status: 'withdrawn', reports: 0 });

  await at('2032-02-01T00:00:00Z');
  await eraseOldTexts({ db, now: exchange.now, timeZone: 'Asia/Seoul' }, 365);
  const { rows } = await sql<{ name: string; texts: number }>`
    select tableoid::regclass::text as name, count(*) filter (where evidence ? 'sample') as texts
      from candidate where evidence ? 'sampleHash' group by 1 order by 1`.execute(db);
  expect(rows).toEqual([
    { name: 'candidate_2031_01', texts: 0 },
    { name: 'candidate_2031_02', texts: 3 },
  ]);
});

test('an old month can be put away and brought back, and all else goes on', async () => {
  const { db } = exchange;
  await sql`alter table candidate detach partition candidate_2031_01`.execute(db);
  await sql`alter table candidate_2031_01 rename to archived_2031_01`.execute(db);
  const agency = await exchange.party('agency');
  const { id } = await caseOf(exchange, both);
  const view = async () => (await agency.get(`/v1/cases/${id}`).expect(200)).body;
  expect(await view()).toMatchObject({ reports: 120, evidence: [{}], decisions: [{}] });
  await submit(exchange, [january], 'carrier two');
  expect(await caseOf(exchange, january)).toMatchObject({ status: 'open', flags: ['reopened'] });
  expect((await decideNumber(exchange, january, { verdict: 'verify' })).status).toBe(201);
  await sql`
    alter table candidate attach partition archived_2031_01 for values from ('2031-01-01') to ('2031-02-01')`.execute(
    db,
  );
  expect((await view()).evidence).toHaveLength(2);
});

test('evidence from before the partitions stays as it lies, and the release before goes on writing', async () => {
  const { db } = await createDatabaseBefore('0050');
  await sql`
    with carrier as (insert into organization (name, kind) values ('Carrier', 'carrier') returning id)
    insert into client (organization_id, name, role) select id, 'system', 'carrier' from carrier`.execute(db);
  /** As the release before does: it names no day. */
  const handIn = async (value: string) => {
    await sql`
      with sent as (
        insert into submission (organization_id, client_id, submitted_at, body_sha256, received, accepted, invalid, duplicates,
                                new_cases, joined_cases, already_listed)
        select organization_id, id, now(), '', 1, 1, 0, 0, 1, 0, 0 from client returning *
      ), opened as (
        insert into review_case (list_id, value, category, opened_at, updated_at)
        select 'sender-numbers', ${value}, 'job', now(), now() returning id
      ), decided as (
        insert into decision (case_id, case_revision, verdict, effect, reason, organization_id, decided_by, decided_at)
        select o.id, 1, 'reject', 'rejected', 'other', s.organization_id, 'x', now() from opened o, sent s returning id
      ), kept as (
        insert into candidate (submission_id, organization_id, row_number, list_id, value, raw_value, category, status, case_id)
        select s.id, s.organization_id, 1, 'sender-numbers', ${value}, ${value}, 'job', 'rejected', o.id
          from sent s, opened o returning id, organization_id)
      insert into outcome (organization_id, position, candidate_id, decision_id)
      select k.organization_id, k.id, k.id, d.id from kept k, decided d`.execute(db);
  };
  await handIn('+821000000001');
  const place = async (table: string) =>
    (await sql<{ node: string }>`select pg_relation_filenode(${table}::regclass) as node`.execute(db)).rows;
  const lay = await place('candidate');
  await migrate(db);
  expect(await place('candidate_first')).toEqual(lay);
  const made = await makeMonths(db, new Date());
  expect(made.filter((name) => name.startsWith('candidate'))).toHaveLength(3); // this month is in the first
  await handIn('+821000000002');
  expect(await months(db)).toEqual({ candidate_first: 2 });
  const submissions = await db.selectFrom('submission').selectAll().orderBy('submitted_at').execute();
  expect(submissions.map(({ received_on }) => received_on)).toEqual([
    '-infinity',
    new Date().toISOString().slice(0, 10),
  ]);
  for (const [n, submission] of submissions.entries()) {
    expect(await selectCandidates(db, submission, undefined, 0, 10)).toMatchObject([{ id: n + 1 }]);
    expect(await countOutcomes(db, submission)).toMatchObject({ rejected: 1 });
  }
  const cases = await db.selectFrom('review_case').selectAll().orderBy('id').execute();
  for (const one of cases) expect(await selectEvidence(db, one)).toHaveLength(1);
  const organization = submissions[0]?.organization_id ?? '';
  expect(await selectOutcomes(db, organization, 0, 10)).toMatchObject([
    { candidate_id: 1 },
    { candidate_id: 2 },
  ]);
});
