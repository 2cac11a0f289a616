// The lines that format §10 calls series(n), the runs of property tests, and arbitrary entries.
import fc from 'fast-check';
import { CATEGORIES } from '../../src/list/category.ts';
import { type Entry, formatLine } from '../../src/list/entry.ts';

/** Runs of a property: FC_RUNS instead of `usual` where it is set. */
export function runs(usual: number): { numRuns: number } {
  return { numRuns: Number(process.env['FC_RUNS'] ?? usual) };
}

export function series(length: number): string[] {
  const categories = ['gambling', 'illegal_loan', 'drugs', 'adult'];
  return Array.from({ length }, (_, i) => {
    const digits = String((20_000_000 + 7919 * i) % 10 ** 8).padStart(8, '0');
    return `+8210${digits},${categories[i % 4]},${i % 10 === 0 ? 'permanent' : '2027-02-21'}`;
  });
}

/** Values of all kinds: numbers, codes, and texts that sort before, among and behind them. */
export const value: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.integer({ min: 0, max: 99_999_999 }).map((n) => `+8210${String(n).padStart(8, '0')}`),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^\+[0-9]{1,17}$/) },
  { weight: 2, arbitrary: fc.stringMatching(/^[0-9]{1,17}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9A-Za-z+._-]{1,20}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('+', '-', '.', '_', '0', '00', '+0', '+00', '-1', '.5', '9+', '9-'),
  },
);

export const until: fc.Arbitrary<string> = fc.oneof(
  fc.constant('permanent'),
  fc
    .integer({ min: 0, max: 3_652_424 })
    .map((day) => new Date(Date.UTC(2000, 0, 1) + (day - 730_485) * 86_400_000).toISOString().slice(0, 10)),
  fc.constantFrom('2026-12-31', '2027-01-01', '2028-02-29'),
);

export const category: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...CATEGORIES) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z_]{1,32}$/) },
);

export const entry: fc.Arbitrary<Entry> = fc.record({ value, category, until });

/** The lines of a list: at most one for a value, in bytewise order. */
export function linesOf(entries: Iterable<Entry>): string[] {
  const byValue = new Map<string, string>();
  for (const one of entries) byValue.set(one.value, formatLine(one));
  return [...byValue.values()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The bytes of a snapshot, said as plainly as can be. */
export function snapshotOf(lines: readonly string[]): Buffer {
  return Buffer.from(['value,category,until', ...lines].map((line) => `${line}\n`).join(''));
}

/** What a FormatError's code is, where the function throws one. */
export function codeOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
  return 'nothing was thrown';
}
