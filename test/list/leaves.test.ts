// The leaf file: what a relay keeps of a list, and opens without believing it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/list/digest.ts';
import { FormatError } from '../../src/list/format-error.ts';
import { ListTree } from '../../src/list/tree.ts';
import { collidingValues } from './colliding-values.ts';
import { entry, linesOf, runs, series, snapshotOf } from './series.ts';

const list = fc.array(entry, { maxLength: 150, size: 'max' }).map(linesOf);

async function* stream(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
}

const leavesOf = (lines: readonly string[]) => Buffer.concat([...ListTree.fromLines(lines).leaves()]);

describe('a leaf file', () => {
  it('is read as it was written, wherever it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.array(fc.nat(), { maxLength: 12 }), async (lines, cuts) => {
        const bytes = leavesOf(lines);
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const tree = await ListTree.fromLeaves(stream(...chunks));
        expect(tree.digest()).toBe(digestOf(lines));
        expect([...tree.sortedLines()]).toEqual(lines);
      }),
      runs(60),
    );
  });

  it('is the same whether it comes with a snapshot or from the tree, and goes on as any list does', async () => {
    const lines = series(20_000).sort();
    const written: Uint8Array[] = [];
    await ListTree.fromSnapshotStream(stream(snapshotOf(lines)), async (chunk) => void written.push(chunk));
    expect(Buffer.concat(written).equals(leavesOf(lines))).toBe(true);
    const tree = await ListTree.fromLeaves(stream(...written));
    tree.apply({ removed: [...tree.entries()].slice(0, 9000), added: [] });
    expect(tree.digest()).toBe(digestOf(tree.lines()));
    expect(tree.count).toBe(11_000);
  });

  it('holds many values of one hash', async () => {
    const lines = collidingValues(80).map((value) => `${value},drugs,permanent`);
    const tree = await ListTree.fromLeaves(stream(leavesOf(lines)));
    expect(tree.digest()).toBe(digestOf(lines));
  });

  it('with any bit flipped, or cut, is refused or has another digest', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.nat(), fc.nat(7), fc.boolean(), async (lines, at, bit, cut) => {
        const bytes = leavesOf(lines);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] as number) ^ (1 << bit);
        const damaged = cut ? leavesOf(lines).subarray(0, index) : bytes;
        const digest = await ListTree.fromLeaves(stream(damaged)).then(
          (tree) => tree.digest(),
          (error: unknown) => {
            expect(error).toBeInstanceOf(FormatError);
            return 'refused';
          },
        );
        expect(digest).not.toBe(digestOf(lines));
      }),
      runs(200),
    );
  });
});
