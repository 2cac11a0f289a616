// Renewal: new reports in the last third of an entry's validity keep it listed, earlier ones do not churn the list.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonical, caseOf, decideNumber, entryPath, handIn, secondReviewer } from '../review/desk-steps.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit } from '../setup/walk.ts';

const DAY_MS = 86_400_000;
/** Noon in Seoul. */
const START = new Date('2026-03-02T03:00:00Z');

let exchange: TestExchange;
let agency: Party;
let seed = 1300;
beforeAll(async () => {
  exchange = await startExchange();
  agency = await exchange.party('agency');
});
afterAll(() => exchange.stop());

const setDay = (day: number) => exchange.setTime(new Date(START.getTime() + day * DAY_MS));
const dayText = (day: number) => new Date(START.getTime() + day * DAY_MS).toISOString().slice(0, 10);
const newNumber = () => mobileNumbers(1, seed++)[0] ?? '';

/** A number verified and published on day 0. */
async function listNumber(number = newNumber(), ruling: object = {}): Promise<string> {
  setDay(0);
  await submit(exchange, [number]);
  expect((await decideNumber(exchange, number, { verdict: 'verify', ...ruling })).status).toBe(201);
  await publish(exchange);
  return number;
}

interface EntryView {
  status: string;
  until: string;
  listedIn: number;
  removalReason: string | null;
  decisionId: string;
}

async function entryOf(
  number: string,
  list?: string,
): Promise<EntryView & { history: EntryView[]; decisions: object[] }> {
  return (await agency.get(entryPath(number, '', list)).expect(200)).body;
}

const ordersOf = (value: string) =>
  exchange.db.selectFrom('listing_order').selectAll().where('value', '=', value).execute();

test('new reports in the last third keep a mobile number listed for 90 days from then', async () => {
  const number = await listNumber();
  expect((await entryOf(number)).until).toBe(dayText(90));
  setDay(60);
  const { alreadyListed, id } = await submit(exchange, [number], 'carrier two');
  expect(alreadyListed).toBe(1);
  expect(await publish(exchange)).toMatchObject({ added: 1, removed: 1 });
  const { history, decisions, ...entry } = await entryOf(number);
  expect(entry).toMatchObject({ status: 'listed', until: dayText(150) });
  expect(history).toMatchObject([
    { status: 'listed', until: dayText(150) },
    { status: 'released', until: dayText(90), removalReason: 'changed' },
  ]);
  expect(new Set(history.map(({ decisionId }) => decisionId)).size).toBe(1);
  expect(decisions).toHaveLength(1);
  const detail = (await agency.get(`/v1/cases/${(await caseOf(exchange, number)).id}`).expect(200)).body;
  expect(detail).toMatchObject({ status: 'verified', carriers: 2, reports: 120 });
  expect(detail.evidence[0]).toMatchObject({ organization: 'carrier two', status: 'verified' });
  const carrier = await exchange.party('carrier', 'carrier two');
  expect((await carrier.get(`/v1/submissions/${id}`).expect(200)).body.outcomes.verified).toBe(1);
});

test('earlier reports change nothing: a list must not churn', async () => {
  const number = await listNumber();
  setDay(59);
  await submit(exchange, [number]);
  expect(await ordersOf(canonical(number))).toEqual([]);
  expect((await publish(exchange)).removed).toBe(0);
  expect((await entryOf(number)).until).toBe(dayText(90));
});

test('a number can be renewed again and again, each time in the last third', async () => {
  const number = await listNumber();
  const ends: string[] = [];
  for (const day of [75, 100, 140, 200]) {
    setDay(day);
    await submit(exchange, [number]);
    await publish(exchange);
    ends.push((await entryOf(number)).until);
  }
  expect(ends).toEqual([75, 75, 140, 200].map((day) => dayText(day + 90)));
});

test('other numbers are renewed in the last third of their year', async () => {
  const landline = '02-345-6789';
  setDay(0);
  await handIn(exchange, [{ type: 'sender_number', value: landline, category: 'stock', reports: 60 }]);
  await decideNumber(exchange, '023456789', { verdict: 'verify' });
  await publish(exchange);
  const report = async (day: number) => {
    setDay(day);
    await handIn(exchange, [{ type: 'sender_number', value: landline, category: 'stock', reports: 1 }]);
    await publish(exchange);
    return (await entryOf('023456789')).until;
  };
  expect(await report(243)).toBe(dayText(365));
  expect(await report(244)).toBe(dayText(244 + 365));
});

test('a code is renewed like any other value, and one that is listed for good stays so', async () => {
  const code = (value: string, category: string) => ({
    type: 'originator_code',
    value,
    category,
    reports: 5,
  });
  const rows = [code('456123789', 'job'), code('456123790', 'gambling')];
  setDay(0);
  await handIn(exchange, rows);
  const { body } = await agency.get('/v1/cases?list=originator-codes&status=open').expect(200);
  const cases = body.items.map(({ id, revision }: { id: string; revision: number }) => ({ id, revision }));
  await agency.post('/v1/decisions', { cases, verdict: 'verify' }).expect(201);
  await publish(exchange, 'originator-codes');
  setDay(300);
  await handIn(exchange, rows);
  expect(await publish(exchange, 'originator-codes')).toMatchObject({ added: 1, removed: 1 });
  expect((await entryOf('456123789', 'originator-codes')).until).toBe(dayText(665));
  expect((await entryOf('456123790', 'originator-codes')).until).toBe('permanent');
});

test('evidence that many carriers repeat orders one renewal', async () => {
  const number = await listNumber();
  setDay(70);
  await Promise.all(Array.from({ length: 6 }, (_, i) => submit(exchange, [number], `carrier ${i % 3}`)));
  expect(await ordersOf(canonical(number))).toMatchObject([
    { action: 'renew', until: dayText(160), category: 'gambling' },
  ]);
  expect(await publish(exchange)).toMatchObject({ added: 1, removed: 1 });
});

test('evidence from before the last third renews nothing, whenever it is handed in', async () => {
  const number = await listNumber();
  setDay(80);
  await submit(exchange, [number], 'carrier one', { lastSeen: `${dayText(59)}T03:00:00Z` });
  expect(await ordersOf(canonical(number))).toEqual([]);
  await submit(exchange, [number], 'carrier one', { lastSeen: `${dayText(60)}T03:00:00Z` });
  expect(await ordersOf(canonical(number))).toMatchObject([{ action: 'renew' }]);
});

test('an end that the reviewer set earlier than the rule is meant; a later one is renewed', async () => {
  const early = await listNumber(newNumber(), { until: dayText(40) });
  const late = await listNumber(newNumber(), { until: dayText(120) });
  setDay(35);
  await submit(exchange, [early]);
  expect(await ordersOf(canonical(early))).toEqual([]);
  setDay(89);
  await submit(exchange, [late]);
  expect(await ordersOf(canonical(late))).toEqual([]);
  setDay(90);
  await submit(exchange, [late]);
  expect(await ordersOf(canonical(late))).toMatchObject([{ action: 'renew', until: dayText(180) }]);
  await publish(exchange);
  expect((await entryOf(late)).until).toBe(dayText(180));
});

test('a release wins over the renewal that waits beside it', async () => {
  const number = await listNumber();
  setDay(70);
  await submit(exchange, [number]);
  await agency.post(entryPath(number, '/release'), { reason: 'appeal_accepted' }).expect(201);
  await publish(exchange);
  expect(await entryOf(number)).toMatchObject({ status: 'released', removalReason: 'appeal_accepted' });
});

test('reports after a release that waits open the case again, and renew nothing', async () => {
  const number = await listNumber();
  setDay(70);
  await agency.post(entryPath(number, '/release'), { reason: 'number_terminated' }).expect(201);
  expect(await submit(exchange, [number])).toMatchObject({ newCases: 1, alreadyListed: 0 });
  expect((await ordersOf(canonical(number))).map(({ action }) => action)).toEqual(['release']);
  await publish(exchange);
  expect(await entryOf(number)).toMatchObject({ status: 'released' });
  expect(await caseOf(exchange, number)).toMatchObject({ status: 'open', flags: ['reopened'] });
});

test('a protected value that two people verified is renewed too', async () => {
  const number = newNumber();
  await agency
    .put(`/v1/protected/sender-numbers/${encodeURIComponent(number)}`, { kind: 'other' })
    .expect(200);
  await listNumber(number);
  await decideNumber(exchange, number, { verdict: 'verify' }, await secondReviewer(exchange));
  await publish(exchange);
  setDay(70);
  await submit(exchange, [number]);
  await publish(exchange);
  expect((await entryOf(number)).until).toBe(dayText(160));
});

test('without new reports an entry ends with its last day, and new evidence opens the case again', async () => {
  const number = await listNumber();
  setDay(90);
  await publish(exchange);
  expect((await entryOf(number)).status).toBe('listed');
  setDay(91);
  await publish(exchange);
  expect(await entryOf(number)).toMatchObject({ status: 'expired', removalReason: 'expired' });
  const { newCases } = await submit(exchange, [number]);
  expect(newCases).toBe(1);
  expect(await ordersOf(canonical(number))).toEqual([]);
  expect(await caseOf(exchange, number)).toMatchObject({ status: 'open', flags: ['reopened'], reports: 120 });
  expect((await decideNumber(exchange, number, { verdict: 'verify' })).status).toBe(201);
  await publish(exchange);
  const { history, ...entry } = await entryOf(number);
  expect(entry).toMatchObject({ status: 'listed', until: dayText(181) });
  expect(history).toHaveLength(2);
});

test('what ended, and is not published so yet, is listed still: its evidence renews it', async () => {
  const number = await listNumber();
  setDay(92);
  expect((await submit(exchange, [number])).alreadyListed).toBe(1);
  await publish(exchange);
  expect(await entryOf(number)).toMatchObject({ status: 'listed', until: dayText(182) });
});

test('a large submission renews exactly what is in its last third', async () => {
  const numbers = mobileNumbers(300, 1290);
  setDay(0);
  const base = START.getTime();
  for (const [i, day] of [0, 30].entries()) {
    setDay(day);
    const part = numbers.slice(i * 150, i * 150 + 150);
    await submit(exchange, part);
    const { body } = await agency.get('/v1/cases?status=open&limit=1000').expect(200);
    const cases = body.items
      .filter(({ value }: { value: string }) => part.map(canonical).includes(value))
      .map(({ id, revision }: { id: string; revision: number }) => ({ id, revision }));
    await agency.post('/v1/decisions', { cases, verdict: 'verify' }).expect(201);
    await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  }
  setDay(65);
  await submit(exchange, [...numbers, ...mobileNumbers(50, 1291)]);
  const { rows } = await sql<{ value: string }>`
    select value from listing_order where action = 'renew' and ordered_at >= ${new Date(base + 65 * DAY_MS)}
      and value = any(${numbers.map(canonical)})`.execute(exchange.db);
  expect(rows.map(({ value }) => value).toSorted()).toEqual(numbers.slice(0, 150).map(canonical).toSorted());
});
