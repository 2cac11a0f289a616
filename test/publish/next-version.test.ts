import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EntryRow, isMassChange, type OrderRow, planVersion } from '../../src/publish/next-version.ts';

const TODAY = '2026-11-24';
let nextId = 1;

function list(value: string, changes: Partial<OrderRow> = {}): OrderRow {
  const line = { category: 'gambling', until: '2027-02-22', decisionId: 10 };
  return { id: nextId++, value, action: 'list', ...line, reason: null, confirmed: false, ...changes };
}

function release(value: string, changes: Partial<OrderRow> = {}): OrderRow {
  const nothing = { category: null, until: null, confirmed: false };
  return {
    id: nextId++,
    value,
    action: 'release',
    ...nothing,
    decisionId: 20,
    reason: 'appeal_accepted',
    ...changes,
  };
}

function protect(value: string): OrderRow {
  const nothing = { category: null, until: null, decisionId: null, reason: null, confirmed: false };
  return { id: nextId++, value, action: 'protect', ...nothing };
}

function entry(value: string, changes: Partial<EntryRow> = {}): EntryRow {
  return {
    id: nextId++,
    value,
    category: 'gambling',
    until: '2027-02-22',
    decisionId: 1,
    confirmed: false,
    ...changes,
  };
}

const nobody = () => false;
const everybody = () => true;

describe('the next version', () => {
  test('of nothing is nothing', () => {
    expect(planVersion([], [], nobody, TODAY)).toEqual({ additions: [], removals: [] });
  });

  test('adds what was verified and removes what was released', () => {
    const standing = entry('b');
    const { additions, removals } = planVersion([list('a'), release('b')], [standing], nobody, TODAY);
    expect(additions).toEqual([{ value: 'a', category: 'gambling', until: '2027-02-22', decisionId: 10 }]);
    expect(removals).toEqual([{ entry: standing, reason: 'appeal_accepted', decisionId: 20 }]);
  });

  test('does what was ordered last', () => {
    expect(planVersion([list('a'), release('a')], [], nobody, TODAY)).toEqual({
      additions: [],
      removals: [],
    });
    expect(planVersion([release('a'), list('a')], [entry('a')], nobody, TODAY)).toEqual({
      additions: [],
      removals: [],
    });
    const twice = planVersion(
      [list('a', { category: 'job' }), list('a', { category: 'drugs' })],
      [],
      nobody,
      TODAY,
    );
    expect(twice.additions.map(({ category }) => category)).toEqual(['drugs']);
  });

  test('replaces a line that changed: the old one goes, the new one comes', () => {
    const standing = entry('a');
    const { additions, removals } = planVersion([list('a', { until: null })], [standing], nobody, TODAY);
    expect(removals).toEqual([{ entry: standing, reason: 'changed', decisionId: 10 }]);
    expect(additions).toMatchObject([{ value: 'a', until: null }]);
  });

  test('drops an entry on the day after its last day, not on it', () => {
    const lastDay = entry('a', { until: TODAY });
    const over = entry('b', { until: '2026-11-23' });
    const { removals } = planVersion([], [lastDay, over], nobody, TODAY);
    expect(removals).toEqual([{ entry: over, reason: 'expired', decisionId: null }]);
  });

  test('keeps what would expire when it was verified anew', () => {
    const over = entry('a', { until: '2026-11-23' });
    const { additions, removals } = planVersion([list('a')], [over], nobody, TODAY);
    expect(removals).toMatchObject([{ reason: 'changed' }]);
    expect(additions).toMatchObject([{ until: '2027-02-22' }]);
  });

  test('never lists what is over already', () => {
    expect(planVersion([list('a', { until: '2026-11-23' })], [], nobody, TODAY).additions).toEqual([]);
    expect(
      planVersion([list('a', { until: '2026-11-23' })], [entry('a')], nobody, TODAY).removals,
    ).toMatchObject([{ reason: 'expired' }]);
  });

  test("lists a protected value only with a second person's consent", () => {
    expect(planVersion([list('a')], [], everybody, TODAY).additions).toEqual([]);
    expect(planVersion([list('a', { confirmed: true })], [], everybody, TODAY).additions).toHaveLength(1);
  });

  test('drops what one person listed once it is protected, and keeps what two people listed', () => {
    const one = entry('a');
    const two = entry('b', { confirmed: true });
    const { removals } = planVersion([protect('a'), protect('b')], [one, two], everybody, TODAY);
    expect(removals).toEqual([{ entry: one, reason: 'protected', decisionId: null }]);
  });

  test('does nothing for a protection that was lifted again, or of what is not listed', () => {
    const nothing = { additions: [], removals: [] };
    expect(planVersion([protect('a')], [entry('a')], nobody, TODAY)).toEqual(nothing);
    expect(planVersion([protect('a')], [], everybody, TODAY)).toEqual(nothing);
    expect(planVersion([list('a'), protect('a')], [], everybody, TODAY)).toEqual(nothing);
  });

  test('is what a reader of the orders, one by one, would come to', () => {
    const values = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const days = fc.constantFrom(null, '2026-11-23', TODAY, '2026-11-25');
    const categories = fc.constantFrom('gambling', 'job');
    const orders = fc.array(
      fc.oneof(
        fc
          .tuple(values, categories, days, fc.boolean())
          .map(([value, category, until, confirmed]) => list(value, { category, until, confirmed })),
        values.map((value) => release(value)),
        values.map((value) => protect(value)),
      ),
      { maxLength: 12 },
    );
    const entries = fc.uniqueArray(
      fc
        .tuple(values, categories, days, fc.boolean())
        .map(([value, category, until, confirmed]) => entry(value, { category, until, confirmed })),
      { selector: ({ value }) => value },
    );
    fc.assert(
      fc.property(orders, entries, fc.subarray(['a', 'b', 'c', 'd', 'e']), (given, listed, guarded) => {
        const isProtected = (value: string) => guarded.includes(value);
        const touched = new Set(given.map(({ value }) => value));
        // As in the database: entries that no order names are only seen once their day has passed.
        const seen = listed.filter(
          ({ value, until }) => touched.has(value) || (until !== null && until < TODAY),
        );
        const next = planVersion(given, seen, isProtected, TODAY);
        const removed = new Set(next.removals.map((removal) => lineOf(removal.entry)));
        const after = new Set(listed.map(lineOf).filter((line) => !removed.has(line)));
        for (const addition of next.additions) {
          expect(after.has(lineOf(addition))).toBe(false);
          after.add(lineOf(addition));
        }
        expect([...after].toSorted()).toEqual(naive(given, listed, isProtected).toSorted());
        // Net: nothing goes that comes again, no value twice, and each removal is of a line that stood.
        for (const addition of next.additions) expect(removed.has(lineOf(addition))).toBe(false);
        expect(removed.size).toBe(next.removals.length);
        expect(new Set(next.additions.map(({ value }) => value)).size).toBe(next.additions.length);
        for (const { entry: gone } of next.removals) expect(listed).toContain(gone);
      }),
      { numRuns: 2000 },
    );
  });
});

type Line = Pick<EntryRow, 'value' | 'category' | 'until' | 'confirmed'>;

const lineOf = ({ value, category, until }: Omit<Line, 'confirmed'>) =>
  `${value},${category},${until ?? 'permanent'}`;

/** The lines afterwards, worked out order by order. */
function naive(orders: OrderRow[], listed: EntryRow[], isProtected: (value: string) => boolean): string[] {
  const now = new Map<string, Line>(listed.map((row) => [row.value, row]));
  for (const { action, value, category, until, confirmed } of orders) {
    if (action === 'list') now.set(value, { value, category: category ?? '', until, confirmed });
    if (action === 'release') now.delete(value);
  }
  const touched = new Set(orders.map(({ value }) => value));
  return [...now.values()]
    .filter(({ until }) => until === null || until >= TODAY)
    .filter(({ value, confirmed }) => confirmed || !touched.has(value) || !isProtected(value))
    .map(lineOf);
}

describe('the mass-change brake', () => {
  const change = (added: number, removed: number) => ({
    additions: Array.from({ length: added }, (_, i) => ({
      value: `${i}`,
      category: 'job',
      until: null,
      decisionId: 1,
    })),
    removals: Array.from({ length: removed }, (_, i) => ({
      entry: entry(`${i}`),
      reason: 'expired',
      decisionId: null,
    })),
  });
  const brake = { share: 0.2, minimum: 1000 };

  test('holds what adds or removes more than a fifth of the list', () => {
    expect(isMassChange(change(2000, 0), 10_000, brake)).toBe(false);
    expect(isMassChange(change(2001, 0), 10_000, brake)).toBe(true);
    expect(isMassChange(change(0, 2000), 10_000, brake)).toBe(false);
    expect(isMassChange(change(0, 2001), 10_000, brake)).toBe(true);
  });

  test('looks at additions and removals each on their own', () => {
    expect(isMassChange(change(2000, 2000), 10_000, brake)).toBe(false);
  });

  test('never holds a small change, however small the list', () => {
    expect(isMassChange(change(1000, 0), 0, brake)).toBe(false);
    expect(isMassChange(change(1001, 0), 0, brake)).toBe(true);
    expect(isMassChange(change(0, 900), 900, brake)).toBe(false);
  });

  test('would have held the update that emptied a public list of 2,692 of its 6,081 rows', () => {
    expect(isMassChange(change(0, 2692), 6081, brake)).toBe(true);
  });

  test('set to nothing holds every change, and set to all only what is more than the list', () => {
    expect(isMassChange(change(1, 0), 100, { share: 0, minimum: 0 })).toBe(true);
    expect(isMassChange(change(0, 0), 100, { share: 0, minimum: 0 })).toBe(false);
    expect(isMassChange(change(100, 100), 100, { share: 1, minimum: 0 })).toBe(false);
    expect(isMassChange(change(101, 0), 100, { share: 1, minimum: 0 })).toBe(true);
  });
});
