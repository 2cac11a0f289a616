// P10: what a reviewer waits for: pages of the queue with very many open cases, in every order and narrowed in the ways
// that the console offers, and 10,000 decisions at once. Over HTTP, with a token.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { postJson, type Schemas } from '../scripts/demo-api.ts';
import { registerParty, startServerProcess } from '../scripts/server-process.ts';
import type { ExchangeClient } from '../src/client/exchange-client.ts';
import { connect, type Database } from '../src/database/connection.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { seedState } from './ingest-state.ts';
import { percentile, type Result, round } from './result.ts';
import { seriesValue } from './seeded-list.ts';

const ROUNDS = 12;
const PAGES_A_ROUND = 3;
const PAGE = 100;
const DECISIONS = 10_000;
const GOAL_PAGE_MS = 100;
const GOAL_DECISIONS_MS = 3000;

/** The views of the queue; `{round}` stands for another number in each round. */
const VIEWS: Record<string, string> = {
  reports: 'sort=reports',
  oldest: 'sort=oldest',
  newest: 'sort=newest',
  category: 'category=drugs',
  list: 'list=sender-numbers',
  leastReports: 'minReports=300',
  free: 'claimed=false',
  prefix: 'q=01020{round}',
  number: 'q=010-2000-{round}',
};

/** Measures with 1,000,000 open cases (20,000 when small); every page is checked to be whole and in order. */
export async function benchDesk(scale: 'small' | 'full'): Promise<Result> {
  const cases = scale === 'full' ? 1_000_000 : 20_000;
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  await chmod(directory, 0o711); // as root, PostgreSQL runs as another user, who must come through
  const postgres = await startEmbedded({ dataDir: join(directory, 'postgres') });
  const database = connect({ url: postgres.url, statementTimeoutMs: 0 });
  try {
    const server = await startServerProcess(join(directory, 'data'), {
      DATABASE_URL: postgres.url,
      CHADAN_PORT: '0',
      CHADAN_PUBLISH_INTERVAL: '0',
    });
    try {
      await seedCases(database, cases);
      const agency = await registerParty(server, 'agency', 'desk');
      const pages = await timeViews(agency);
      const decisionsMs = await timeDecisions(agency);
      return report(cases, pages, decisionsMs);
    } finally {
      await server.stop();
    }
  } finally {
    await database.close();
    await postgres.stop();
    for (const path of [postgres.directory, directory]) await rm(path, { recursive: true, force: true });
  }
}

async function seedCases(database: Database, count: number): Promise<void> {
  const values = Array.from({ length: count }, (_, i) => seriesValue(i));
  const lists = values.map(() => 'sender-numbers');
  await seedState(database, { lists, values, listed: values.map(() => false) });
  // Reports and categories as uneven as in life.
  await sql`update review_case set reports = 50 + (id * 7919) % 400, queue_reports = 50 + (id * 7919) % 400,
                                   category = (array['gambling', 'illegal_loan', 'stock', 'drugs'])[1 + id % 4]`.execute(
    database.db,
  );
  await sql`vacuum analyze review_case`.execute(database.db);
  await sql`checkpoint`.execute(database.db);
}

async function timeViews(agency: ExchangeClient): Promise<Map<string, number[]>> {
  const times = new Map(Object.keys(VIEWS).map((name) => [name, [] as number[]]));
  for (let number = 0; number < ROUNDS; number++) {
    for (const [name, view] of Object.entries(VIEWS)) {
      let cursor = '';
      for (let page = 0; page < PAGES_A_ROUND; page++) {
        const query = view.replace('{round}', String(1000 + number));
        const begun = performance.now();
        const path = `/v1/cases?status=open&limit=${PAGE}&${query}${cursor}`;
        const { items, next } = await agency.requestJson<Schemas['CasePage']>(path);
        // The first round warms the caches, as a desk at work has them.
        if (number > 0) times.get(name)?.push(performance.now() - begun);
        checkPage(name, items);
        if (next === null) break;
        cursor = `&cursor=${next}`;
      }
    }
  }
  return times;
}

function checkPage(name: string, items: readonly Schemas['Case'][]): void {
  const keys = items.map(({ id, reports }) =>
    name === 'oldest' ? Number(id) : name === 'newest' ? -Number(id) : -reports,
  );
  if (keys.some((key, at) => at > 0 && key < (keys[at - 1] as number)))
    throw new Error(`a page of ${name} is not in order`);
  if (items.length === 0 && !['prefix', 'number'].includes(name))
    throw new Error(`a page of ${name} is empty`);
}

async function timeDecisions(agency: ExchangeClient): Promise<number> {
  const cases: { id: string; revision: number }[] = [];
  for (let cursor = ''; cases.length < DECISIONS; ) {
    const page = await agency.requestJson<Schemas['CasePage']>(`/v1/cases?status=open&limit=1000${cursor}`);
    cases.push(...page.items.map(({ id, revision }) => ({ id, revision })));
    if (page.next === null) break;
    cursor = `&cursor=${page.next}`;
  }
  if (cases.length !== DECISIONS) throw new Error(`${cases.length} cases are open`);
  const begun = performance.now();
  const { decided } = await postJson<Schemas['DecisionSummary']>(agency, '/v1/decisions', {
    cases,
    verdict: 'verify',
  });
  const elapsedMs = performance.now() - begun;
  if (decided !== DECISIONS) throw new Error(`${decided} cases were decided`);
  return elapsedMs;
}

function report(cases: number, pages: Map<string, number[]>, decisionsMs: number): Result {
  const views = Object.fromEntries([...pages].map(([name, times]) => [name, round(percentile(times, 0.95))]));
  const worst = Math.max(...Object.values(views));
  return {
    id: 'P10',
    goal: `a page of the queue p95 ≤ ${GOAL_PAGE_MS} ms in every view; ${DECISIONS} decisions at once ≤ ${GOAL_DECISIONS_MS} ms`,
    figure: round(worst),
    unit: 'ms',
    met: worst <= GOAL_PAGE_MS && decisionsMs <= GOAL_DECISIONS_MS,
    details: { cases, page: PAGE, p95Ms: views, decisionsMs: round(decisionsMs) },
  };
}
