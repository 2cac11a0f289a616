import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/list/digest.ts';
import { FormatError } from '../../src/list/format-error.ts';
import { formatSnapshot, SNAPSHOT_HEADER } from '../../src/list/snapshot.ts';
import { ListTree } from '../../src/list/tree.ts';
import { codeOf, entry, linesOf, runs, series, snapshotOf } from './series.ts';

const list = fc.array(entry, { maxLength: 150, size: 'max' }).map(linesOf);

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
}

describe('a snapshot', () => {
  it('is read as it was written, wherever it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.array(fc.nat(), { maxLength: 12 }), async (lines, cuts) => {
        const bytes = Buffer.concat([...formatSnapshot(lines)]);
        expect(snapshotOf(lines).equals(bytes)).toBe(true);
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        for (const tree of [
          ListTree.fromSnapshot(chunks),
          await ListTree.fromSnapshotStream(stream(chunks)),
        ]) {
          expect(tree.digest()).toBe(digestOf(lines));
          expect([...tree.sortedLines()]).toEqual(lines);
        }
      }),
      runs(80),
    );
  });

  it('may come byte by byte', () => {
    const bytes = snapshotOf(series(70).sort());
    const tree = ListTree.fromSnapshot([...bytes].map((byte) => Uint8Array.of(byte)));
    expect(tree.digest()).toBe(digestOf(series(70)));
  });

  it('of a list larger than its chunks is written whole', () => {
    const lines = series(5000).sort();
    const chunks = [...formatSnapshot(lines)];
    expect(chunks.length).toBeGreaterThan(1);
    expect(snapshotOf(lines).equals(Buffer.concat(chunks))).toBe(true);
    expect(snapshotOf(lines).equals(Buffer.concat([...ListTree.fromSnapshot(chunks).snapshot()]))).toBe(true);
  });

  it('that ends early is refused, or is seen by its digest', () => {
    fc.assert(
      fc.property(list, fc.nat(), (lines, cut) => {
        const bytes = snapshotOf(lines);
        const short = bytes.subarray(0, cut % bytes.length);
        expectRefusedOrSeen(short, digestOf(lines));
      }),
      runs(200),
    );
  });

  it('with any bit flipped is refused, or is seen by its digest', () => {
    fc.assert(
      fc.property(list, fc.nat(), fc.integer({ min: 0, max: 7 }), (lines, at, bit) => {
        const bytes = snapshotOf(lines);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] as number) ^ (1 << bit);
        expectRefusedOrSeen(bytes, digestOf(lines));
      }),
      runs(300),
    );
  });

  const h = SNAPSHOT_HEADER;
  it.each([
    ['', 'truncated'],
    ['value', 'truncated'],
    ['value,category,until', 'truncated'],
    ['\n', 'bad_header'],
    ['value,category\n', 'bad_header'],
    ['value,category,until\r\n', 'bad_header'],
    ['\ufeffvalue,category,until\n', 'bad_header'],
    ['+82,drugs,permanent\n', 'bad_header'],
    [`${h}+82,drugs,permanent`, 'truncated'],
    [`${h}\n`, 'bad_line'],
    [`${h}+82,drugs\n`, 'bad_line'],
    [`${h},drugs,permanent\n`, 'bad_line'],
    [`${h}+82,,permanent\n`, 'bad_line'],
    [`${h}+82,drugs,permanent\r\n`, 'bad_line'],
    [`${h}+82,drugs,permanent,\n`, 'bad_line'],
    [`${h}+82,drugs,permanen\n`, 'bad_line'],
    [`${h}+82,drugs,2027-02-29\n`, 'bad_line'],
    [`${h}+82,drugs,2027-02-2\n`, 'bad_line'],
    [`${h}+82,drugs,2027-02-0a\n`, 'bad_line'],
    [`${h}+82,drugs,202:-02-01\n`, 'bad_line'],
    [`${h}+82,Drugs,permanent\n`, 'bad_line'],
    [`${h}+8 2,drugs,permanent\n`, 'bad_line'],
    [`${h}+82,${'a'.repeat(33)},permanent\n`, 'bad_line'],
    [`${h}${'1'.repeat(65)},drugs,permanent\n`, 'bad_line'],
    [`${h}${'1'.repeat(500)}`, 'bad_line'],
    [`${h}+82,drugs,permanent\n+82,drugs,permanent\n`, 'duplicate_value'],
    [`${h}+82,adult,permanent\n+82,drugs,permanent\n`, 'duplicate_value'],
    [`${h}AB,adult,permanent\nAB,drugs,permanent\n`, 'duplicate_value'],
    [`${h}+83,drugs,permanent\n+82,drugs,permanent\n`, 'not_sorted'],
    [`${h}+821,drugs,permanent\n+82,drugs,permanent\n`, 'not_sorted'],
    [`${h}82,drugs,permanent\n+82,drugs,permanent\n`, 'not_sorted'],
    [`${h}AB,drugs,permanent\n82,drugs,permanent\n`, 'not_sorted'],
    [`${h}12,drugs,permanent\n12+,drugs,permanent\n`, 'not_sorted'],
  ])('is refused when it is %j', (text, code) => {
    expect(codeOf(() => ListTree.fromSnapshot(Buffer.from(text)))).toBe(code);
  });

  it('with more kinds of entries than any agency has is refused', () => {
    const letters = (n: number): string =>
      [...n.toString(26)].map((c) => String.fromCharCode(97 + Number.parseInt(c, 26))).join('');
    const lines = Array.from({ length: 1025 }, (_, n) => `${1000 + n},${letters(n)},permanent\n`);
    expect(ListTree.fromSnapshot(Buffer.from(h + lines.slice(1).join(''))).count).toBe(1024);
    expect(codeOf(() => ListTree.fromSnapshot(Buffer.from(h + lines.join(''))))).toBe('too_many_categories');
  });
});

function expectRefusedOrSeen(bytes: Uint8Array, digest: string): void {
  try {
    expect(ListTree.fromSnapshot(bytes).digest()).not.toBe(digest);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}
