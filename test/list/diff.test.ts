import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  composeDiffs,
  DIFF_HEADER,
  type Diff,
  diffBetween,
  diffFromJson,
  diffToJson,
  formatDiff,
  invertDiff,
  parseDiff,
} from '../../src/list/diff.ts';
import { digestOf } from '../../src/list/digest.ts';
import { FormatError } from '../../src/list/format-error.ts';
import { ListTree } from '../../src/list/tree.ts';
import { codeOf, entry, linesOf, runs } from './series.ts';

// Lists that share most of what they hold.
const pool = fc.array(entry, { maxLength: 60, size: 'max' });
const threeLists = pool.chain((entries) => {
  const some = fc.subarray(entries).map(linesOf);
  return fc.tuple(some, some, some);
});
const meta = {
  list: 'sender-numbers',
  epoch: '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44',
  from: 1,
  to: 2,
} as const;
const text = (diff: Diff): string => [...formatDiff(diff)].join('');

describe('a diff', () => {
  it('leads from one list to the other, and back', () => {
    fc.assert(
      fc.property(threeLists, ([a, b]) => {
        const tree = ListTree.fromLines(a);
        tree.apply(diffBetween(a, b));
        expect([...tree.sortedLines()]).toEqual(b);
        tree.apply(invertDiff(diffBetween(a, b)));
        expect(tree.digest()).toBe(digestOf(a));
      }),
      runs(200),
    );
  });

  it('composed with the next is the diff from the first list to the last', () => {
    fc.assert(
      fc.property(threeLists, ([a, b, c]) => {
        expect(composeDiffs(diffBetween(a, b), diffBetween(b, c))).toEqual(diffBetween(a, c));
        expect(composeDiffs(diffBetween(a, b), diffBetween(b, a))).toEqual({ removed: [], added: [] });
      }),
      runs(300),
    );
  });

  it('is read as it was written, as CSV and as JSON', () => {
    fc.assert(
      fc.property(threeLists, ([a, b]) => {
        const diff = diffBetween(a, b);
        expect(parseDiff(text(diff))).toEqual(diff);
        expect(parseDiff(Buffer.from(text(diff)))).toEqual(diff);
        const json = diffToJson(meta, diff);
        expect(diffFromJson(JSON.parse(JSON.stringify(json)))).toEqual(diff);
        expect(json).toEqual({ ...meta, ...diff });
        const shuffled = { removed: [...diff.removed].reverse(), added: [...diff.added].reverse() };
        expect(text(shuffled)).toBe(text(diff));
      }),
      runs(200),
    );
  });

  it('cut or with any bit flipped is refused, does not fit, or is seen by the digest', () => {
    fc.assert(
      fc.property(threeLists, fc.nat(), fc.integer({ min: -1, max: 7 }), ([a, b], at, bit) => {
        const bytes = Buffer.from(text(diffBetween(a, b)));
        const index = at % bytes.length;
        if (bit >= 0) bytes[index] = (bytes[index] as number) ^ (1 << bit);
        const tree = ListTree.fromLines(a);
        try {
          tree.apply(parseDiff(bit < 0 ? bytes.subarray(0, index) : bytes));
          expect(tree.digest()).not.toBe(digestOf(b));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          expect(tree.digest()).toBe(digestOf(a));
        }
      }),
      runs(400),
    );
  });

  it('is written with removals first, each part in bytewise order', () => {
    const diff = diffBetween(
      ['3,drugs,permanent', '2,drugs,permanent'],
      ['2,adult,permanent', '10,drugs,permanent'],
    );
    expect(text(diff)).toBe(
      `${DIFF_HEADER}-,2,drugs,permanent\n-,3,drugs,permanent\n+,10,drugs,permanent\n+,2,adult,permanent\n`,
    );
    expect(text({ removed: [], added: [] })).toBe(DIFF_HEADER);
  });

  it.each([
    ['', 'truncated'],
    ['op,value', 'truncated'],
    ['op,value,category\n', 'bad_header'],
    [`${DIFF_HEADER}+,1,drugs,permanent`, 'truncated'],
    [`${DIFF_HEADER}\n`, 'bad_line'],
    [`${DIFF_HEADER}1,drugs,permanent\n`, 'bad_line'],
    [`${DIFF_HEADER}*,1,drugs,permanent\n`, 'bad_diff'],
    [`${DIFF_HEADER}+1,drugs,permanent\n`, 'bad_line'],
    [`${DIFF_HEADER}+,1,drugs,permanent\n-,2,drugs,permanent\n`, 'bad_diff'],
    [`${DIFF_HEADER}+,2,drugs,permanent\n+,1,drugs,permanent\n`, 'bad_diff'],
    [`${DIFF_HEADER}-,2,drugs,permanent\n-,1,drugs,permanent\n`, 'bad_diff'],
    [`${DIFF_HEADER}+,1,drugs,permanent\n+,1,drugs,permanent\n`, 'bad_diff'],
    [`${DIFF_HEADER}-,1,adult,permanent\n-,1,drugs,permanent\n`, 'bad_diff'],
    [`${DIFF_HEADER}-,1,drugs,permanent\n+,1,drugs,permanent\n`, 'bad_diff'],
    [`${DIFF_HEADER}-,1,drugs,permanent\r\n`, 'bad_line'],
  ])('is refused when it is %j', (body, code) => {
    expect(codeOf(() => parseDiff(body))).toBe(code);
  });

  it.each([null, 1, {}, { removed: [] }, { removed: {}, added: [] }, { removed: [null], added: [] }])(
    'is refused when its JSON is %j',
    (json) => {
      expect(codeOf(() => diffFromJson(json))).toBe('bad_diff');
    },
  );

  it('is refused when an entry of its JSON is malformed', () => {
    const added = [{ value: '1', category: 'drugs', until: '2027-02-30' }];
    expect(codeOf(() => diffFromJson({ removed: [], added }))).toBe('bad_line');
    expect(codeOf(() => diffFromJson({ removed: [{ ...added[0], value: 1 }], added: [] }))).toBe('bad_diff');
  });
});
