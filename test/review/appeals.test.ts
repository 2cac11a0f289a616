// Objections to being listed: when they are due, which are late, and what an accepted one does.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addWorkingDays, isWorkingDay } from '../../src/review/working-days.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { entryPath, firstReviewer, secondReviewer } from './desk-steps.ts';

describe('days on which the agency works', () => {
  test.each([
    ['2026-11-24', true, 'a Tuesday'],
    ['2026-11-28', false, 'a Saturday'],
    ['2026-12-25', false, 'Christmas, a Friday'],
    ['2026-09-24', false, 'the eve of Chuseok'],
    ['2026-12-31', false, 'a day off of its own'],
  ])('%s: %s, %s', async (day, works) => {
    expect(await isWorkingDay(day, ['2026-12-31'])).toBe(works);
  });

  test.each([
    ['2026-11-24', 3, '2026-11-27'],
    ['2026-11-27', 3, '2026-12-02'],
    ['2026-12-24', 1, '2026-12-28'],
    ['2026-09-23', 3, '2026-09-30'],
  ])('from %s, %i of them end on %s', async (from, count, due) => {
    expect(await addWorkingDays(from, count, [])).toBe(due);
  });

  test('of a year whose holidays nobody has decreed yet are all but weekends', async () => {
    expect(await isWorkingDay('2040-01-02', [])).toBe(true);
    expect(await isWorkingDay('2040-01-07', [])).toBe(false);
  });
});

describe('an appeal', () => {
  let exchange: TestExchange;
  const numbers = mobileNumbers(4, 951);
  const place = (number: string) => ({
    list: 'sender-numbers',
    value: number,
    statement: 'a new subscriber',
  });

  beforeAll(async () => {
    exchange = await startExchange({ CHADAN_DAYS_OFF: '2026-12-31' });
    // A Wednesday before Christmas, 23:30 in Korea.
    exchange.setTime(new Date('2026-12-23T14:30:00Z'));
    await submitAndVerify(exchange, numbers);
    await publish(exchange);
  });
  afterAll(() => exchange.stop());

  const file = async (number: string) => {
    const carrier = await exchange.party('carrier');
    return (await carrier.post('/v1/appeals', place(number)).expect(201)).body;
  };

  test('filed before midnight is due in three working days from that day, past Christmas and a weekend', async () => {
    // 24 December, 28, 29: the 25th is a holiday.
    expect(await file(numbers[0] ?? '')).toMatchObject({ dueOn: '2026-12-29', late: false });
    exchange.setTime(new Date('2026-12-23T15:30:00Z'));
    // 28, 29, 30: it is the 24th in Korea.
    expect(await file(numbers[1] ?? '')).toMatchObject({ dueOn: '2026-12-30' });
    exchange.setTime(new Date('2026-12-28T15:30:00Z'));
    // 30 December, 4 and 5 January: the 31st is a day off of the agency, the 1st a holiday.
    expect(await file(numbers[2] ?? '')).toMatchObject({ dueOn: '2027-01-05' });
  });

  test('is late from the day after it was due, and stands first', async () => {
    const reviewer = await firstReviewer(exchange);
    const late = async () => {
      const { body } = await reviewer.get('/v1/appeals?status=filed').expect(200);
      const { lateAppeals, appeals } = (await reviewer.get('/v1/desk').expect(200)).body;
      return [lateAppeals, appeals, ...body.items.map((one: { late: boolean }) => one.late)];
    };
    exchange.setTime(new Date('2026-12-29T14:59:00Z'));
    expect(await late()).toEqual([0, 3, false, false, false]);
    exchange.setTime(new Date('2026-12-29T15:01:00Z'));
    expect(await late()).toEqual([1, 3, true, false, false]);
    const { body } = await reviewer.get('/v1/appeals?status=filed').expect(200);
    expect(body.items.map(({ dueOn }: { dueOn: string }) => dueOn)).toEqual([
      '2026-12-29',
      '2026-12-30',
      '2027-01-05',
    ]);
  });

  test('accepted as urgent takes the value off by a version of its own, at once', async () => {
    const [number = ''] = numbers;
    const reviewer = await firstReviewer(exchange);
    const { body } = await reviewer.get('/v1/appeals?status=filed&limit=1').expect(200);
    const before = (await reviewer.get('/v1/lists/sender-numbers').expect(200)).body.version;
    const decision = { outcome: 'accepted', note: 'confirmed by the carrier', urgent: true };
    const decided = await reviewer.post(`/v1/appeals/${body.items[0].id}/decisions`, decision).expect(201);
    expect(decided.body).toMatchObject({ status: 'accepted', late: false });
    // Nobody publishes here: the interval is 0.
    await vi.waitFor(
      async () => {
        const entry = (await reviewer.get(entryPath(number)).expect(200)).body;
        expect(entry).toMatchObject({ removedIn: before + 1, removalReason: 'appeal_accepted' });
        expect(entry.decisions.at(-1)).toMatchObject({ urgent: true, reason: 'appeal_accepted' });
      },
      { timeout: 20_000 },
    );
  });

  test('accepted without haste waits for the next version; denied, which says why, the value stays', async () => {
    const lead = await secondReviewer(exchange);
    const { body } = await lead.get('/v1/appeals?status=filed').expect(200);
    const [accepted, denied] = body.items;
    await lead.post(`/v1/appeals/${accepted.id}/decisions`, { outcome: 'accepted' }).expect(201);
    const silent = await lead.post(`/v1/appeals/${denied.id}/decisions`, { outcome: 'denied', note: ' ' });
    expect(silent.body.errors).toEqual([{ pointer: '/note', code: 'required', detail: 'a denial says why' }]);
    await lead
      .post(`/v1/appeals/${denied.id}/decisions`, { outcome: 'denied', note: 'still sends' })
      .expect(201);
    expect((await lead.get(entryPath(accepted.value)).expect(200)).body.status).toBe('listed');
    expect(await publish(exchange)).toMatchObject({ removed: 1 });
    expect((await lead.get(entryPath(accepted.value)).expect(200)).body.status).toBe('released');
    expect((await lead.get(entryPath(denied.value)).expect(200)).body.status).toBe('listed');
  });

  test('on what was released in the meantime is accepted, and releases nothing', async () => {
    const number = numbers[3] ?? '';
    const { id } = await file(number);
    const lead = await secondReviewer(exchange);
    await lead.post(entryPath(number, '/release'), { reason: 'number_terminated' }).expect(201);
    const { body } = await lead
      .post(`/v1/appeals/${id}/decisions`, { outcome: 'accepted', urgent: true })
      .expect(201);
    expect(body.status).toBe('accepted');
    const entry = (await lead.get(entryPath(number)).expect(200)).body;
    expect(entry.decisions.filter(({ verdict }: { verdict: string }) => verdict === 'release')).toHaveLength(
      1,
    );
  });
});
