// Waiting for outcomes: an answer comes with the decision, to whatever server the reader went, and nothing is
// skipped or repeated while decisions commit in their own time.
import { get } from 'node:http';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decideNumber, handIn } from '../review/desk-steps.ts';
import { type SecondServer, startSecond } from '../server/second-server.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers, submit } from '../setup/walk.ts';

interface Item {
  candidateId: string;
  value: string;
  outcome: string;
  reason: string | null;
  question: string | null;
}
interface Feed {
  items: Item[];
  next: string;
}

let exchange: TestExchange;
let second: SecondServer;
beforeAll(async () => {
  exchange = await startExchange();
  second = await startSecond(exchange);
});
afterAll(async () => {
  await second.stop();
  await exchange.stop();
});

const REJECT = { verdict: 'reject', reason: 'not_spam' };
const path = (after: string | undefined, wait: number, limit = 100) =>
  `/v1/outcomes?wait=${wait}&limit=${limit}${after ? `&after=${after}` : ''}`;

async function read(carrier: Party, after: string | undefined, wait: number, limit?: number): Promise<Feed> {
  return (await carrier.get(path(after, wait, limit)).expect(200)).body;
}

async function waiting(url = exchange.url): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^chadan_outcome_readers_waiting (\d+)$/m.exec(text)?.[1]);
}

const untilWaiting = (count: number, url = exchange.url) =>
  vi.waitFor(async () => expect(await waiting(url)).toBe(count), { timeout: 5000, interval: 10 });

test('who waits hears of a decision at once, on either server', async () => {
  const [number = ''] = mobileNumbers(1, 901);
  await submit(exchange, [number], 'patient');
  const carrier = await exchange.party('carrier', 'patient');
  const { next } = await read(carrier, undefined, 0);
  const here = read(carrier, next, 30);
  const there = second.get(carrier, path(next, 30));
  await untilWaiting(1);
  await untilWaiting(1, second.url);
  await decideNumber(exchange, number, REJECT);
  const begun = performance.now();
  const [one, two] = [await here, (await there).body as Feed];
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(one.items).toMatchObject([{ outcome: 'rejected', reason: 'not_spam', question: null }]);
  expect(two).toEqual(one);
  expect(await waiting()).toBe(0);
});

test('a wait that brings nothing ends without items, at the same place', async () => {
  const carrier = await exchange.party('carrier', 'in vain');
  const begun = performance.now();
  const { items, next } = await read(carrier, undefined, 1);
  expect(items).toEqual([]);
  expect(performance.now() - begun).toBeGreaterThan(950);
  expect((await read(carrier, next, 0)).next).toBe(next);
});

test('what is there already is not waited for, and a wait beyond the contract is refused', async () => {
  const [number = ''] = mobileNumbers(1, 902);
  await submit(exchange, [number], 'late');
  await decideNumber(exchange, number, REJECT);
  const carrier = await exchange.party('carrier', 'late');
  const begun = performance.now();
  expect((await read(carrier, undefined, 30)).items).toHaveLength(1);
  expect(performance.now() - begun).toBeLessThan(20_000);
  for (const wait of ['31', '-1', '1.5', 'x']) await carrier.get(`/v1/outcomes?wait=${wait}`).expect(400);
});

test('a decision for another carrier wakes nobody else', async () => {
  const [number = ''] = mobileNumbers(1, 903);
  await submit(exchange, [number], 'talker');
  const listener = await exchange.party('carrier', 'listener');
  const waits = read(listener, undefined, 2);
  await untilWaiting(1);
  await decideNumber(exchange, number, REJECT);
  expect((await waits).items).toEqual([]);
});

test('who waits holds no connection of the database', async () => {
  const carrier = await exchange.party('carrier', 'crowd 1');
  const others = [await exchange.party('carrier', 'crowd 2'), await exchange.party('carrier', 'crowd 3')];
  // More than the pool has connections.
  const waits = [carrier, ...others].flatMap((party) =>
    Array.from({ length: 12 }, () => read(party, undefined, 3)),
  );
  await untilWaiting(36);
  const busy = async () => {
    const { rows } = await sql<{ busy: number }>`
      select count(*)::int as busy from pg_stat_activity
       where datname = current_database() and application_name = 'chadan' and state <> 'idle' and pid <> pg_backend_pid()`.execute(
      exchange.db,
    );
    return rows[0]?.busy;
  };
  // What the exchange does by itself may be at work for a moment.
  await expect.poll(busy).toBe(0);
  await carrier.get('/v1/submissions').expect(200);
  for (const { items } of await Promise.all(waits)) expect(items).toEqual([]);
});

test('too many readers of one carrier are answered at once, and one who goes away frees its place', async () => {
  const carrier = await exchange.party('carrier', 'greedy');
  const token = await carrier.token();
  const open = () =>
    get(`${exchange.url}${path(undefined, 30)}`, { headers: { authorization: `Bearer ${token}` } })
      .on('error', (error: NodeJS.ErrnoException) => expect(error.code).toBe('ECONNRESET'))
      .on('response', (response) => response.resume());
  const readers = Array.from({ length: 16 }, open);
  await untilWaiting(16);
  const begun = performance.now();
  expect((await read(carrier, undefined, 30)).items).toEqual([]);
  expect(performance.now() - begun).toBeLessThan(20_000);
  readers[0]?.destroy();
  await untilWaiting(15);
  readers.push(open());
  await untilWaiting(16);
  for (const reader of readers) reader.destroy();
  await untilWaiting(0);
});

test('a server that stops answers those who wait', async () => {
  const third = await startSecond(exchange);
  const carrier = await exchange.party('carrier', 'surprised');
  const waits = third.get(carrier, path(undefined, 30));
  const answered = waits.then(({ status, body }) => ({ status, items: body.items }));
  await untilWaiting(1, third.url);
  const begun = performance.now();
  await third.stop();
  expect(await answered).toEqual({ status: 200, items: [] });
  expect(performance.now() - begun).toBeLessThan(20_000);
});

test('a question of the agency comes with what it asks; its other notes stay with it', async () => {
  const [asked = '', verified = ''] = mobileNumbers(2, 904);
  await submit(exchange, [asked, verified], 'curious');
  const note = 'Which relay did it come through, "Infobank"?';
  await decideNumber(exchange, asked, { verdict: 'request_info', note });
  await decideNumber(exchange, verified, { verdict: 'verify', note: 'known to us' });
  await decideNumber(exchange, asked, { ...REJECT, note: 'not for you' });
  const carrier = await exchange.party('carrier', 'curious');
  const { items } = await read(carrier, undefined, 0);
  expect(items.map(({ outcome, question }) => [outcome, question])).toEqual([
    ['info_requested', note],
    ['verified', null],
    ['rejected', null],
  ]);
  expect(JSON.stringify(items)).not.toMatch(/known to us|not for you/);
});

test('a decision that commits late is not skipped: what is decided after it waits behind it', async () => {
  const [slow = '', fast = ''] = mobileNumbers(2, 905);
  await submit(exchange, [slow, fast], 'held up');
  const carrier = await exchange.party('carrier', 'held up');
  const holder = new pg.Client(exchange.databaseUrl);
  await holder.connect();
  try {
    // A decision under way elsewhere, that has taken its position and not committed yet.
    const candidate = await exchange.db
      .selectFrom('candidate')
      .select(['id', 'case_id'])
      .where('organization_id', '=', carrier.organizationId)
      .orderBy('id')
      .executeTakeFirstOrThrow();
    const agency = await exchange.party('agency');
    await holder.query('begin');
    const decision = await holder.query(
      `insert into decision (case_id, case_revision, verdict, effect, note, organization_id, decided_by, decided_at)
       values ($1, 1, 'request_info', 'info_requested', 'slow', $2, 'elsewhere', now()) returning id`,
      [candidate.case_id, agency.organizationId],
    );
    await holder.query('insert into outcome_counter values ($1, 1)', [carrier.organizationId]);
    await holder.query('insert into outcome values ($1, 1, $2, $3)', [
      carrier.organizationId,
      candidate.id,
      decision.rows[0].id,
    ]);
    await holder.query(`select pg_notify('chadan_outcome', $1)`, [carrier.organizationId]);
    const walks = [walk(carrier, 2, 30), walkOn(second, carrier, 2, 30)];
    await untilWaiting(1);
    await untilWaiting(1, second.url);
    const deciding = decideNumber(exchange, fast, REJECT).then((response) => response.status);
    await vi.waitFor(async () => {
      const { rows } = await sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(exchange.db);
      expect(rows).toHaveLength(1); // the later decision waits for the position of the earlier
    });
    expect((await read(carrier, undefined, 0)).items).toEqual([]);
    await holder.query('commit');
    expect(await deciding).toBe(201);
    for (const items of await Promise.all(walks))
      expect(items.map(({ outcome }) => outcome)).toEqual(['info_requested', 'rejected']);
  } finally {
    await holder.end();
  }
});

test('readers that wait on two servers while many decide miss nothing and see nothing twice', async () => {
  const numbers = mobileNumbers(240, 906);
  const rows = numbers.map((value) => ({ type: 'sender_number', value, category: 'stock', reports: 2 }));
  await handIn(exchange, rows, 'rushed');
  const carrier = await exchange.party('carrier', 'rushed');
  const wanted = new Set(numbers.map((number) => `+82${number.slice(1)}`));
  const cases = (await allCases(exchange)).filter(({ value }) => wanted.has(value));
  expect(cases).toHaveLength(240);
  const walks = [walk(carrier, 240, 7), walk(carrier, 240, 100), walkOn(second, carrier, 240, 13)];
  const reviewers = [await exchange.party('agency'), await exchange.party('agency', 'agency two')];
  const decide = async (worker: number) => {
    for (let at = worker * 40; at < worker * 40 + 40; at += 4) {
      const named = cases.slice(at, at + 4).map(({ id, revision }) => ({ id, revision }));
      const body = { cases: named, ...(at % 8 ? REJECT : { verdict: 'verify' }) };
      const by = reviewers[worker % 2] as Party;
      const response = worker % 3 ? by.post('/v1/decisions', body) : second.post(by, '/v1/decisions', body);
      expect((await response).status).toBe(201);
    }
  };
  await Promise.all(Array.from({ length: 6 }, (_, worker) => decide(worker)));
  const seen = await Promise.all(walks);
  for (const items of seen) expect(new Set(items.map(({ candidateId }) => candidateId)).size).toBe(240);
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
});

/** Follows the feed, waiting where it ends, until so many items came. */
function walk(carrier: Party, count: number, limit: number): Promise<Item[]> {
  return follow(count, (after) => read(carrier, after, 30, limit));
}

function walkOn(server: SecondServer, carrier: Party, count: number, limit: number): Promise<Item[]> {
  return follow(count, async (after) => (await server.get(carrier, path(after, 30, limit))).body as Feed);
}

async function follow(count: number, page: (after: string | undefined) => Promise<Feed>): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: string | undefined; items.length < count; ) {
    const feed = await page(after);
    items.push(...feed.items);
    after = feed.next;
  }
  return items;
}
