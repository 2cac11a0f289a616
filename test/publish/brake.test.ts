import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { expectOneHistory, LIST, stateOf, versionsOf } from './published.ts';

let exchange: TestExchange;
afterEach(() => exchange.stop());

const BRAKE = { CHADAN_BRAKE_MINIMUM: '5', CHADAN_BRAKE_SHARE: '0.2' };

describe('a mass change', () => {
  beforeEach(async () => {
    exchange = await startExchange(BRAKE);
  });

  test('is held, shown as held, and passes once it is confirmed', async () => {
    const agency = await exchange.party('agency');
    await submitAndVerify(exchange, mobileNumbers(6, 1));
    const before = await stateOf(exchange);
    expect(before.pending).toEqual({ added: 6, removed: 0, held: true });
    for (const body of [{}, { confirmMassChange: false }, { note: 'please' }]) {
      const { body: problem } = await agency.post(`${LIST}/versions`, body).expect(409);
      expect(problem).toMatchObject({ code: 'mass_change_held' });
      expect(problem.detail).toContain('add 6');
    }
    expect(await stateOf(exchange)).toEqual(before);
    expect(await versionsOf(exchange)).toHaveLength(1);
    const confirmed = await publish(exchange, 'sender-numbers', {
      confirmMassChange: true,
      note: 'first filling',
    });
    expect(confirmed).toMatchObject({ version: 1, added: 6, note: 'first filling' });
    expect((await stateOf(exchange)).pending).toEqual({ added: 0, removed: 0, held: false });
    await expectOneHistory(exchange);
  });

  test('that is held grows with what is decided meanwhile, and nothing of it is lost', async () => {
    const agency = await exchange.party('agency');
    await submitAndVerify(exchange, mobileNumbers(6, 2));
    await agency.post(`${LIST}/versions`).expect(409);
    await submitAndVerify(exchange, mobileNumbers(3, 3));
    expect((await stateOf(exchange)).pending).toEqual({ added: 9, removed: 0, held: true });
    await agency.post(`${LIST}/versions`).expect(409);
    expect(await publish(exchange, 'sender-numbers', { confirmMassChange: true })).toMatchObject({
      added: 9,
    });
  });

  test('of one list does not hold the other', async () => {
    const agency = await exchange.party('agency');
    const carrier = await exchange.party('carrier');
    await submitAndVerify(exchange, mobileNumbers(6, 4));
    const code = { type: 'originator_code', value: '123456780', category: 'gambling', reports: 1 };
    await carrier.post('/v1/submissions', { candidates: [code] }).expect(201);
    const { body } = await agency.get('/v1/cases?list=originator-codes').expect(200);
    const [{ id, revision }] = body.items;
    await agency.post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision }).expect(201);
    await agency.post(`${LIST}/versions`).expect(409);
    await agency.post('/v1/lists/originator-codes/versions').expect(201);
    const { body: entry } = await agency.get('/v1/lists/originator-codes/entries/123456780').expect(200);
    expect(entry).toMatchObject({ until: 'permanent', status: 'listed' }); // one strike
  });

  test('in removals is held too: a faulty mass release does not empty the list', async () => {
    const agency = await exchange.party('agency');
    await submitAndVerify(exchange, mobileNumbers(20, 5));
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
    const start = exchange.now();
    exchange.setTime(new Date(start.getTime() + 200 * 86_400_000)); // every number is over
    expect((await stateOf(exchange)).pending).toEqual({ added: 0, removed: 20, held: true });
    await agency.post(`${LIST}/versions`).expect(409);
    expect(await stateOf(exchange)).toMatchObject({ version: 1, count: 20 });
    expect(await publish(exchange, 'sender-numbers', { confirmMassChange: true })).toMatchObject({
      removed: 20,
      count: 0,
    });
    await expectOneHistory(exchange);
  });
});

describe('publication by itself', () => {
  beforeEach(async () => {
    exchange = await startExchange({ ...BRAKE, CHADAN_PUBLISH_INTERVAL: '0.1' });
  });

  test('needs nobody to ask for it, and stops at the brake', async () => {
    await submitAndVerify(exchange, mobileNumbers(2, 6));
    await vi.waitFor(async () => expect(await stateOf(exchange)).toMatchObject({ version: 1, count: 2 }), {
      timeout: 10_000,
      interval: 50,
    });
    await submitAndVerify(exchange, mobileNumbers(6, 7));
    // Rounds go on: codes are published after numbers in each, so three versions of codes are three rounds.
    const agency = await exchange.party('agency');
    const carrier = await exchange.party('carrier');
    for (const value of ['100000001', '100000002', '100000003']) {
      const code = { type: 'originator_code', value, category: 'job', reports: 1 };
      await carrier.post('/v1/submissions', { candidates: [code] }).expect(201);
      const { body } = await agency.get(`/v1/cases?list=originator-codes&q=${value}`).expect(200);
      const [{ id, revision }] = body.items;
      await agency.post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision }).expect(201);
      await vi.waitFor(
        async () =>
          expect((await agency.get(`/v1/lists/originator-codes/entries/${value}`)).status).toBe(200),
        { timeout: 10_000, interval: 50 },
      );
    }
    expect(await stateOf(exchange)).toMatchObject({ version: 1, pending: { added: 6, held: true } });
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
    expect(await stateOf(exchange)).toMatchObject({ version: 2, count: 8 });
  });

  test('drops an entry when its last day in Seoul is over', async () => {
    const agency = await exchange.party('agency');
    exchange.setTime(new Date('2026-11-24T03:00:00Z'));
    const [number = '', longer = ''] = mobileNumbers(2, 8);
    const carrier = await exchange.party('carrier');
    const candidates = [number, longer].map((value) => ({
      type: 'sender_number',
      value,
      category: 'job',
      reports: 1,
    }));
    await carrier.post('/v1/submissions', { candidates }).expect(201);
    const { body } = await agency.get('/v1/cases?sort=oldest').expect(200);
    const untils = ['2026-11-25', '2026-11-26'];
    for (const [i, { id, revision }] of body.items.entries())
      await agency
        .post(`/v1/cases/${id}/decisions`, { verdict: 'verify', revision, until: untils[i] })
        .expect(201);
    const counts = async (count: number) =>
      vi.waitFor(async () => expect((await stateOf(exchange)).count).toBe(count), {
        timeout: 10_000,
        interval: 50,
      });
    await counts(2);
    exchange.setTime(new Date('2026-11-25T14:59:50Z')); // 23:59:50 in Seoul
    expect((await stateOf(exchange)).pending.removed).toBe(0);
    exchange.setTime(new Date('2026-11-25T15:00:00Z'));
    await counts(1);
    const path = `/v1/lists/sender-numbers/entries/${number}`;
    expect((await agency.get(path).expect(200)).body).toMatchObject({
      status: 'expired',
      removalReason: 'expired',
    });
    exchange.setTime(new Date('2026-11-26T15:00:00Z'));
    await counts(0);
    await expectOneHistory(exchange);
  });
});
