// P2: what a version of 1,000 changes costs on a list of any size, from the orders to the commit.
import { sql } from 'kysely';
import { digestOf } from '../src/list/digest.ts';
import { historyOf } from '../src/publish/line-queries.ts';
import { snapshotBytes } from '../src/publish/list-memory.ts';
import { publishVersion } from '../src/publish/publisher.ts';
import type { Result } from './result.ts';
import { LIST, type SeededList, seedList, seriesValue } from './seeded-list.ts';

const CHANGES = 1000;
const ROUNDS = 15;

/** Compares publishing on a large list with publishing on one of 10,000 entries. */
export async function benchPublish(scale: 'small' | 'full'): Promise<Result> {
  const small = await measure(10_000);
  const large = await measure(scale === 'full' ? 5_000_000 : 100_000);
  const figure = large.medianMs / small.medianMs;
  return {
    id: 'P2',
    goal: 'a version of 1,000 changes on the large list ≤ 1.3 × the same on 10,000',
    figure: round(figure),
    unit: '×',
    met: figure <= 1.3,
    details: { rounds: ROUNDS, small, large },
  };
}

async function measure(entries: number) {
  const list = await seedList(entries);
  try {
    const times: number[] = [];
    // The first round loads the list into memory, which is the start of a server, not a publication.
    const begun = performance.now();
    await publishRound(list, entries, 0);
    const loadMs = performance.now() - begun;
    for (let i = 1; i <= ROUNDS; i++) times.push(await publishRound(list, entries, i));
    if (entries <= 100_000) await verify(list);
    times.sort((a, b) => a - b);
    const medianMs = times[Math.floor(times.length / 2)] ?? Number.NaN;
    return {
      entries,
      medianMs: round(medianMs),
      slowestMs: round(times.at(-1) ?? 0),
      firstMs: round(loadMs),
    };
  } finally {
    await list.stop();
  }
}

/** Orders 500 additions and 500 releases, spread over the list, and publishes them; the milliseconds of the latter. */
async function publishRound(
  { database, deps, decisionId }: SeededList,
  entries: number,
  number: number,
): Promise<number> {
  const half = CHANGES / 2;
  const added = Array.from({ length: half }, (_, i) => seriesValue(entries + number * half + i));
  const released = Array.from({ length: half }, (_, i) =>
    seriesValue((number * half + i) * Math.floor(entries / 10_000)),
  );
  await sql`
    insert into listing_order (list_id, value, action, category, until, decision_id, ordered_at)
    select ${LIST}, value, 'list', 'gambling', date '2027-02-21', ${decisionId}::bigint, now() from unnest(${added}::text[]) as value
    union all
    select ${LIST}, value, 'release', null::text, null::date, ${decisionId}::bigint, now() from unnest(${released}::text[]) as value`.execute(
    database.db,
  );
  const begun = performance.now();
  const { version } = await publishVersion(deps, LIST);
  const elapsed = performance.now() - begun;
  if (version.added !== half || version.removed !== half)
    throw new Error(`published ${version.added} and ${version.removed}`);
  return elapsed;
}

async function verify({ database }: SeededList): Promise<void> {
  const row = await database.db
    .selectFrom('list')
    .selectAll()
    .where('id', '=', LIST)
    .executeTakeFirstOrThrow();
  const chunks: Buffer[] = [];
  for await (const chunk of snapshotBytes(database.db, historyOf(row), row.version)) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n').slice(1);
  if (digestOf(lines) !== row.digest.toString('hex'))
    throw new Error('the published digest is not that of the lines');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
