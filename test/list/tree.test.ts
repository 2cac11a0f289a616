import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffBetween, invertDiff } from '../../src/list/diff.ts';
import { digestOf } from '../../src/list/digest.ts';
import { compareLines, type Entry, formatLine, parseLine } from '../../src/list/entry.ts';
import { ListTree } from '../../src/list/tree.ts';
import { codeOf, entry, linesOf, runs, series, snapshotOf } from './series.ts';

/** That the tree is, in everything that can be asked of it, the set of these lines. */
function expectHolds(tree: ListTree, lines: readonly string[]): void {
  const sorted = [...lines].sort(compareLines);
  expect(tree.count).toBe(sorted.length);
  expect(tree.digest()).toBe(digestOf(sorted));
  expect([...tree.sortedLines()]).toEqual(sorted);
  expect([...tree.lines()].sort(compareLines)).toEqual(sorted);
  expect(snapshotOf(sorted).equals(Buffer.concat([...tree.snapshot()]))).toBe(true);
  for (const line of sorted) {
    const one = parseLine(line);
    expect(tree.get(one.value)).toEqual(one);
    expect(tree.has(one.value)).toBe(true);
  }
}

// Few enough values that a history comes back to them, enough that leaves split and merge about 64.
const numbers = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most }).map((n) => `+8210${String((n * 7919) % 10 ** 8).padStart(8, '0')}`);
const smallEntry = fc.record({
  value: numbers(160),
  category: fc.constantFrom('gambling', 'drugs', 'deep_fake'),
  until: fc.constantFrom('permanent', '2027-02-21', '2027-02-22'),
});
const smallList = fc.array(smallEntry, { maxLength: 140, size: 'max' }).map(linesOf);

describe('a list tree', () => {
  it('is the set of its lines through any history of changes, and back through it', () => {
    fc.assert(
      fc.property(fc.array(smallList, { minLength: 1, maxLength: 6 }), (versions) => {
        const tree = new ListTree();
        let before: string[] = [];
        const history = [];
        for (const lines of versions) {
          const diff = diffBetween(before, lines);
          tree.apply(diff);
          expect(tree.digest()).toBe(digestOf(lines));
          expect(tree.count).toBe(lines.length);
          history.push({ diff, before });
          before = lines;
        }
        expectHolds(tree, before);
        for (const step of history.reverse()) {
          tree.revert(step.diff);
          expect(tree.digest()).toBe(digestOf(step.before));
        }
        expectHolds(tree, []);
      }),
      runs(120),
    );
  });

  it('depends on the set alone, not on how it came about', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 200, size: 'max' }),
        fc.array(entry, { maxLength: 100 }),
        (some, others) => {
          const lines = linesOf(some);
          const values = new Set(lines.map((line) => parseLine(line).value));
          const extra = linesOf(others.filter(({ value }) => !values.has(value))).map(parseLine);
          const roundabout = ListTree.fromLines([...lines].reverse());
          roundabout.apply({ removed: [], added: extra });
          roundabout.digest();
          roundabout.apply({ removed: [...extra].reverse(), added: [] });
          expectHolds(roundabout, lines);
          expectHolds(ListTree.fromSnapshot(snapshotOf(lines)), lines);
        },
      ),
      runs(100),
    );
  });

  it('grows to many thousands, over segments, and shrinks back', () => {
    const lines = series(20_000);
    const entries = lines.map(parseLine);
    const tree = new ListTree();
    let size = 0;
    for (const next of [
      100, 64, 65, 9000, 20_000, 16_500, 16_000, 9000, 4000, 2048, 1000, 66, 64, 63, 0, 8193,
    ]) {
      if (next > size) tree.apply({ removed: [], added: entries.slice(size, next) });
      else tree.apply({ removed: entries.slice(next, size), added: [] });
      size = next;
      expect(tree.count).toBe(size);
      expect(tree.digest()).toBe(digestOf(lines.slice(0, size)));
      expect(entries.every(({ value }, at) => tree.has(value) === at < size)).toBe(true);
    }
    expectHolds(tree, lines.slice(0, size));
  });

  it('grows, changes and shrinks from what was built at once, as from what grew', () => {
    const lines = series(40_000).sort();
    const entries = lines.map(parseLine);
    const tree = ListTree.fromSnapshot(snapshotOf(lines));
    const leaving = entries.filter((_, at) => at % 40 !== 0);
    const more = series(50_000).slice(40_000).map(parseLine);
    const steps = [
      {
        removed: entries.slice(0, 500),
        added: entries.slice(0, 500).map((one) => ({ ...one, category: 'stock' })),
      },
      { removed: [], added: more },
      { removed: more, added: [] },
    ];
    const oracle = new Map(entries.map((one) => [one.value, formatLine(one)]));
    for (const step of steps) {
      tree.apply(step);
      for (const { value } of step.removed) oracle.delete(value);
      for (const one of step.added) oracle.set(one.value, formatLine(one));
      expect(tree.digest()).toBe(digestOf(oracle.values()));
    }
    for (const step of steps.reverse()) tree.revert(step);
    tree.apply({ removed: leaving, added: [] });
    expectHolds(
      tree,
      lines.filter((_, at) => at % 40 === 0),
    );
  });

  it('says nothing of what was never listed, whatever is asked', () => {
    const tree = ListTree.fromLines(series(1000));
    for (const value of [
      '',
      '+',
      '0',
      '+8210',
      'A',
      '+82108765432100000',
      '가',
      '+8210200000001',
      ' +821020000000',
    ]) {
      expect(tree.get(value)).toBeUndefined();
      expect(tree.has(value)).toBe(false);
    }
  });
});

describe('a change that does not fit', () => {
  const fault = fc.constantFrom(
    'removal of what is not there',
    'removal with other terms',
    'addition of what is there',
    'bad line',
  );

  it('is refused whole, and leaves the list as it was', () => {
    fc.assert(
      fc.property(smallList, smallList, fault, fc.nat(), (lines, next, kind, pick) => {
        const tree = ListTree.fromLines(lines);
        const digest = tree.digest();
        const diff = diffBetween(lines, next);
        const removed: Entry[] = [...diff.removed];
        const added: Entry[] = [...diff.added];
        const at = <T>(list: T[], item: T) => list.splice(pick % (list.length + 1), 0, item);
        const absent = { value: '+999', category: 'drugs', until: 'permanent' };
        let code = 'diff_mismatch';
        if (kind === 'removal of what is not there') at(removed, absent);
        else if (kind === 'addition of what is there') added.push(absent, absent);
        else if (kind === 'bad line') {
          at(added, { ...absent, until: '2027-02-30' });
          code = 'bad_line';
        } else {
          const listed = lines[pick % lines.length];
          if (listed === undefined) return;
          const one = { ...parseLine(listed), until: '2031-01-01' };
          removed.unshift(one);
        }
        expect(codeOf(() => tree.apply({ removed, added }))).toBe(code);
        expect(tree.count).toBe(lines.length);
        expect(tree.digest()).toBe(digest);
        expectHolds(tree, lines);
        tree.apply(diff);
        tree.apply(invertDiff(diff));
        expect(tree.digest()).toBe(digest);
      }),
      runs(80),
    );
  });

  it('of texts and unknown categories leaves nothing behind either', () => {
    const tree = ListTree.fromLines(['ABC,drugs,permanent']);
    const change = {
      removed: [parseLine('ABC,drugs,permanent')],
      added: [parseLine('DEF,new_one,permanent'), parseLine('DEF,drugs,permanent')],
    };
    expect(codeOf(() => tree.apply(change))).toBe('diff_mismatch');
    expectHolds(tree, ['ABC,drugs,permanent']);
    expect(tree.has('DEF')).toBe(false);
  });

  it('is noticed while the list is being read', () => {
    const tree = ListTree.fromLines(series(200));
    for (const reading of [tree.lines(), tree.sortedLines(), tree.snapshot()]) {
      reading.next();
      const added = [parseLine('+1234567,drugs,permanent')];
      tree.apply({ removed: [], added });
      expect(() => reading.next()).toThrow('changed');
      tree.apply({ removed: added, added: [] });
    }
  });

  it('is what a value that comes twice is, in lines of any order', () => {
    expect(codeOf(() => ListTree.fromLines(['1,drugs,permanent', '1,adult,permanent']))).toBe(
      'duplicate_value',
    );
  });
});
