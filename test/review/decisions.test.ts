import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import type { Person } from '../setup/person.ts';
import { allCases, mobileNumbers, publish, submit } from '../setup/walk.ts';
import {
  canonical,
  caseOf,
  decideNumber,
  entryPath,
  firstReviewer,
  handIn,
  secondReviewer,
} from './desk-steps.ts';

let exchange: TestExchange;
let agency: Person;
let other: Person;
beforeAll(async () => {
  exchange = await startExchange();
  agency = await firstReviewer(exchange);
  other = await secondReviewer(exchange);
});
afterAll(() => exchange.stop());

const protectedPath = (value: string, list = 'sender-numbers') =>
  `/v1/protected/${list}/${encodeURIComponent(value)}`;

async function decisionsOf(number: string) {
  const { id } = await caseOf(exchange, number);
  return (await agency.get(`/v1/cases/${id}`).expect(200)).body.decisions;
}

describe('a decision on a case', () => {
  test('names its reviewer, organisation, verdict and last day, and raises the revision', async () => {
    const [number = ''] = mobileNumbers(1, 301);
    await submit(exchange, [number]);
    const before = await caseOf(exchange, number);
    const { status, body } = await decideNumber(exchange, number, {
      verdict: 'verify',
      note: 'by telephone',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      caseId: before.id,
      verdict: 'verify',
      effect: 'verified',
      category: 'gambling',
      until: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      reason: null,
      note: 'by telephone',
      organization: 'agency one',
      decidedBy: agency.id,
    });
    expect(await caseOf(exchange, number)).toMatchObject({
      status: 'verified',
      revision: before.revision + 1,
    });
    expect(await decisionsOf(number)).toEqual([body]);
  });

  test('on what changed since it was read is refused as stale, and decides nothing', async () => {
    const [number = ''] = mobileNumbers(1, 302);
    await submit(exchange, [number]);
    const read = await caseOf(exchange, number);
    await submit(exchange, [number], 'carrier two');
    const response = await agency.post(`/v1/cases/${read.id}/decisions`, {
      verdict: 'verify',
      revision: read.revision,
    });
    expect(response.status).toBe(409);
    expect(response.body).toMatchObject({ code: 'stale_revision', errors: [{ pointer: '/cases/0' }] });
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'open' });
    expect(await decisionsOf(number)).toEqual([]);
  });

  test('on a decided case is refused', async () => {
    const [number = ''] = mobileNumbers(1, 303);
    await submit(exchange, [number]);
    await decideNumber(exchange, number, { verdict: 'reject', reason: 'not_spam' });
    const response = await decideNumber(exchange, number, { verdict: 'verify' });
    expect([response.status, response.body.code]).toEqual([409, 'already_decided']);
  });

  test('on a case that is none is not found', async () => {
    for (const id of ['999999', 'x'])
      await agency.post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision: 1 }).expect(404);
  });

  test('to reject gives a reason, and only that', async () => {
    const [number = ''] = mobileNumbers(1, 304);
    await submit(exchange, [number]);
    const fault = async (ruling: object) => {
      const { status, body } = await decideNumber(exchange, number, ruling);
      return [status, body.errors?.[0]?.pointer, body.errors?.[0]?.code];
    };
    expect(await fault({ verdict: 'reject' })).toEqual([400, '/reason', 'required']);
    expect(await fault({ verdict: 'reject', reason: 'because' })).toEqual([400, '/reason', 'enum']);
    expect(await fault({ verdict: 'verify', reason: 'not_spam' })).toEqual([400, '/reason', 'unknown']);
    expect(await fault({ verdict: 'reject', reason: 'not_spam', category: 'job' })).toEqual([
      400,
      '/category',
      'unknown',
    ]);
    expect(await fault({ verdict: 'request_info', until: 'permanent' })).toEqual([400, '/until', 'unknown']);
    expect(await fault({ verdict: 'reject', reason: 'not_spam', until: 'permanent' })).toEqual([
      400,
      '/until',
      'unknown',
    ]);
    expect(await decisionsOf(number)).toEqual([]);
  });

  test('has a last day that exists and is not over, by the day in Seoul', async () => {
    const numbers = mobileNumbers(3, 305);
    const [number = '', lastMinute = '', forGood = ''] = numbers;
    await submit(exchange, numbers);
    const start = exchange.now();
    exchange.setTime(new Date('2027-06-30T15:30:00Z')); // 1 July in Seoul
    const decide = async (of: string, until: string) => {
      const { status, body } = await decideNumber(exchange, of, { verdict: 'verify', until });
      return [status, body.errors?.[0]?.code ?? body.until];
    };
    expect(await decide(number, '2027-06-30')).toEqual([400, 'minimum']);
    expect(await decide(number, '2027-02-29')).toEqual([400, 'format']);
    expect(await decide(number, '2027-13-01')).toEqual([400, 'format']);
    expect(await decide(number, '2027-7-1')).toEqual([400, 'pattern']);
    expect(await decide(number, 'forever')).toEqual([400, 'pattern']);
    expect(await decide(number, '2028-02-29')).toEqual([201, '2028-02-29']);
    expect(await decide(lastMinute, '2027-07-01')).toEqual([201, '2027-07-01']);
    expect(await decide(forGood, 'permanent')).toEqual([201, 'permanent']);
    exchange.setTime(start);
  });

  test('that asks for more is seen by the carrier, and its new evidence brings the case back', async () => {
    const [number = ''] = mobileNumbers(1, 306);
    const submission = await submit(exchange, [number]);
    const carrier = await exchange.party('carrier', 'carrier one');
    const asked = await decideNumber(exchange, number, {
      verdict: 'request_info',
      note: 'more samples, please',
    });
    expect(asked.body).toMatchObject({ effect: 'info_requested', category: null, until: null });
    const candidates = async () =>
      (await carrier.get(`/v1/submissions/${submission.id}/candidates`).expect(200)).body.items;
    expect(await candidates()).toMatchObject([{ status: 'info_requested' }]);
    expect((await carrier.get('/v1/outcomes?limit=1000').expect(200)).body.items.at(-1)).toMatchObject({
      value: canonical(number),
      outcome: 'info_requested',
    });
    expect(await caseOf(exchange, number)).toMatchObject({
      status: 'open',
      flags: ['information_requested'],
    });
    await submit(exchange, [number], 'carrier one', { sample: 'one more' });
    expect(await candidates()).toMatchObject([{ status: 'pending' }]);
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'open', flags: ['information_given'] });
    expect((await decideNumber(exchange, number, { verdict: 'verify' })).status).toBe(201);
    expect(await candidates()).toMatchObject([{ status: 'verified' }]);
  });

  test('is never changed and never taken back, not even in the database', async () => {
    const [number = ''] = mobileNumbers(1, 307);
    await submit(exchange, [number]);
    const { body } = await decideNumber(exchange, number, { verdict: 'verify' });
    const id = Number(body.id);
    const change = exchange.db.updateTable('decision').set({ note: 'x' }).where('id', '=', id).execute();
    await expect(change).rejects.toThrow('decision is append-only');
    await expect(exchange.db.deleteFrom('decision').where('id', '=', id).execute()).rejects.toThrow(
      'append-only',
    );
    await expect(exchange.db.updateTable('outcome').set({ candidate_id: 1 }).execute()).rejects.toThrow(
      'append-only',
    );
    await expect(exchange.db.deleteFrom('outcome').execute()).rejects.toThrow('append-only');
    expect(await decisionsOf(number)).toEqual([body]);
  });

  test('by a carrier, a relay, an auditor or the administrator is not taken', async () => {
    const [number = ''] = mobileNumbers(1, 308);
    await submit(exchange, [number]);
    const { id, revision } = await caseOf(exchange, number);
    const others = [exchange.admin];
    for (const role of ['carrier', 'relay', 'auditor'] as const) others.push(await exchange.party(role));
    for (const party of others)
      await party.post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision }).expect(403);
    const carrier = await exchange.party('carrier');
    const key = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
    const client = { organizationId: carrier.organizationId, name: 'desk', role: 'agency', publicKey: key };
    const { status } = await exchange.admin.post('/v1/clients', client);
    expect([400, 409]).toContain(status); // nobody is carrier and agency: who submits never decides
  });
});

describe('a decision on many cases', () => {
  const named = (cases: { id: string; revision: number }[]) =>
    cases.map(({ id, revision }) => ({ id, revision }));
  const casesOf = (numbers: string[]) => Promise.all(numbers.map((number) => caseOf(exchange, number)));

  test('decides all of them alike', async () => {
    const numbers = mobileNumbers(5, 311);
    await submit(exchange, numbers);
    const cases = named(await casesOf(numbers));
    const { body } = await agency
      .post('/v1/decisions', { cases, verdict: 'reject', reason: 'duplicate' })
      .expect(201);
    expect(body).toMatchObject({ decided: 5, awaitingSecond: 0 });
    for (const one of await casesOf(numbers)) expect(one.status).toBe('rejected');
  });

  test('decides none when one stands in the way, and names each that does', async () => {
    const numbers = mobileNumbers(4, 312);
    await submit(exchange, numbers);
    const cases = named(await casesOf(numbers));
    await decideNumber(exchange, numbers[1] ?? '', { verdict: 'reject', reason: 'not_spam' });
    await submit(exchange, [numbers[3] ?? ''], 'carrier two');
    const response = await agency.post('/v1/decisions', { cases, verdict: 'verify' });
    expect(response.status).toBe(409);
    expect(response.body.errors).toMatchObject([
      { pointer: '/cases/1', code: 'already_decided' },
      { pointer: '/cases/3', code: 'stale_revision' },
    ]);
    expect((await casesOf(numbers)).map(({ status }) => status)).toEqual([
      'open',
      'rejected',
      'open',
      'open',
    ]);
  });

  test('names each case once, and only such as exist', async () => {
    const numbers = mobileNumbers(2, 313);
    await submit(exchange, numbers);
    const cases = named(await casesOf(numbers));
    const twice = await agency.post('/v1/decisions', { cases: [...cases, cases[0]], verdict: 'verify' });
    expect(twice.status).toBe(400);
    expect(twice.body.errors).toMatchObject([{ pointer: '/cases/2', code: 'duplicate' }]);
    await agency
      .post('/v1/decisions', { cases: [...cases, { id: '999999', revision: 1 }], verdict: 'verify' })
      .expect(404);
    await agency.post('/v1/decisions', { cases: [], verdict: 'verify' }).expect(400);
    for (const one of await casesOf(numbers)) expect(one.status).toBe('open');
  });

  test('says how many wait for a second person', async () => {
    const [number = ''] = mobileNumbers(1, 314);
    await handIn(exchange, [
      { type: 'sender_number', value: number, category: 'game', reports: 1 },
      { type: 'sender_number', value: '119', category: 'game', reports: 1 },
    ]);
    const { body } = await agency
      .post('/v1/decisions', { cases: named(await casesOf([number, '119'])), verdict: 'verify' })
      .expect(201);
    expect(body).toMatchObject({ decided: 2, awaitingSecond: 1 });
  });

  test('on the same cases by many at once is won by exactly one, case by case', async () => {
    const numbers = mobileNumbers(40, 315);
    await submit(exchange, numbers);
    const cases = named(await casesOf(numbers));
    const attempts = await Promise.all(
      Array.from({ length: 16 }, (_, i) => {
        // Each in another order, half of them only a part: nobody may wait for the other in a circle.
        const turned = [...cases.slice(i), ...cases.slice(0, i)];
        const part = i % 2 ? turned.toReversed() : turned.slice(0, 20);
        return (i % 3 ? agency : other).post('/v1/decisions', {
          cases: part,
          verdict: 'verify',
          note: `${i}`,
        });
      }),
    );
    const won = attempts.filter(({ status }) => status === 201);
    for (const { status, body } of attempts.filter((one) => one.status !== 201)) {
      expect(status).toBe(409);
      expect(['stale_revision', 'already_decided']).toContain(body.code);
    }
    const decided = won.reduce((sum, { body }) => sum + body.decided, 0);
    const after = await casesOf(numbers);
    expect(after.filter(({ status }) => status === 'verified')).toHaveLength(decided);
    const rows = await exchange.db
      .selectFrom('decision')
      .select('case_id')
      .where(
        'case_id',
        'in',
        cases.map(({ id }) => Number(id)),
      )
      .execute();
    expect(new Set(rows.map(({ case_id }) => case_id)).size).toBe(rows.length);
    expect(rows).toHaveLength(decided);
    expect(won.length).toBeGreaterThan(0);
  });

  test('decides 10,000 at once', async () => {
    const numbers = mobileNumbers(10_000, 316);
    const candidates = numbers.map((value) => ({
      type: 'sender_number',
      value,
      category: 'nightlife',
      reports: 3,
    }));
    expect((await handIn(exchange, candidates)).accepted).toBe(10_000);
    const ids = new Set(numbers.map(canonical));
    const cases = named((await allCases(exchange)).filter(({ value }) => ids.has(value)));
    expect(cases).toHaveLength(10_000);
    const begun = performance.now();
    const { body } = await agency.post('/v1/decisions', { cases, verdict: 'verify' }).expect(201);
    const seconds = (performance.now() - begun) / 1000;
    expect(body).toMatchObject({ decided: 10_000, awaitingSecond: 0 });
    console.info(`10,000 cases decided at once in ${seconds.toFixed(2)} s`);
    expect(seconds).toBeLessThan(20);
    const tooMany = [...cases, { id: '999999', revision: 1 }];
    await agency.post('/v1/decisions', { cases: tooMany, verdict: 'verify' }).expect(400);
  });
});

describe('a protected value', () => {
  test('such as 112 needs two different people, and neither can be both', async () => {
    await handIn(exchange, [{ type: 'sender_number', value: '112', category: 'impersonation', reports: 5 }]);
    expect((await caseOf(exchange, '112')).flags).toEqual(['protected']);
    const first = await decideNumber(exchange, '112', { verdict: 'verify' });
    expect(first.body).toMatchObject({ effect: 'awaiting_second' });
    expect(await caseOf(exchange, '112')).toMatchObject({ status: 'awaiting_second' });
    const again = await decideNumber(exchange, '112', { verdict: 'verify' });
    expect([again.status, again.body.code]).toEqual([409, 'second_reviewer_required']);
    await publish(exchange);
    await agency.get(entryPath('112')).expect(404);
    const second = await decideNumber(exchange, '112', { verdict: 'verify' }, other);
    expect(second.body).toMatchObject({ effect: 'verified', decidedBy: other.id });
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
    const { body } = await agency.get(entryPath('112')).expect(200);
    expect(body).toMatchObject({ status: 'listed', decisionId: second.body.id });
    expect(body.decisions.map(({ decidedBy }: { decidedBy: string }) => decidedBy)).toEqual([
      agency.id,
      other.id,
    ]);
  });

  test('waits: the carrier hears nothing before the second person has decided', async () => {
    await handIn(
      exchange,
      [{ type: 'sender_number', value: '118', category: 'other', reports: 5 }],
      'carrier of 118',
    );
    const carrier = await exchange.party('carrier', 'carrier of 118');
    const outcomes = async () => (await carrier.get('/v1/outcomes').expect(200)).body.items;
    await decideNumber(exchange, '118', { verdict: 'verify' });
    expect(await outcomes()).toEqual([]);
    await decideNumber(exchange, '118', { verdict: 'reject', reason: 'protected' }, other);
    expect(await outcomes()).toMatchObject([{ outcome: 'rejected', reason: 'protected' }]);
  });

  test('can be asked for, registered, changed and lifted; special numbers stay as they are', async () => {
    const [number = ''] = mobileNumbers(1, 321);
    const path = protectedPath(number);
    await agency.get(path).expect(404);
    const put = await agency.put(path, { kind: 'bank', note: 'main line' }).expect(200);
    expect(put.body).toMatchObject({
      list: 'sender-numbers',
      value: canonical(number),
      kind: 'bank',
      note: 'main line',
      protectedBy: agency.id,
    });
    expect((await agency.get(path).expect(200)).body).toEqual(put.body);
    expect((await other.put(path, { kind: 'government' }).expect(200)).body).toMatchObject({
      kind: 'government',
      note: null,
      protectedBy: other.id,
    });
    await agency.delete(path).expect(204);
    await agency.delete(path).expect(404);
    await agency.get(path).expect(404);
    expect((await agency.get(protectedPath('112')).expect(200)).body).toMatchObject({
      kind: 'special',
      protectedBy: null,
    });
    expect((await agency.delete(protectedPath('112')).expect(409)).body.code).toBe('always_protected');
    await agency.put(path, { kind: 'special' }).expect(400);
  });

  test('is flagged on its case for as long as it is protected', async () => {
    const [number = ''] = mobileNumbers(1, 322);
    await submit(exchange, [number]);
    const { revision } = await caseOf(exchange, number);
    await agency.put(protectedPath(number), { kind: 'opt_out' }).expect(200);
    expect(await caseOf(exchange, number)).toMatchObject({ flags: ['protected'], revision: revision + 1 });
    await agency.delete(protectedPath(number)).expect(204);
    expect(await caseOf(exchange, number)).toMatchObject({ flags: [], status: 'open' });
    expect((await decideNumber(exchange, number, { verdict: 'verify' })).body.effect).toBe('verified');
  });

  test('that is listed leaves with the next version, until a second person lists it again', async () => {
    const [number = ''] = mobileNumbers(1, 323);
    await submit(exchange, [number]);
    const first = await decideNumber(exchange, number, { verdict: 'verify' });
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
    await agency.put(protectedPath(number), { kind: 'bank' }).expect(200);
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'awaiting_second', flags: ['protected'] });
    const without = await publish(exchange);
    expect(without).toMatchObject({ added: 0, removed: 1 });
    expect((await agency.get(entryPath(number)).expect(200)).body).toMatchObject({
      status: 'released',
      removalReason: 'protected',
      removedIn: without.version,
    });
    const same = await decideNumber(exchange, number, { verdict: 'verify' });
    expect(same.body.code).toBe('second_reviewer_required');
    const second = await decideNumber(exchange, number, { verdict: 'verify' }, other);
    expect(second.body.effect).toBe('verified');
    expect(await publish(exchange)).toMatchObject({ added: 1, removed: 0 });
    const { body } = await agency.get(entryPath(number)).expect(200);
    expect(body).toMatchObject({ status: 'listed', decisionId: second.body.id });
    expect(body.history.map(({ decisionId }: { decisionId: string }) => decisionId)).toEqual([
      second.body.id,
      first.body.id,
    ]);
  });

  test('wins over a decision made before it and not yet published', async () => {
    const [number = ''] = mobileNumbers(1, 324);
    await submit(exchange, [number]);
    await decideNumber(exchange, number, { verdict: 'verify' });
    await agency.put(protectedPath(number), { kind: 'government' }).expect(200);
    await publish(exchange);
    await agency.get(entryPath(number)).expect(404);
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'awaiting_second' });
    await decideNumber(exchange, number, { verdict: 'verify' }, other);
    expect(await publish(exchange)).toMatchObject({ added: 1 });
  });

  test('that two people listed stays listed when it is protected once more', async () => {
    const [number = ''] = mobileNumbers(1, 325);
    await submit(exchange, [number]);
    await agency.put(protectedPath(number), { kind: 'bank' }).expect(200);
    await decideNumber(exchange, number, { verdict: 'verify' });
    await decideNumber(exchange, number, { verdict: 'verify' }, other);
    await publish(exchange);
    await agency.put(protectedPath(number), { kind: 'government' }).expect(200);
    const before = await publish(exchange);
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'verified' });
    expect((await agency.get(entryPath(number)).expect(200)).body).toMatchObject({ status: 'listed' });
    expect(before.removed).toBe(0);
  });

  test('and a decision at the same moment never leave it listed by one person', async () => {
    const numbers = mobileNumbers(12, 326);
    await submit(exchange, numbers);
    await Promise.all(
      numbers.flatMap((number) => [
        decideNumber(exchange, number, { verdict: 'verify' }),
        agency.put(protectedPath(number), { kind: 'bank' }).expect(200).then(),
      ]),
    );
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
    for (const number of numbers) {
      const { status, body } = await agency.get(entryPath(number));
      expect([404, 'released']).toContain(status === 404 ? 404 : body.status);
      expect(await caseOf(exchange, number)).not.toMatchObject({ status: 'verified' });
    }
  });
});
