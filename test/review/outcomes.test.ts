// The carrier's feed while many decide at once: one item a decision and candidate, in order, none skipped.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, submit } from '../setup/walk.ts';
import { canonical, decideNumber, handIn } from './desk-steps.ts';

interface Item {
  candidateId: string;
  value: string;
  outcome: string;
}

let exchange: TestExchange;
let agency: Party;
beforeAll(async () => {
  exchange = await startExchange();
  agency = await exchange.party('agency');
});
afterAll(() => exchange.stop());

async function readOn(
  carrier: Party,
  after: string | undefined,
  limit: number,
): Promise<{ items: Item[]; next: string }> {
  const { body } = await carrier
    .get(`/v1/outcomes?limit=${limit}${after ? `&after=${after}` : ''}`)
    .expect(200);
  expect(typeof body.next).toBe('string');
  return body;
}

async function readAll(carrier: Party, limit = 1000): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: string | undefined; ; ) {
    const page = await readOn(carrier, after, limit);
    items.push(...page.items);
    if (page.items.length === 0) return items;
    after = page.next;
  }
}

test("a carrier hears of each of its own candidates, and of nobody else's", async () => {
  const numbers = mobileNumbers(3, 501);
  await submit(exchange, numbers.slice(0, 2), 'left');
  await submit(exchange, numbers.slice(1), 'right');
  for (const number of numbers)
    await decideNumber(exchange, number, { verdict: 'reject', reason: 'not_spam' });
  const values = async (name: string) =>
    (await readAll(await exchange.party('carrier', name))).map(({ value }) => value);
  expect(await values('left')).toEqual(numbers.slice(0, 2).map(canonical));
  expect(await values('right')).toEqual(numbers.slice(1).map(canonical));
});

test('a number handed in twice by a carrier is two candidates, and two outcomes', async () => {
  const numbers = mobileNumbers(1, 502);
  await submit(exchange, numbers, 'eager');
  await submit(exchange, numbers, 'eager');
  await decideNumber(exchange, numbers[0] ?? '', { verdict: 'verify' });
  const items = await readAll(await exchange.party('carrier', 'eager'));
  expect(new Set(items.map(({ candidateId }) => candidateId)).size).toBe(2);
  expect(items.map(({ outcome }) => outcome)).toEqual(['verified', 'verified']);
});

test('a question and its answer are two items, in their order', async () => {
  const [number = ''] = mobileNumbers(1, 503);
  await submit(exchange, [number], 'asked');
  await decideNumber(exchange, number, { verdict: 'request_info' });
  await decideNumber(exchange, number, { verdict: 'verify' });
  const items = await readAll(await exchange.party('carrier', 'asked'));
  expect(items.map(({ outcome }) => outcome)).toEqual(['info_requested', 'verified']);
});

test('a withdrawn candidate has no outcome, whatever is decided for others', async () => {
  const [number = ''] = mobileNumbers(1, 504);
  const mine = await submit(exchange, [number], 'regretful');
  await submit(exchange, [number], 'steady');
  const regretful = await exchange.party('carrier', 'regretful');
  await regretful.post(`/v1/submissions/${mine.id}/withdrawal`).expect(200);
  await decideNumber(exchange, number, { verdict: 'verify' });
  expect(await readAll(regretful)).toEqual([]);
  expect(await readAll(await exchange.party('carrier', 'steady'))).toHaveLength(1);
});

test('a reader that walks while many decide misses none and sees none twice', async () => {
  const numbers = mobileNumbers(600, 505);
  const candidates = numbers.map((value) => ({
    type: 'sender_number',
    value,
    category: 'stock',
    reports: 2,
  }));
  await handIn(exchange, candidates, 'busy');
  await handIn(exchange, candidates.toReversed(), 'also busy');
  const wanted = new Set(numbers.map(canonical));
  const cases = (await allCases(exchange)).filter(({ value }) => wanted.has(value));
  const other = await exchange.party('agency', 'agency two');
  let deciding = true;
  const decide = async () => {
    const slices = Array.from({ length: 60 }, (_, i) => cases.slice(i * 10, i * 10 + 10));
    const worker = async (by: Party, part: typeof slices) => {
      for (const [i, slice] of part.entries()) {
        const ruling = i % 3 ? { verdict: 'verify' } : { verdict: 'reject', reason: 'undetermined' };
        const named = slice.map(({ id, revision }) => ({ id, revision }));
        await by.post('/v1/decisions', { cases: named, ...ruling }).expect(201);
      }
    };
    await Promise.all(
      Array.from({ length: 6 }, (_, i) => worker(i % 2 ? agency : other, slices.slice(i * 10, i * 10 + 10))),
    );
    deciding = false;
  };
  const walk = async (name: string, limit: number): Promise<Item[]> => {
    const carrier = await exchange.party('carrier', name);
    const seen: Item[] = [];
    let after: string | undefined;
    for (let done = false; !done; ) {
      done = !deciding; // what was decided before this page was asked for must be on it
      const page = await readOn(carrier, after, limit);
      seen.push(...page.items);
      if (page.items.length > 0) done = false;
      after = page.next;
    }
    return seen;
  };
  const [, ...walks] = await Promise.all([
    decide(),
    walk('busy', 7),
    walk('busy', 100),
    walk('also busy', 13),
  ]);
  for (const seen of walks) {
    expect(seen).toHaveLength(600);
    expect(new Set(seen.map(({ candidateId }) => candidateId)).size).toBe(600);
  }
  expect(walks[0]).toEqual(walks[1]);
  expect(await readAll(await exchange.party('carrier', 'busy'))).toEqual(walks[0]);
  const { rows } = await sql<{ organization_id: string }>`
    select organization_id from outcome group by organization_id
    having min(position) <> 1 or max(position) <> count(*) or count(distinct (candidate_id, decision_id)) <> count(*)`.execute(
    exchange.db,
  );
  expect(rows).toEqual([]); // no holes, and one item for each decision and candidate
});
