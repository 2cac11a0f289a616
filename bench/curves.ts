// How costs grow with the list: what publishing, a diff and a fresh list cost at 10,000 to 5,000,000 entries. The
// figures from which scripts/curves.ts draws the picture of docs/measurements.md.

import { ListTree } from '../src/list/tree.ts';
import { diffCsv } from '../src/publish/artifact-content.ts';
import { historyOf } from '../src/publish/line-queries.ts';
import { snapshotBytes } from '../src/publish/list-memory.ts';
import { publishRound } from './publish.ts';
import { median, type Result, round } from './result.ts';
import { LIST, seedList } from './seeded-list.ts';

const SIZES = { small: [10_000, 100_000], full: [10_000, 100_000, 1_000_000, 5_000_000] };
const ROUNDS = 10;
const WARM_UPS = 4;

export interface CurvePoint {
  entries: number;
  /** A version of 1,000 changes, the median. */
  publishMs: number;
  /** Its diff as the database merges it, nothing cached. */
  diffMs: number;
  diffBytes: number;
  /** The whole list from the tables, built and verified: what a fresh start costs without any file. */
  freshMs: number;
}

/** Measures each size; its figure is how much more a publication costs at the largest than at the smallest. */
export async function benchCurves(scale: 'small' | 'full'): Promise<Result> {
  const points: CurvePoint[] = [];
  for (const entries of SIZES[scale]) points.push(await measure(entries));
  const figure = (points.at(-1)?.publishMs ?? Number.NaN) / (points[0]?.publishMs ?? Number.NaN);
  return {
    id: 'curves',
    goal: 'publication and diff cost what changed (P2: ≤ 1.3 ×)',
    figure: round(figure),
    unit: '× from the smallest to the largest list',
    met: figure <= 1.3,
    details: { changes: 1000, rounds: ROUNDS, points },
  };
}

async function measure(entries: number): Promise<CurvePoint> {
  const list = await seedList(entries);
  try {
    const { db } = list.database;
    const times: number[] = [];
    for (let number = 0; number < WARM_UPS + ROUNDS; number++) {
      const elapsedMs = await publishRound(list, number);
      if (number >= WARM_UPS) times.push(elapsedMs);
    }
    const row = await db.selectFrom('list').selectAll().where('id', '=', LIST).executeTakeFirstOrThrow();
    const diffs: { ms: number; bytes: number }[] = [];
    for (let to = row.version - ROUNDS + 1; to <= row.version; to++) {
      const begun = performance.now();
      let bytes = 0;
      const range = { ...historyOf(row), epoch: row.epoch, from: to - 1, to };
      for await (const chunk of diffCsv(db, range)) bytes += chunk.length;
      diffs.push({ ms: performance.now() - begun, bytes });
    }
    const begun = performance.now();
    const tree = await ListTree.fromSnapshotStream(snapshotBytes(db, historyOf(row), row.version));
    if (tree.digest() !== row.digest.toString('hex')) throw new Error('the rows are not what was signed');
    return {
      entries,
      publishMs: round(median(times)),
      diffMs: round(median(diffs.map(({ ms }) => ms))),
      diffBytes: median(diffs.map(({ bytes }) => bytes)),
      freshMs: round(performance.now() - begun),
    };
  } finally {
    await list.stop();
  }
}
