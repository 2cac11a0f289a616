import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../src/list/entry.ts';
import { verifyProof } from '../../src/list/proof.ts';
import { ListTree } from '../../src/list/tree.ts';
import { codeOf, entry, linesOf, runs, series, value } from './series.ts';

const tree = ListTree.fromLines(series(3000));
const digest = tree.digest();
const listed = parseLine(series(3000)[1234] as string);
const proof = tree.prove(listed.value);

describe('a proof', () => {
  it('shows what is listed and that other values are not, in lists of any size', () => {
    const lists = fc.array(entry, { maxLength: 300, size: 'max' }).map(linesOf);
    fc.assert(
      fc.property(lists, fc.array(value, { maxLength: 5 }), (lines, asked) => {
        const some = ListTree.fromLines(lines);
        for (const one of [...lines.slice(0, 5).map((line) => parseLine(line).value), ...asked]) {
          const { present } = verifyProof({ value: one, ...some.prove(one), digest: some.digest() });
          expect(present).toEqual(some.get(one));
        }
      }),
      runs(100),
    );
  });

  it('is the whole list, without siblings, where that is one leaf', () => {
    const lines = series(64).sort();
    expect(ListTree.fromLines(lines).prove('+82')).toEqual({ lines, siblings: [] });
  });

  it('has a sibling for each step down', () => {
    expect(proof.siblings.length).toBeGreaterThan(4);
    expect(proof.lines.length).toBeLessThanOrEqual(64);
    expect(verifyProof({ value: listed.value, ...proof, digest }).present).toEqual(listed);
  });

  it('proves nothing once anything in it is changed', () => {
    const whole = { value: listed.value, ...proof, digest };
    const { lines, siblings } = proof;
    const forged = lines.map((line) => line.replace(/,(?:permanent|2027.*)$/, ',2026-01-01'));
    const other = siblings.map((hash) => hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')));
    const foreign = series(2000).find((line) => !lines.includes(line)) as string;
    const tampered = [
      { ...whole, lines: lines.slice(1) },
      { ...whole, lines: [] },
      { ...whole, lines: forged },
      { ...whole, lines: [...lines].reverse() },
      { ...whole, lines: [...lines, foreign] },
      { ...whole, lines: [...lines, lines[0] as string] },
      { ...whole, lines: [lines.join('\n')] },
      { ...whole, siblings: siblings.slice(1) },
      { ...whole, siblings: [...siblings].reverse() },
      { ...whole, siblings: other },
      { ...whole, siblings: siblings.map((hash) => hash.toUpperCase()) },
      { ...whole, siblings: [...siblings, ...new Array(33).fill(digest)] },
      { ...whole, digest: '0'.repeat(64) },
      { ...whole, value: 'no,value' },
      { ...whole, value: parseLine(foreign).value },
      { ...whole, lines: lines.map((line) => line.slice(1)) },
      { ...whole, lines: new Array(65).fill(lines[0]) },
    ];
    for (const one of tampered) expect(codeOf(() => verifyProof(one))).toBe('bad_proof');
  });

  it('of absence cannot be had for a value that is listed', () => {
    const elsewhere = tree.prove('+99999');
    expect(codeOf(() => verifyProof({ value: listed.value, ...elsewhere, digest }))).toBe('bad_proof');
  });
});
