// P2: what a version of 1,000 changes costs on a list of any size, from the orders to the commit. The two lists take
// turns, so that whatever else the machine does meets both.
import { ListTree } from '../src/list/tree.ts';
import { historyOf } from '../src/publish/line-queries.ts';
import { snapshotBytes } from '../src/publish/list-memory.ts';
import { publishVersion } from '../src/publish/publisher.ts';
import { median, type Result, round } from './result.ts';
import { LIST, orderChanges, type SeededList, seedList } from './seeded-list.ts';

const CHANGES = 1000;
const ROUNDS = 15;
/** The first loads the list into memory, which is the start of a server; the next find the caches cold. */
const WARM_UPS = 4;

/** Compares publishing on a large list with publishing on one of 10,000 entries. */
export async function benchPublish(scale: 'small' | 'full'): Promise<Result> {
  const small = await seedList(10_000);
  try {
    const large = await seedList(scale === 'full' ? 5_000_000 : 100_000);
    try {
      return await measure(small, large);
    } finally {
      await large.stop();
    }
  } finally {
    await small.stop();
  }
}

async function measure(small: SeededList, large: SeededList): Promise<Result> {
  const lists = [small, large].map((list) => ({ list, firstMs: 0, times: [] as number[] }));
  for (let number = 0; number < WARM_UPS + ROUNDS; number++) {
    for (const one of lists) {
      const elapsedMs = await publishRound(one.list, number);
      if (number === 0) one.firstMs = elapsedMs;
      if (number >= WARM_UPS) one.times.push(elapsedMs);
    }
  }
  for (const { list } of lists) await verify(list);
  const [of10k, ofLarge] = lists.map(({ list, firstMs, times }) => ({
    entries: list.entries,
    medianMs: round(median(times)),
    slowestMs: round(Math.max(...times)),
    firstMs: round(firstMs),
  }));
  const figure = (ofLarge?.medianMs ?? Number.NaN) / (of10k?.medianMs ?? Number.NaN);
  return {
    id: 'P2',
    goal: 'a version of 1,000 changes on the large list ≤ 1.3 × the same on 10,000',
    figure: round(figure),
    unit: '×',
    met: figure <= 1.3,
    details: { changes: CHANGES, rounds: ROUNDS, small: of10k, large: ofLarge },
  };
}

/** Publishes one version of 1,000 changes; the milliseconds that it took. */
export async function publishRound(list: SeededList, number: number): Promise<number> {
  await orderChanges(list, number, CHANGES);
  const begun = performance.now();
  const { version } = await publishVersion(list.deps, LIST);
  const elapsedMs = performance.now() - begun;
  if (version.added !== CHANGES / 2 || version.removed !== CHANGES / 2)
    throw new Error(`published ${version.added} and ${version.removed}`);
  return elapsedMs;
}

/** Throws unless the rows have the published digest. */
async function verify({ database }: SeededList): Promise<void> {
  const row = await database.db
    .selectFrom('list')
    .selectAll()
    .where('id', '=', LIST)
    .executeTakeFirstOrThrow();
  const tree = await ListTree.fromSnapshotStream(snapshotBytes(database.db, historyOf(row), row.version));
  if (tree.digest() !== row.digest.toString('hex'))
    throw new Error('the published digest is not that of the lines');
}
