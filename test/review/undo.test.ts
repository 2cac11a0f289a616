// What a person decided a moment ago is taken back: as if it had not been, but on record.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { refuseUndo } from '../../src/review/undo-rules.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import type { Person } from '../setup/person.ts';
import { mobileNumbers, publish, submit } from '../setup/walk.ts';
import { caseOf, decideNumber, entryPath, firstReviewer, handIn, secondReviewer } from './desk-steps.ts';

let exchange: TestExchange;
let ann: Person;
let bob: Person;
let seed = 900;
let number: string;

beforeAll(async () => {
  exchange = await startExchange();
  ann = await firstReviewer(exchange);
  bob = await secondReviewer(exchange);
});
afterAll(() => exchange.stop());
beforeEach(() => {
  seed += 1;
  [number = ''] = mobileNumbers(1, seed);
});

type Decided = { id: string; effect: string };

async function decide(value: string, ruling: object, by: Person = ann): Promise<Decided> {
  const { status, body } = await decideNumber(exchange, value, ruling, by);
  expect([status, body.detail]).toEqual([201, undefined]);
  return body;
}

const verify = (value: string, by?: Person) => decide(value, { verdict: 'verify' }, by);
const reject = (value: string, by?: Person) => decide(value, { verdict: 'reject', reason: 'not_spam' }, by);
const undo = (decision: { id: string }, by: Person = ann) => by.post(`/v1/decisions/${decision.id}/undo`);

async function detailOf(value: string) {
  const { id } = await caseOf(exchange, value);
  return (await ann.get(`/v1/cases/${id}`).expect(200)).body;
}

async function codeCase(code: string) {
  const { body } = await ann.get(`/v1/cases?list=originator-codes&q=${code}`).expect(200);
  return body.items[0];
}

async function outcomesOf(carrier: string): Promise<string[]> {
  const party = await exchange.party('carrier', carrier);
  const { body } = await party.get('/v1/outcomes').expect(200);
  return body.items.map(({ outcome }: { outcome: string }) => outcome);
}

/** A number of a carrier that nobody else has, so that its feed is this test's alone. */
async function ofCarrier(more: object = {}): Promise<string> {
  const carrier = `carrier ${seed}`;
  await submit(exchange, [number], carrier, more);
  return carrier;
}

describe('an undone decision', () => {
  test.each([{ verdict: 'verify' }, { verdict: 'reject', reason: 'not_spam' }])(
    'to $verdict leaves the case as it was, and stays on record',
    async (ruling) => {
      const carrier = await ofCarrier();
      const before = await caseOf(exchange, number);
      const decision = await decide(number, { ...ruling, ...(ruling.reason ? {} : { category: 'stock' }) });
      const { body } = await undo(decision).expect(201);
      expect(body).toEqual({ undone: 1 });
      const { decisions, evidence, ...after } = await detailOf(number);
      expect(after).toMatchObject({ ...before, revision: before.revision + 2 });
      expect(evidence).toMatchObject([{ status: 'pending' }]);
      expect(decisions).toMatchObject([
        { id: decision.id, undoes: null },
        { verdict: 'undo', effect: 'undone', undoes: decision.id, decidedBy: ann.id, reason: null },
      ]);
      expect(await outcomesOf(carrier)).toEqual([
        ruling.verdict === 'verify' ? 'verified' : 'rejected',
        'undone',
      ]);
      const version = await publish(exchange);
      await ann.get(entryPath(number)).expect(404);
      expect(version.added).toBe(0);
    },
  );

  test('is followed by another one, which the carrier learns of too', async () => {
    const carrier = await ofCarrier();
    await undo(await reject(number)).expect(201);
    await verify(number);
    expect(await outcomesOf(carrier)).toEqual(['rejected', 'undone', 'verified']);
    await publish(exchange);
    expect((await ann.get(entryPath(number)).expect(200)).body.status).toBe('listed');
  });

  test('is undone once', async () => {
    await ofCarrier();
    const decision = await verify(number);
    const answers = await Promise.all([undo(decision), undo(decision)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      expect.toSatisfy((s) => s === 404 || s === 409),
    ]);
    expect((await detailOf(number)).decisions).toHaveLength(2);
  });

  test('gives the lease back', async () => {
    await ofCarrier({ reports: 900_000 });
    await ann.post('/v1/cases/claims', { limit: 1 }).expect(201);
    const { claim } = await caseOf(exchange, number);
    expect(claim?.by).toBe(ann.id);
    await undo(await reject(number)).expect(201);
    expect((await caseOf(exchange, number)).claim).toEqual(claim);
    await reject(number);
  });

  test('leaves a question to the carrier open as it was', async () => {
    const carrier = await ofCarrier();
    await decide(number, { verdict: 'request_info', note: 'When?' });
    await undo(await reject(number)).expect(201);
    const { flags, evidence } = await detailOf(number);
    expect(flags).toEqual(['information_requested']);
    expect(evidence).toMatchObject([{ status: 'info_requested' }]);
    expect(await outcomesOf(carrier)).toEqual(['info_requested', 'rejected', 'undone']);
  });

  test('takes evidence along that came after it and rested on it', async () => {
    const carrier = await ofCarrier();
    const decision = await verify(number);
    expect((await submit(exchange, [number], carrier)).alreadyListed).toBe(1);
    await undo(decision).expect(201);
    expect(await detailOf(number)).toMatchObject({
      status: 'open',
      reports: 120,
      evidence: [{ status: 'pending' }, { status: 'pending' }],
    });
  });

  test('is in no figure', async () => {
    await ofCarrier();
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Seoul' }).format(exchange.now());
    const figures = async () =>
      (await ann.get(`/v1/statistics?from=${today}&to=${today}`).expect(200)).body.totals;
    const before = await figures();
    await undo(await reject(number)).expect(201);
    expect((await figures()).rejected).toBe(before.rejected);
  });

  test('leaves an event for each case', async () => {
    await ofCarrier();
    const decision = await reject(number);
    await undo(decision).expect(201);
    const { id } = await caseOf(exchange, number);
    const events = await exchange.db
      .selectFrom('audit_event')
      .select(['operation', 'actor_id', 'changes'])
      .where('target', '=', `cases/${id}`)
      .where('operation', '=', 'undoDecision')
      .execute();
    expect(events).toMatchObject([{ actor_id: ann.id }]);
    expect(events[0]?.changes).toContainEqual({ field: 'status', before: 'rejected', after: 'open' });
    expect(events[0]?.changes).toContainEqual({ field: 'undoes', before: null, after: decision.id });
  });
});

describe('many decisions at once', () => {
  test('are undone together by any of them', async () => {
    const numbers = mobileNumbers(5, 881);
    await submit(exchange, numbers, 'carrier of many');
    const cases = await Promise.all(numbers.map((one) => caseOf(exchange, one)));
    const refs = cases.map(({ id, revision }) => ({ id, revision }));
    const { body } = await ann.post('/v1/decisions', { cases: refs, verdict: 'verify' }).expect(201);
    expect((await ann.get(`/v1/decisions/${body.decisionId}/undo`).expect(200)).body).toMatchObject({
      decisions: 5,
      listed: 0,
    });
    const [, second] = numbers;
    const one = (await detailOf(second ?? '')).decisions[0];
    expect((await undo(one).expect(201)).body).toEqual({ undone: 5 });
    for (const value of numbers) expect(await caseOf(exchange, value)).toMatchObject({ status: 'open' });
    expect(await outcomesOf('carrier of many')).toEqual([
      ...numbers.map(() => 'verified'),
      ...numbers.map(() => 'undone'),
    ]);
  });

  test('stay all where one of them changed since', async () => {
    const [one = '', two = ''] = mobileNumbers(2, 882);
    await submit(exchange, [one, two]);
    const cases = [await caseOf(exchange, one), await caseOf(exchange, two)];
    const refs = cases.map(({ id, revision }) => ({ id, revision }));
    const ruling = { verdict: 'reject', reason: 'not_spam' };
    const { body } = await ann.post('/v1/decisions', { cases: refs, ...ruling }).expect(201);
    await submit(exchange, [two], 'carrier two'); // opens it again
    expect((await undo({ id: body.decisionId }).expect(409)).body.code).toBe('stale_revision');
    expect(await caseOf(exchange, one)).toMatchObject({ status: 'rejected' });
  });
});

describe('refused is an undo', () => {
  test('of what is published, which can be released at once', async () => {
    await ofCarrier();
    const decision = await verify(number);
    const version = await publish(exchange);
    const { body } = await undo(decision).expect(409);
    expect(body).toMatchObject({ code: 'published_already', detail: expect.stringContaining('1 of 1') });
    expect((await ann.get(`/v1/decisions/${decision.id}/undo`).expect(200)).body).toMatchObject({
      decisions: 1,
      listed: 1,
      impact: { messages: 0, relays: 0 },
    });
    const released = await ann.post(`/v1/decisions/${decision.id}/release`).expect(201);
    expect(released.body).toEqual({ released: 1 });
    await vi.waitFor(async () => {
      const entry = (await ann.get(entryPath(number)).expect(200)).body;
      expect(entry).toMatchObject({ status: 'released', removedIn: version.version + 1 });
    });
    const again = await ann.post(`/v1/decisions/${decision.id}/release`).expect(409);
    expect(again.body.code).toBe('not_listed');
  });

  test('that waited for the publication that took it', async () => {
    await ofCarrier();
    const decision = await verify(number);
    // A publication under way holds the list's row; it takes the order, and commits.
    let commit = () => {};
    let held = () => {};
    const isHeld = new Promise<void>((resolve) => {
      held = resolve;
    });
    const publishing = exchange.db.transaction().execute(async (trx) => {
      await sql`select from list where id = 'sender-numbers' for update`.execute(trx);
      await sql`delete from listing_order where decision_id = ${decision.id}::bigint`.execute(trx);
      held();
      await new Promise<void>((resolve) => {
        commit = resolve;
      });
    });
    await isHeld;
    const undoing = undo(decision).then((response) => response);
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
        exchange.db,
      );
      expect(rows).toHaveLength(1);
    });
    commit();
    await publishing;
    expect((await undoing).body.code).toBe('published_already');
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'verified' });
  });

  test('by anybody else, and of what is no decision', async () => {
    await ofCarrier();
    const decision = await verify(number);
    await undo(decision, bob).expect(404);
    await bob.get(`/v1/decisions/${decision.id}/undo`).expect(404);
    await bob.post(`/v1/decisions/${decision.id}/release`).expect(404);
    await undo({ id: '99999999' }).expect(404);
    await undo({ id: 'none' }).expect(404);
    await undo(decision).expect(201);
  });

  test('of a question to the carriers, which they have read', async () => {
    await ofCarrier();
    await undo(await decide(number, { verdict: 'request_info', note: 'When?' })).expect(404);
  });

  test('of a case that was protected since', async () => {
    await ofCarrier();
    const decision = await verify(number);
    await ann.put(`/v1/protected/sender-numbers/${number}`, { kind: 'bank' }).expect(200);
    expect((await undo(decision).expect(409)).body.code).toBe('stale_revision');
  });

  test('a minute after it, and after an hour nothing is known of it', async () => {
    await ofCarrier();
    const decision = await reject(number);
    const { body } = await ann.get(`/v1/decisions/${decision.id}/undo`).expect(200);
    const until = new Date(body.until).getTime();
    exchange.setTime(new Date(until + 1));
    expect((await undo(decision).expect(409)).body.code).toBe('undo_too_late');
    exchange.setTime(new Date(until + 3_600_000));
    await undo(decision).expect(404);
    exchange.setTime(new Date());
  });
});

describe('a protected value', () => {
  beforeEach(async () => {
    await ann.put(`/v1/protected/sender-numbers/${number}`, { kind: 'bank' }).expect(200);
  });

  test('is open again without its first verification, which then counts for nothing', async () => {
    const carrier = await ofCarrier();
    const first = await verify(number);
    expect(first.effect).toBe('awaiting_second');
    await undo(first).expect(201);
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'open' });
    expect(await outcomesOf(carrier)).toEqual([]);
    // What a system proposes now is confirmed by two people, not by one and what was taken back.
    await decideNumber(exchange, number, { verdict: 'verify' }, await exchange.party('agency'));
    expect((await verify(number, bob)).effect).toBe('awaiting_second');
    expect((await verify(number, ann)).effect).toBe('verified');
  });

  test('waits for a second person again without the second verification', async () => {
    const carrier = await ofCarrier();
    await verify(number);
    const second = await verify(number, bob);
    await undo(second, ann).expect(404);
    await undo(second, bob).expect(201);
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'awaiting_second' });
    expect((await decideNumber(exchange, number, { verdict: 'verify' }, ann)).body.code).toBe(
      'second_reviewer_required',
    );
    expect((await verify(number, bob)).effect).toBe('verified');
    expect(await outcomesOf(carrier)).toEqual(['verified', 'undone', 'verified']);
  });

  test('that had been listed keeps its candidates verified, where its rejection is undone', async () => {
    await ann.delete(`/v1/protected/sender-numbers/${number}`).expect(204);
    const carrier = await ofCarrier();
    await verify(number);
    await publish(exchange);
    await ann.put(`/v1/protected/sender-numbers/${number}`, { kind: 'bank' }).expect(200);
    const confirmed = await verify(number, bob);
    await undo(confirmed, bob).expect(201);
    await undo(await reject(number, bob), bob).expect(201);
    const { status, evidence } = await detailOf(number);
    expect([status, evidence[0].status]).toEqual(['awaiting_second', 'verified']);
    await reject(number, bob);
    expect((await detailOf(number)).evidence[0].status).toBe('rejected');
    expect(await outcomesOf(carrier)).toEqual(['verified', 'rejected', 'undone', 'rejected']);
  });
});

describe('the case of a code that a verification struck', () => {
  const candidate = (value: string, originatorCode: string, more: object = {}) => ({
    type: 'sender_number',
    value,
    category: 'gambling',
    reports: 70,
    originatorCode,
    ...more,
  });

  test('leaves the queue where the strike had opened it, and opens with the next', async () => {
    await handIn(exchange, [candidate(number, '500000001')]);
    await undo(await verify(number)).expect(201);
    expect(await codeCase('500000001')).toMatchObject({ status: 'withdrawn', reports: 0, carriers: 0 });
    await verify(number);
    expect(await codeCase('500000001')).toMatchObject({
      status: 'open',
      reports: 70,
      carriers: 1,
      flags: [],
    });
  });

  test('is what it was where the strike had strengthened it', async () => {
    const code = { type: 'originator_code', value: '500000002', category: 'stock', reports: 3, score: 0.2 };
    await handIn(exchange, [candidate(number, '500000002', { score: 0.9 }), code], 'carrier two');
    const before = await codeCase('500000002');
    const decision = await verify(number);
    expect(await codeCase('500000002')).toMatchObject({ category: 'gambling', reports: 73 });
    await undo(decision).expect(201);
    expect(await codeCase('500000002')).toEqual({ ...before, revision: before.revision + 2 });
  });

  test('is rejected again where the strike had reopened it', async () => {
    const code = { type: 'originator_code', value: '500000003', category: 'stock', reports: 3 };
    await handIn(exchange, [candidate(number, '500000003'), code]);
    const { id, revision } = await codeCase('500000003');
    await ann
      .post(`/v1/cases/${id}/decisions`, { verdict: 'reject', reason: 'not_spam', revision })
      .expect(201);
    const decision = await verify(number);
    expect(await codeCase('500000003')).toMatchObject({ status: 'open', flags: ['reopened'] });
    await undo(decision).expect(201);
    expect(await codeCase('500000003')).toMatchObject({ status: 'rejected', flags: [], reports: 3 });
  });

  test('stands in the way once it was decided on', async () => {
    await handIn(exchange, [candidate(number, '500000004')]);
    const decision = await verify(number);
    const { id, revision } = await codeCase('500000004');
    await ann.post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision }).expect(201);
    expect((await undo(decision).expect(409)).body.code).toBe('stale_revision');
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'verified' });
  });
});

test('what was published is said before all else', () => {
  const done = { decidedAt: new Date(0), verified: 2, waiting: 1, changed: 1 };
  expect(refuseUndo(done, new Date(999_999))?.code).toBe('published_already');
  expect(refuseUndo({ ...done, waiting: 2 }, new Date(999_999))?.code).toBe('stale_revision');
  expect(refuseUndo({ ...done, waiting: 2, changed: 0 }, new Date(60_001))?.code).toBe('undo_too_late');
  expect(refuseUndo({ ...done, waiting: 2, changed: 0 }, new Date(60_000))).toBeUndefined();
});
