// format §5: at depth 32 a leaf holds however many lines there are. Values of one hash are rare, but not if
// someone makes them.
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/list/digest.ts';
import { parseLine } from '../../src/list/entry.ts';
import { verifyProof } from '../../src/list/proof.ts';
import { ListTree } from '../../src/list/tree.ts';
import { hashValue } from '../../src/list/value-hash.ts';
import { collidingValues } from './colliding-values.ts';
import { series, snapshotOf } from './series.ts';

const HASH = 0x7ed67fd6;
const values = collidingValues(HASH);
const same = values.map((value) => `${value},drugs,permanent`);
const others = series(500);

describe('values of one hash', () => {
  it('are more than a leaf takes, in this test', () => {
    expect(values.length).toBeGreaterThan(80);
    expect(new Set(values.map(hashValue))).toEqual(new Set([HASH]));
  });

  it('share one leaf at depth 32, with the digest of the definition', () => {
    const lines = [...same, ...others].sort();
    const digest = digestOf(lines);
    expect(ListTree.fromLines(lines).digest()).toBe(digest);
    expect(ListTree.fromSnapshot(snapshotOf(lines)).digest()).toBe(digest);
    expect([...ListTree.fromLines(lines).sortedLines()]).toEqual(lines);
  });

  it('come and go one by one, over the border of 64 both ways', () => {
    const tree = ListTree.fromLines(others);
    for (const [at, line] of same.entries()) {
      tree.apply({ removed: [], added: [parseLine(line)] });
      if (at % 8 === 0 || (at > 60 && at < 68))
        expect(tree.digest()).toBe(digestOf([...others, ...same.slice(0, at + 1)]));
    }
    for (let at = 0; at < same.length; at++) {
      tree.apply({ removed: [parseLine(same[at] as string)], added: [] });
      const left = same.length - 1 - at;
      if (left % 8 === 0 || (left > 60 && left < 68))
        expect(tree.digest()).toBe(digestOf([...others, ...same.slice(at + 1)]));
    }
    expect(tree.digest()).toBe(digestOf(others));
  });

  it('are proved with the whole leaf and 32 siblings', () => {
    const tree = ListTree.fromLines([...same.slice(1), ...others]);
    const digest = tree.digest();
    for (const value of values) {
      const proof = tree.prove(value);
      expect(proof.siblings).toHaveLength(32);
      const { present } = verifyProof({ value, ...proof, digest });
      expect(present).toEqual(value === values[0] ? undefined : parseLine(`${value},drugs,permanent`));
    }
  });

  it.each([31, 1, 0])('part from those that differ in bit %i alone', (bit) => {
    const hash = (HASH ^ (2 ** bit)) >>> 0;
    const lines = [...collidingValues(hash).slice(0, 2), ...values.slice(0, 64)].map(
      (value) => `${value},drugs,permanent`,
    );
    const tree = ListTree.fromLines(lines);
    expect(tree.digest()).toBe(digestOf(lines));
    for (const line of same.slice(64, 67)) {
      tree.apply({ removed: [], added: [parseLine(line)] });
      lines.push(line);
      expect(tree.digest()).toBe(digestOf(lines));
    }
    expect(ListTree.fromSnapshot(snapshotOf([...lines].sort())).digest()).toBe(digestOf(lines));
    while (lines.length > 0) {
      tree.apply({ removed: [parseLine(lines.shift() as string)], added: [] });
      if (lines.length > 60 || lines.length < 2) expect(tree.digest()).toBe(digestOf(lines));
    }
  });

  it('among many that share a long prefix do not slow a bulk load down', () => {
    const many = series(20_000).sort();
    const lines = [...many, ...same].sort();
    expect(ListTree.fromSnapshot(snapshotOf(lines)).digest()).toBe(digestOf(lines));
  });
});
