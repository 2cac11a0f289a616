import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeAuthor } from '../../src/audit/record.ts';
import { connect } from '../../src/database/connection.ts';
import { translateDatabaseError } from '../../src/database/database-problem.ts';
import type { ReadRow } from '../../src/submit/row-fields.ts';
import { Slots } from '../../src/submit/slots.ts';
import { storeSubmission } from '../../src/submit/storing.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit } from '../setup/walk.ts';

let exchange: TestExchange;
let agency: Party;
beforeAll(async () => {
  exchange = await startExchange();
  agency = await exchange.party('agency');
});
afterAll(() => exchange.stop());

const canonical = (number: string) => `+82${number.slice(1)}`;

function caseOf(number: string) {
  return exchange.db
    .selectFrom('review_case')
    .selectAll()
    .where('value', '=', canonical(number))
    .executeTakeFirstOrThrow();
}

function candidatesOf(submissionId: string) {
  return exchange.db
    .selectFrom('candidate')
    .selectAll()
    .where('submission_id', '=', submissionId)
    .orderBy('row_number')
    .execute();
}

async function decide(number: string, verdict: object) {
  const { id, revision } = await caseOf(number);
  return agency.post(`/v1/cases/${id}/decisions`, { revision, ...verdict }).expect(201);
}

async function release(number: string) {
  const path = `/v1/lists/sender-numbers/entries/${encodeURIComponent(canonical(number))}/release`;
  await agency.post(path, { reason: 'agency_correction' }).expect((response) => {
    expect(response.status).toBeLessThan(300);
  });
}

test('carriers who see the same number share one case, and its sums are of both', async () => {
  const [number = ''] = mobileNumbers(1, 101);
  const one = await exchange.party('carrier', 'carrier one');
  const two = await exchange.party('carrier', 'carrier two');
  const first = await submit(exchange, [number], 'carrier one', {
    score: 0.4,
    firstSeen: '2026-11-02T00:00:00Z',
    lastSeen: '2026-11-03T00:00:00+09:00',
  });
  expect(first).toMatchObject({ newCases: 1, joinedCases: 0 });
  const second = await submit(exchange, [number], 'carrier two', {
    reports: 5,
    score: 0.9,
    firstSeen: '2026-11-01T00:00:00Z',
    lastSeen: '2026-11-02T00:00:00Z',
  });
  expect(second).toMatchObject({ newCases: 0, joinedCases: 1 });
  expect(await caseOf(number)).toMatchObject({
    status: 'open',
    number_class: 'mobile',
    reports: 65,
    revision: 2,
    carrier_ids: [one.organizationId, two.organizationId],
    first_seen: new Date('2026-11-01T00:00:00Z'),
    last_seen: new Date('2026-11-02T15:00:00Z'),
  });
  expect((await caseOf(number)).score).toBeCloseTo(0.9);
  await submit(exchange, [number], 'carrier one', { reports: 1 });
  const { reports, carrier_ids } = await caseOf(number);
  expect([reports, carrier_ids.length]).toEqual([66, 2]);
});

test('what a reviewer should notice is flagged when the case opens', async () => {
  const [guarded = ''] = mobileNumbers(1, 102);
  await agency
    .put(`/v1/protected/sender-numbers/${encodeURIComponent(canonical(guarded))}`, { kind: 'bank' })
    .expect((response) => expect(response.status).toBeLessThan(300));
  await submit(exchange, ['112', '0505-123-4567', guarded]);
  const flags = async (value: string) =>
    (
      await exchange.db
        .selectFrom('review_case')
        .select('flags')
        .where('value', '=', value)
        .executeTakeFirst()
    )?.flags;
  expect(await flags('+82112')).toEqual(['protected']);
  expect(await flags('+825051234567')).toEqual(['unregistrable']);
  expect(await flags(canonical(guarded))).toEqual(['protected']);
});

test('a number that is listed, or about to be, is told as such and verified by the same decision', async () => {
  const [number = ''] = mobileNumbers(1, 103);
  await submit(exchange, [number]);
  await decide(number, { verdict: 'verify' });
  const before = await caseOf(number);
  for (const carrier of ['carrier two', 'carrier three']) {
    const receipt = await submit(exchange, [number], carrier);
    expect(receipt).toMatchObject({ alreadyListed: 1, newCases: 0, joinedCases: 0 });
    const [candidate] = await candidatesOf(receipt.id);
    expect(candidate?.status).toBe('verified');
    expect(candidate?.decision_id).toBeGreaterThan(0);
    // The second time from the entry, the first from the order that waits for the version.
    await publish(exchange);
  }
  const after = await caseOf(number);
  expect(after).toMatchObject({ status: 'verified', revision: before.revision, reports: 180 });
  expect(after.carrier_ids).toHaveLength(3);
});

test('a number whose entry is released, or is about to be, comes up for review again', async () => {
  const numbers = mobileNumbers(2, 104);
  const [waiting = '', gone = ''] = numbers;
  await submit(exchange, numbers);
  for (const number of numbers) await decide(number, { verdict: 'verify' });
  await publish(exchange);
  await release(gone);
  await publish(exchange);
  await release(waiting);
  const receipt = await submit(exchange, numbers, 'carrier two');
  expect(receipt).toMatchObject({ newCases: 2, alreadyListed: 0 });
  for (const number of numbers)
    expect(await caseOf(number)).toMatchObject({ status: 'open', flags: ['reopened'] });
  for (const candidate of await candidatesOf(receipt.id)) {
    expect(candidate).toMatchObject({ status: 'pending', decision_id: null });
  }
});

test('new evidence after a rejection opens the case again', async () => {
  const [number = ''] = mobileNumbers(1, 105);
  await submit(exchange, [number]);
  await decide(number, { verdict: 'reject', reason: 'insufficient_evidence' });
  const { revision } = await caseOf(number);
  expect(await submit(exchange, [number])).toMatchObject({ newCases: 1 });
  expect(await caseOf(number)).toMatchObject({ status: 'open', flags: ['reopened'], revision: revision + 1 });
});

test('new evidence from the carrier that was asked answers the question', async () => {
  const [number = ''] = mobileNumbers(1, 106);
  const asked = await submit(exchange, [number]);
  await decide(number, { verdict: 'request_info', note: 'more samples, please' });
  expect((await candidatesOf(asked.id))[0]?.status).toBe('info_requested');
  await submit(exchange, [number], 'carrier two');
  expect((await candidatesOf(asked.id))[0]?.status).toBe('info_requested');
  expect((await caseOf(number)).flags).toEqual(['information_requested']);
  await submit(exchange, [number]);
  expect((await candidatesOf(asked.id))[0]?.status).toBe('pending');
  expect((await caseOf(number)).flags).toEqual(['information_given']);
});

test('a withdrawal takes back the evidence, and leaves what others stand for', async () => {
  const numbers = mobileNumbers(3, 107);
  const [shared = '', own = '', decided = ''] = numbers;
  await submit(exchange, [shared], 'carrier two', { reports: 7 });
  const receipt = await submit(exchange, numbers, 'carrier one', { score: 0.9 });
  await decide(decided, { verdict: 'reject', reason: 'not_spam' });
  const carrier = await exchange.party('carrier', 'carrier one');
  const path = `/v1/submissions/${receipt.id}/withdrawal`;
  const { body } = await carrier.post(path).expect(200);
  expect(body.outcomes).toEqual({ pending: 0, verified: 0, rejected: 1, withdrawn: 2 });
  expect(await caseOf(shared)).toMatchObject({ status: 'open', reports: 7, score: 0.9 });
  expect((await caseOf(shared)).carrier_ids).toHaveLength(1);
  expect(await caseOf(own)).toMatchObject({ status: 'withdrawn', reports: 0, carrier_ids: [] });
  expect(await caseOf(decided)).toMatchObject({ status: 'rejected', reports: 60 });
  const settled = await caseOf(own);
  expect((await carrier.post(path).expect(200)).body).toEqual(body);
  expect(await caseOf(own)).toEqual(settled);
  expect(await submit(exchange, [own])).toMatchObject({ newCases: 1, joinedCases: 0 });
  expect(await caseOf(own)).toMatchObject({ status: 'open', reports: 60, flags: [] });
});

test('a decision made on a case whose evidence was withdrawn since is stale', async () => {
  const [number = ''] = mobileNumbers(1, 108);
  const receipt = await submit(exchange, [number]);
  const { id, revision } = await caseOf(number);
  await (await exchange.party('carrier')).post(`/v1/submissions/${receipt.id}/withdrawal`).expect(200);
  const { status } = await agency.post(`/v1/cases/${id}/decisions`, { revision, verdict: 'verify' });
  expect(status).toBe(409);
});

test('every decision on a candidate of its own reaches the carrier once, in order', async () => {
  const name = 'carrier of the feed';
  const carrier = await exchange.party('carrier', name);
  const numbers = mobileNumbers(7, 109);
  const receipt = await submit(exchange, numbers, name);
  const { body: empty } = await carrier.get('/v1/outcomes').expect(200);
  expect(empty.items).toEqual([]);
  for (const number of numbers.slice(0, 3)) await decide(number, { verdict: 'verify', until: '2027-01-31' });
  for (const number of numbers.slice(3, 6)) await decide(number, { verdict: 'reject', reason: 'not_spam' });
  await decide(numbers[6] ?? '', { verdict: 'request_info' });
  const seen: { row: number; outcome: string; reason: string | null; until: string | null }[] = [];
  for (let after = empty.next as string; ; ) {
    const { body } = await carrier.get(`/v1/outcomes?limit=2&after=${after}`).expect(200);
    seen.push(...body.items);
    expect(typeof body.next).toBe('string');
    if (body.items.length === 0) break;
    after = body.next;
  }
  expect(seen.map(({ row, outcome }) => [row, outcome])).toEqual([
    [1, 'verified'],
    [2, 'verified'],
    [3, 'verified'],
    [4, 'rejected'],
    [5, 'rejected'],
    [6, 'rejected'],
    [7, 'info_requested'],
  ]);
  expect(seen[0]).toMatchObject({
    submissionId: receipt.id,
    until: '2027-01-31',
    reason: null,
    category: 'gambling',
  });
  expect(seen[3]).toMatchObject({ reason: 'not_spam', until: null });
});

test('carriers who hand in the same numbers at the same time never block each other, and none is lost', async () => {
  const numbers = mobileNumbers(6000, 110);
  const names = ['left', 'right', 'upper', 'lower'];
  const receipts = await Promise.all(
    names.map((name, i) => {
      // Each in an order of its own, and each overlapping with the others in another part.
      const part = numbers.filter((_, n) => (n + i) % 4 !== 0);
      return submit(exchange, i % 2 ? part.toReversed() : part, name, { reports: 1 });
    }),
  );
  const cases = await exchange.db
    .selectFrom('review_case')
    .select(['value', 'reports', 'carrier_ids', 'revision', 'id'])
    .where('value', 'in', numbers.map(canonical))
    .execute();
  expect(cases).toHaveLength(6000);
  for (const one of cases) expect([one.reports, one.carrier_ids.length, one.revision]).toEqual([3, 3, 3]);
  expect(receipts.reduce((sum, { newCases }) => sum + newCases, 0)).toBe(6000);
  expect(receipts.reduce((sum, { joinedCases }) => sum + joinedCases, 0)).toBe(12_000);
  const idOf = new Map(cases.map(({ value, id }) => [value, id]));
  for (const { id } of receipts) {
    for (const candidate of await candidatesOf(id)) expect(candidate.case_id).toBe(idOf.get(candidate.value));
  }
});

test('a database that goes away in the middle is told, and leaves nothing behind', async () => {
  const numbers = mobileNumbers(5001, 112);
  const carrier = await exchange.party('carrier', 'carrier one');
  const { client_id } = await exchange.db
    .selectFrom('submission')
    .select('client_id')
    .executeTakeFirstOrThrow();
  const { pool, close } = connect({ url: exchange.databaseUrl });
  // Its own pool, whose connections may end without ending the test.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const slots = new Slots(1);
  const store = (interrupt: boolean) => {
    async function* rows(): AsyncGenerator<ReadRow[]> {
      yield numbers.map((value) => ({
        ok: true,
        fields: { type: 'sender_number', value, category: 'job', score: 1 },
      }));
      if (interrupt) await endOpenTransaction();
      yield [];
    }
    return storeSubmission(
      { pool, now: exchange.now, timeZone: 'Asia/Seoul', codePattern: /^[0-9]{9}$/ },
      slots,
      {
        organizationId: carrier.organizationId,
        clientId: client_id,
        idempotencyKey: 'interrupted',
        rows: rows(),
        author: exchangeAuthor('test'),
        hash: createHash('sha256'),
      },
    );
  };
  const failure: unknown = await store(true).catch((error: unknown) => error);
  expect(translateDatabaseError(failure)?.status).toBe(503);
  // The key, the slot and the rows are free again.
  expect((await store(false)).submission).toMatchObject({ accepted: 5001, new_cases: 5001 });
  await close();
});

/** As a restart of the database would, once the batch that runs is stored. */
async function endOpenTransaction(): Promise<void> {
  const idle = sql`
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state = 'idle in transaction'`;
  await expect.poll(async () => (await idle.execute(exchange.db)).rows.length).toBe(1);
}

test('what happens to a number while a long body is read is seen when it ends', async () => {
  const numbers = mobileNumbers(5002, 111);
  const [overtaken = '', verified = ''] = numbers;
  await submit(exchange, [verified], 'carrier two');
  const carrier = await exchange.party('carrier', 'carrier one');
  const { client_id } = await exchange.db
    .selectFrom('submission')
    .select('client_id')
    .executeTakeFirstOrThrow();
  const row = (value: string): ReadRow => ({
    ok: true,
    fields: { type: 'sender_number', value, category: 'job', score: 1 },
  });
  async function* rows() {
    yield numbers.slice(0, 5001).map(row);
    // The first batch stands in the transaction; now others are faster.
    await submit(exchange, [overtaken], 'carrier two');
    await decide(verified, { verdict: 'verify' });
    yield numbers.slice(5001).map(row);
  }
  const { submission } = await storeSubmission(
    { pool: exchange.pool, now: exchange.now, timeZone: 'Asia/Seoul', codePattern: /^[0-9]{9}$/ },
    new Slots(1),
    {
      organizationId: carrier.organizationId,
      clientId: client_id,
      idempotencyKey: null,
      rows: rows(),
      author: exchangeAuthor('test'),
      hash: createHash('sha256'),
    },
  );
  expect(submission).toMatchObject({ accepted: 5002, new_cases: 5000, joined_cases: 1, already_listed: 1 });
  const [first, second] = await candidatesOf(submission.id);
  expect(first).toMatchObject({ case_id: (await caseOf(overtaken)).id, status: 'pending' });
  expect(second).toMatchObject({ case_id: (await caseOf(verified)).id, status: 'verified' });
});

test('more than a million rows are refused, and nothing of them is stored', async () => {
  const [value = ''] = mobileNumbers(1, 113);
  const row: ReadRow = { ok: true, fields: { type: 'sender_number', value, category: 'job', score: 1 } };
  const batch = Array.from({ length: 10_000 }, () => row);
  async function* rows() {
    for (let i = 0; i < 101; i++) yield batch;
  }
  const { pool, now } = exchange;
  const storing = storeSubmission(
    { pool, now, timeZone: 'Asia/Seoul', codePattern: /^[0-9]{9}$/ },
    new Slots(1),
    {
      organizationId: '00000000-0000-4000-8000-000000000000',
      clientId: '00000000-0000-4000-8000-000000000000',
      idempotencyKey: null,
      rows: rows(),
      author: exchangeAuthor('test'),
      hash: createHash('sha256'),
    },
  );
  await expect(storing).rejects.toMatchObject({ code: 'too_many_rows', status: 413 });
});

test('few rows with long texts are stored while they are read, as many short ones are', async () => {
  const carrier = await exchange.party('carrier', 'carrier one');
  const slots = new Slots(1, 0);
  let line: unknown;
  async function* rows(): AsyncGenerator<ReadRow[]> {
    for (const value of mobileNumbers(40, 117))
      yield [
        {
          ok: true,
          fields: { type: 'sender_number', value, category: 'job', score: 1, note: 'x'.repeat(2000) },
        },
      ];
    line = await slots.take().catch((error: unknown) => error);
  }
  const { submission } = await storeSubmission(
    { pool: exchange.pool, now: exchange.now, timeZone: 'Asia/Seoul', codePattern: /^[0-9]{9}$/ },
    slots,
    {
      organizationId: carrier.organizationId,
      clientId: carrier.clientId,
      idempotencyKey: null,
      rows: rows(),
      author: exchangeAuthor('test'),
      hash: createHash('sha256'),
    },
  );
  expect(submission).toMatchObject({ accepted: 40 });
  expect(line).toMatchObject({ code: 'overloaded' }); // the place was taken before the body had ended
});
