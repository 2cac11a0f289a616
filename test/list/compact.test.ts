// The compact form (format §14): another spelling of the CSV, and nothing that is not one.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_LINES, type CompactKind } from '../../src/list/compact.ts';
import { decodeCompact } from '../../src/list/compact-reader.ts';
import { encodeCompact } from '../../src/list/compact-writer.ts';
import { composeDiffs, type Diff, diffBetween, formatDiff, parseDiff } from '../../src/list/diff.ts';
import { FormatError, type FormatErrorCode } from '../../src/list/format-error.ts';
import { ListTree } from '../../src/list/tree.ts';
import { decodeCompact as decodeIndependently } from '../independent/compact-reader.ts';
import { entry, linesOf, runs, series, snapshotOf } from './series.ts';

interface Vectors {
  compact: {
    valid: { name: string; kind: CompactKind; hex: string; csv: string }[];
    series: { series: number; bytes: number; sha256: string }[];
    invalid: { name: string; kind: CompactKind; hex: string; reason: 'header' | 'unfinished' | 'compact' }[];
  };
}
const file = new URL('../../docs/vectors/list-format.json', import.meta.url);
const { compact } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const CODE = { header: 'bad_header', unfinished: 'truncated', compact: 'bad_compact' } as const;

/** The bytes in pieces of a length. */
async function* pieces(bytes: Uint8Array, length = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const encode = (kind: CompactKind, csv: Uint8Array, length?: number) =>
  whole(encodeCompact(kind, pieces(csv, length)));
const decode = (kind: CompactKind, bytes: Uint8Array, length?: number) =>
  whole(decodeCompact(kind, pieces(bytes, length)));
const csvOf = (diff: Diff): Buffer => Buffer.from([...formatDiff(diff)].join(''));

async function codeOf(work: Promise<unknown>): Promise<FormatErrorCode | 'accepted'> {
  return work.then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof FormatError) return error.code;
      throw error;
    },
  );
}

const lists = fc.array(entry, { maxLength: 60, size: 'max' });
const threeLists = lists.chain((entries) => {
  const some = fc.subarray(entries).map(linesOf);
  return fc.tuple(some, some, some);
});

describe('the known answers', () => {
  it.each(compact.valid)('are written and read: $name', async ({ kind, hex, csv }) => {
    expect((await encode(kind, Buffer.from(csv))).toString('hex')).toBe(hex);
    expect((await decode(kind, Buffer.from(hex, 'hex'))).toString()).toBe(csv);
  });

  it.each(compact.series)('are written: series($series)', async ({ series: length, bytes, sha256 }) => {
    const made = await encode('snapshot', snapshotOf(series(length).sort()));
    expect([made.length, createHash('sha256').update(made).digest('hex')]).toEqual([bytes, sha256]);
  });

  it.each(compact.invalid)('are refused ($reason): $name', async ({ kind, hex, reason }) => {
    expect(await codeOf(decode(kind, Buffer.from(hex, 'hex')))).toBe(CODE[reason]);
  });
});

describe('any snapshot', () => {
  it('comes back byte for byte, however it is cut, and is hardly ever longer than its CSV', async () => {
    await fc.assert(
      fc.asyncProperty(lists.map(linesOf), fc.integer({ min: 1, max: 300 }), async (lines, length) => {
        const csv = snapshotOf(lines);
        const made = await encode('snapshot', csv, length);
        expect(made.length).toBeLessThan(csv.length + 1024);
        expect((await decode('snapshot', made, length)).equals(csv)).toBe(true);
        expect(decodeIndependently('snapshot', made)).toBe(csv.toString());
      }),
      runs(300),
    );
  });

  it('of several blocks comes back, and has the same digest', async () => {
    const lines = series(2 * BLOCK_LINES + 1).sort();
    const csv = snapshotOf(lines);
    const made = await encode('snapshot', csv);
    const tree = await ListTree.fromSnapshotStream(decodeCompact('snapshot', pieces(made)));
    expect(tree.digest()).toBe(ListTree.fromSnapshot(csv).digest());
    expect(decodeIndependently('snapshot', made)).toBe(csv.toString());
  });

  it('of which a byte was changed is refused, or gives another CSV than was signed', async () => {
    const csv = snapshotOf(linesOf(fc.sample(entry, { numRuns: 40, seed: 3 })));
    const made = await encode('snapshot', csv);
    for (let at = 0; at < made.length; at++) {
      for (const flip of [1, 64, 128]) {
        const touched = Buffer.from(made);
        touched[at] = (touched[at] as number) ^ flip;
        const result = await decode('snapshot', touched).catch((error: unknown) => {
          if (error instanceof FormatError) return undefined;
          throw error;
        });
        expect(result?.equals(csv) ?? false).toBe(false);
      }
    }
  });

  it('that is cut anywhere is refused', async () => {
    const made = await encode('snapshot', snapshotOf(series(100).sort()));
    for (let end = 0; end < made.length; end++)
      expect(await codeOf(decode('snapshot', made.subarray(0, end)))).not.toBe('accepted');
  });

  it('that is random bytes behind the right beginning is refused, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 400 }), async (bytes) => {
        const body = Buffer.concat([Buffer.from('CHADAN1S'), bytes]);
        expect(await codeOf(decode('snapshot', body))).not.toBe('accepted');
      }),
      runs(2000),
    );
  });
});

describe('any diff', () => {
  it('comes back byte for byte, and composes as the CSV does', async () => {
    const through = async (diff: Diff) => {
      const made = await encode('diff', csvOf(diff));
      expect(decodeIndependently('diff', made)).toBe(csvOf(diff).toString());
      return parseDiff(await decode('diff', made, 7));
    };
    await fc.assert(
      fc.asyncProperty(threeLists, async ([a, b, c]) => {
        const ab = await through(diffBetween(a, b));
        const bc = await through(diffBetween(b, c));
        const tree = ListTree.fromLines(a);
        tree.apply(ab);
        expect([...tree.sortedLines()]).toEqual(b);
        expect(composeDiffs(ab, bc)).toEqual(diffBetween(a, c));
      }),
      runs(100),
    );
  });
});

describe('a CSV that is none', () => {
  const refusal = (kind: CompactKind, csv: string) => codeOf(encode(kind, Buffer.from(csv)));

  it('is not written', async () => {
    const header = 'value,category,until\n';
    expect(await refusal('snapshot', 'op,value,category,until\n')).toBe('bad_header');
    expect(await refusal('snapshot', '')).toBe('truncated');
    expect(await refusal('snapshot', `${header}+82112,other,permanent`)).toBe('truncated');
    expect(await refusal('snapshot', `${header}+82112,other\n`)).toBe('bad_line');
    expect(await refusal('snapshot', `${header}+82113,other,permanent\n+82112,other,permanent\n`)).toBe(
      'not_sorted',
    );
    const diff = 'op,value,category,until\n+,+82112,other,permanent\n-,+82113,other,permanent\n';
    expect(await refusal('diff', diff)).toBe('bad_diff');
  });
});
