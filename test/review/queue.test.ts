import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, submit } from '../setup/walk.ts';
import { type CaseView, canonical, caseOf, decideNumber, handIn } from './desk-steps.ts';

let exchange: TestExchange;
let agency: Party;
beforeAll(async () => {
  exchange = await startExchange();
  agency = await exchange.party('agency');
});
afterAll(() => exchange.stop());

async function queue(query: string): Promise<CaseView[]> {
  const { body } = await agency.get(`/v1/cases?${query}`).expect(200);
  return body.items;
}

describe('a case', () => {
  test('gathers the evidence of every carrier that saw the number', async () => {
    const [number = ''] = mobileNumbers(1, 201);
    const one = {
      type: 'sender_number',
      value: number,
      category: 'illegal_loan',
      reports: 40,
      score: 0.5,
      firstSeen: '2026-11-20T00:00:00Z',
      sample: '대출 상담 01012345678 연락',
      relay: 'relay one',
      chain: ['reseller a', 'reseller b'],
    };
    const two = {
      ...one,
      value: `+82 ${number.slice(1)}`,
      reports: 2,
      score: 0.9,
      firstSeen: '2026-11-19T00:00:00Z',
    };
    await handIn(exchange, [one]);
    await handIn(exchange, [two], 'carrier two');
    const { id } = await caseOf(exchange, number);
    const { body } = await agency.get(`/v1/cases/${id}`).expect(200);
    expect(body).toMatchObject({
      value: canonical(number),
      numberClass: 'mobile',
      category: 'illegal_loan',
      status: 'open',
      reports: 42,
      carriers: 2,
      firstSeen: '2026-11-19T00:00:00.000Z',
      decisions: [],
      related: [],
      entry: null,
    });
    expect(body.score).toBeCloseTo(0.9);
    expect(body.evidence).toMatchObject([
      { organization: 'carrier two', reports: 2, rawValue: `+82 ${number.slice(1)}`, status: 'pending' },
      { organization: 'carrier one', reports: 40, relay: 'relay one', chain: ['reseller a', 'reseller b'] },
    ]);
    expect(JSON.stringify(body)).not.toContain('01012345678');
  });

  test("shows the cases that share an originator code with it, and the code's own", async () => {
    const [first = '', second = '', stranger = ''] = mobileNumbers(3, 202);
    const row = (value: string, originatorCode?: string) => ({
      type: 'sender_number',
      value,
      category: 'gambling',
      reports: 1,
      ...(originatorCode && { originatorCode }),
    });
    await handIn(exchange, [row(first, '987654321'), row(second, '987654321'), row(stranger)]);
    await handIn(exchange, [
      { type: 'originator_code', value: '987654321', category: 'gambling', reports: 3 },
    ]);
    const related = async (id: string) => (await agency.get(`/v1/cases/${id}`).expect(200)).body.related;
    const ofFirst = await related((await caseOf(exchange, first)).id);
    expect(ofFirst.map(({ value }: CaseView) => value)).toEqual(['987654321', canonical(second)]);
    const [code] = await queue('list=originator-codes&q=987654321');
    const ofCode = await related(code?.id ?? '');
    expect(ofCode.map(({ value }: CaseView) => value)).toEqual([canonical(second), canonical(first)]);
    expect(await related((await caseOf(exchange, stranger)).id)).toEqual([]);
  });
});

describe('the queue', () => {
  test('is narrowed by each filter, and by all together', async () => {
    const [plain = '', busy = ''] = mobileNumbers(2, 203);
    await submit(exchange, [plain], 'carrier one', { category: 'fortune', reports: 5 });
    await submit(exchange, [busy], 'carrier one', { category: 'fortune', reports: 500 });
    await handIn(exchange, [
      { type: 'sender_number', value: '0505-555-1234', category: 'fortune', reports: 7 },
    ]);
    await handIn(exchange, [
      { type: 'originator_code', value: '111222333', category: 'fortune', reports: 9 },
    ]);
    const values = async (query: string) => (await queue(query)).map(({ value }) => value).toSorted();
    expect(await values('category=fortune')).toHaveLength(4);
    expect(await values('category=fortune&list=originator-codes')).toEqual(['111222333']);
    expect(await values('category=fortune&minReports=9')).toEqual([canonical(busy), '111222333'].toSorted());
    expect(await values('category=fortune&flag=unregistrable')).toEqual(['+825055551234']);
    expect(await values('category=fortune&flag=protected')).toEqual([]);
    await decideNumber(exchange, plain, { verdict: 'reject', reason: 'not_spam' });
    expect(await values('category=fortune&status=rejected')).toEqual([canonical(plain)]);
    expect(await values('category=fortune&status=open&list=sender-numbers&minReports=8')).toEqual([
      canonical(busy),
    ]);
  });

  test('comes most reported first, or oldest, or newest', async () => {
    const numbers = mobileNumbers(4, 204);
    for (const [i, number] of numbers.entries())
      await submit(exchange, [number], 'carrier one', { category: 'travel', reports: [3, 9, 1, 9][i] });
    const [a, b, c, d] = numbers.map(canonical);
    const values = async (sort: string) => (await queue(`category=travel${sort}`)).map(({ value }) => value);
    expect(await values('')).toEqual([d, b, a, c]);
    expect(await values('&sort=reports')).toEqual([d, b, a, c]);
    expect(await values('&sort=oldest')).toEqual([a, b, c, d]);
    expect(await values('&sort=newest')).toEqual([d, c, b, a]);
  });

  test.each(['reports', 'oldest', 'newest'])(
    'by %s shows each case once, whatever arrives while it is paged',
    async (sort) => {
      const category = { reports: 'education', oldest: 'job', newest: 'game' }[sort] as string;
      const seed = { reports: 205, oldest: 206, newest: 207 }[sort] as number;
      const numbers = mobileNumbers(60, seed);
      const there = numbers.slice(0, 30);
      const rows = there.map((value, i) => ({
        type: 'sender_number',
        value,
        category,
        reports: 10 + (i % 7),
      }));
      await handIn(exchange, rows);
      const seen: string[] = [];
      let cursor = '';
      for (let arriving = 30; ; arriving += 2) {
        const { body } = await agency
          .get(`/v1/cases?category=${category}&sort=${sort}&limit=4${cursor}`)
          .expect(200);
        seen.push(...body.items.map(({ value }: CaseView) => value));
        if (body.next === null) break;
        cursor = `&cursor=${body.next}`;
        if (arriving < 60)
          await submit(exchange, numbers.slice(arriving, arriving + 2), 'carrier two', {
            category,
            reports: arriving % 20,
          });
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(there.map(canonical)));
    },
  );

  test('finds a number in whatever spelling', async () => {
    const [number = ''] = mobileNumbers(1, 208);
    await submit(exchange, [number]);
    const [a, b, c] = [number.slice(0, 3), number.slice(3, 7), number.slice(7)];
    const spellings = [
      number,
      `${a}-${b}-${c}`,
      `${a} ${b} ${c}`,
      `(${a}) ${b}.${c}`,
      canonical(number),
      `+82 (0)10 ${b} ${c}`,
      `00282${number.slice(1)}`,
      number.replace(/[0-9]/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
    ];
    for (const spelling of spellings) {
      const found = await queue(`q=${encodeURIComponent(spelling)}`);
      expect(
        found.map(({ value }) => value),
        spelling,
      ).toEqual([canonical(number)]);
    }
  });

  test('finds all numbers that begin alike', async () => {
    const numbers = ['01087650001', '01087650002', '01087660001'];
    await submit(exchange, numbers);
    const found = await queue(`q=${encodeURIComponent('+82108765')}&sort=oldest`);
    expect(found.map(({ value }) => value)).toEqual(numbers.slice(0, 2).map(canonical));
    expect(await queue(`q=${encodeURIComponent('+8210876500011')}`)).toEqual([]);
    expect(await queue(`q=${encodeURIComponent('%')}`)).toEqual([]);
    expect(await queue(`q=${encodeURIComponent("'; drop table review_case; --")}`)).toEqual([]);
  });

  test('finds nine digits as a code and as a number, unless the list is said', async () => {
    const digits = '025557777'; // a number of Seoul, and nine digits as codes have
    await handIn(exchange, [
      { type: 'originator_code', value: digits, category: 'other', reports: 1 },
      { type: 'sender_number', value: digits, category: 'other', reports: 1 },
    ]);
    expect((await queue(`q=${digits}`)).map(({ value }) => value).toSorted()).toEqual([
      '+8225557777',
      digits,
    ]);
    expect((await queue(`q=${digits}&list=originator-codes`)).map(({ value }) => value)).toEqual([digits]);
    expect((await queue(`q=${digits}&list=sender-numbers`)).map(({ value }) => value)).toEqual([
      '+8225557777',
    ]);
  });
});

describe('a claim', () => {
  const claim = async (party: Party, body: object): Promise<CaseView[]> =>
    (await party.post('/v1/cases/claims', body).expect(201)).body.items;

  test('gives the most reported cases, and shows who holds them until when', async () => {
    const numbers = mobileNumbers(3, 210);
    for (const [i, number] of numbers.entries())
      await submit(exchange, [number], 'carrier one', { category: 'stock', reports: 10 + i });
    const held = await claim(agency, { limit: 2, category: 'stock' });
    expect(held.map(({ value }) => value)).toEqual(
      [numbers[2], numbers[1]].map((one = '') => canonical(one)),
    );
    const until = Date.parse(held[0]?.claim?.until ?? '');
    expect(held[0]?.claim?.by).toBe(agency.clientId);
    expect(Math.abs(until - exchange.now().getTime() - 15 * 60_000)).toBeLessThan(10_000);
    expect((await queue('category=stock&claimed=true')).map(({ id }) => id)).toEqual(
      held.map(({ id }) => id),
    );
    expect((await queue('category=stock&claimed=false')).map(({ value }) => value)).toEqual([
      canonical(numbers[0] ?? ''),
    ]);
    expect((await claim(agency, { limit: 5, category: 'stock' })).map(({ value }) => value)).toEqual([
      canonical(numbers[0] ?? ''),
    ]);
  });

  test('is never given twice, however many reviewers ask at once', async () => {
    const numbers = mobileNumbers(300, 211);
    await submit(exchange, numbers, 'carrier one', { category: 'finance' });
    const other = await exchange.party('agency', 'agency two');
    const claims = await Promise.all(
      Array.from({ length: 30 }, (_, i) => claim(i % 2 ? agency : other, { limit: 10, category: 'finance' })),
    );
    const given = claims.flat().map(({ id }) => id);
    expect(new Set(given).size).toBe(given.length);
    for (const one of claims) expect(one.length).toBeLessThanOrEqual(10);
    // Whoever was too late for some may ask again: nothing is lost.
    const rest = await claim(agency, { limit: 1000, category: 'finance' });
    expect(new Set([...given, ...rest.map(({ id }) => id)]).size).toBe(300);
  });

  test('never gives more than was asked for, however few cases there are', async () => {
    for (const many of [1, 2, 3]) {
      const numbers = mobileNumbers(many + 1, 212 + many);
      await submit(exchange, numbers, 'carrier one', { category: 'telecom' });
      expect(await claim(agency, { limit: many, category: 'telecom' })).toHaveLength(many);
      expect(await claim(agency, { limit: many, category: 'telecom' })).toHaveLength(1);
      expect(await claim(agency, { limit: many, category: 'telecom' })).toEqual([]);
    }
  });

  test('ends after 15 minutes: the case is free for someone else', async () => {
    const [number = ''] = mobileNumbers(1, 220);
    await submit(exchange, [number], 'carrier one', { category: 'driver' });
    const start = exchange.now();
    const other = await exchange.party('agency', 'agency two');
    expect(await claim(agency, { limit: 1, category: 'driver' })).toHaveLength(1);
    exchange.setTime(new Date(start.getTime() + 14.5 * 60_000));
    expect(await claim(other, { limit: 1, category: 'driver' })).toEqual([]);
    exchange.setTime(new Date(start.getTime() + 15.5 * 60_000));
    expect((await caseOf(exchange, number)).claim).toBeNull();
    expect(await claim(other, { limit: 1, category: 'driver' })).toHaveLength(1);
    expect((await caseOf(exchange, number)).claim?.by).toBe(other.clientId);
    exchange.setTime(start);
  });

  test('ends with the decision, and decided cases are not given', async () => {
    const [number = ''] = mobileNumbers(1, 221);
    await submit(exchange, [number], 'carrier one', { category: 'real_estate' });
    await claim(agency, { limit: 1, category: 'real_estate' });
    const elsewhere = await decideNumber(exchange, number, { verdict: 'verify' });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([409, 'claimed_by_other']);
    expect((await decideNumber(exchange, number, { verdict: 'verify' }, agency)).status).toBe(201);
    expect(await caseOf(exchange, number)).toMatchObject({ status: 'verified', claim: null });
    expect(await claim(agency, { limit: 1, category: 'real_estate' })).toEqual([]);
  });

  test('is of the queue that was named: cases that wait for a second person are given on request', async () => {
    await handIn(exchange, [
      { type: 'sender_number', value: '1335', category: 'account_rental', reports: 2 },
    ]);
    expect((await decideNumber(exchange, '1335', { verdict: 'verify' })).status).toBe(201);
    const other = await exchange.party('agency', 'agency two');
    expect(await claim(other, { limit: 1, category: 'account_rental' })).toEqual([]);
    const [waiting] = await claim(other, { limit: 1, category: 'account_rental', status: 'awaiting_second' });
    expect(waiting?.value).toBe('+821335');
  });

  test('leaves every case where it was', async () => {
    const before = await allCases(exchange);
    await claim(agency, { limit: 10 });
    expect((await allCases(exchange)).map(({ id }) => id).toSorted()).toEqual(
      before.map(({ id }) => id).toSorted(),
    );
  });
});
