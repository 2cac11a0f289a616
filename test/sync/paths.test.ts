// By whatever path a relay comes to a version, it holds the same set (format §4): diffs of any length, snapshots,
// other epochs, restarts, failures between.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { problem } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

const entry = fc
  .tuple(
    fc.integer({ min: 0, max: 120 }),
    fc.constantFrom('gambling', 'drugs', 'a_new_one'),
    fc.constantFrom('permanent', '2027-02-21'),
  )
  .map(([number, category, until]) => ({
    value: `+8210${20_000_000 + number}`,
    line: `+8210${20_000_000 + number},${category},${until}`,
  }));
const lines = fc
  .uniqueArray(entry, { maxLength: 110, selector: ({ value }) => value })
  .map((entries) => entries.map(({ line }) => line));

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('publish' as const), lines }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('sync' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('snapshot' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('forget' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), lines }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);

test('any sequence of versions, synced by any path, ends in the same set', async () => {
  const bench = await RelayBench.start();
  const { exchange } = bench;
  try {
    const history = fc.array(step, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        for (const each of steps) {
          if (each.do === 'publish') exchange.publish(each.lines);
          else if (each.do === 'snapshot')
            exchange.snapshotVersion = Math.floor(each.share * exchange.version);
          else if (each.do === 'forget')
            exchange.oldestDiff = Math.min(
              exchange.snapshotVersion,
              Math.floor(each.share * exchange.version),
            );
          else if (each.do === 'restore') exchange.restart(each.lines);
          else if (each.do === 'reopen') await bench.reopen();
          else if (each.do === 'fail') exchange.lies.diff = () => problem(500, 'internal_error');
          else {
            const report = await bench.sync();
            if (exchange.lies.diff === undefined) expect(report.outcome).not.toBe('failed');
            delete exchange.lies.diff;
          }
        }
        delete exchange.lies.diff;
        expect((await bench.sync()).outcome).not.toBe('failed');
        expect(bench.lines).toEqual(exchange.lines);
      }),
      { numRuns: 40 },
    );
    await bench.reopen();
    expect(bench.lines).toEqual(exchange.lines);
  } finally {
    await bench.stop();
  }
});
