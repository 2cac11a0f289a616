// P6: the bytes of a snapshot of random numbers in the compact form, against what information theory says they hold.
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { CATEGORIES } from '../src/list/category.ts';
import { decodeCompact } from '../src/list/compact-reader.ts';
import { encodeCompact } from '../src/list/compact-writer.ts';
import { formatSnapshot } from '../src/list/snapshot.ts';
import type { Result } from './result.ts';

/** How many numbers there are to draw from: eight digits. */
const UNIVERSE = 1e8;
const DAYS = 365;
const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } };

/** Measures a snapshot of numbers drawn at random, categories of uneven weight, days over a year, as served. */
export async function benchCompact(scale: 'small' | 'full'): Promise<Result> {
  const entries = scale === 'full' ? 1_000_000 : 100_000;
  const lines = randomLines(entries, randomNumbers(7));
  const bound = boundBytes(lines);
  const csv = Buffer.concat([...formatSnapshot(lines)]);
  const { result: compact, ms: encodeMs } = await timed(() => whole(encodeCompact('snapshot', pieces(csv))));
  const { result: decoded, ms: decodeMs } = await timed(() =>
    whole(decodeCompact('snapshot', pieces(compact))),
  );
  if (sha256(decoded) !== sha256(csv)) throw new Error('the compact form did not give the CSV back');
  const br = await timed(async () => zlib.brotliCompressSync(compact, BROTLI).length);
  const gzip = await timed(async () => zlib.gzipSync(compact, { level: 6 }).length);
  const figure = br.result / bound;
  return {
    id: 'P6',
    goal: `a compressed snapshot of ${entries.toLocaleString('en')} of 10⁸ numbers ≤ 2 × its entropy bound`,
    figure: Math.round(100 * figure) / 100,
    unit: '×',
    met: figure <= 2,
    details: {
      entries,
      boundBytes: bound,
      compact: { bytes: compact.length, encodeMs, decodeMs },
      'compact, br': { bytes: br.result, ms: br.ms },
      'compact, gzip': { bytes: gzip.result, ms: gzip.ms },
      CSV: { bytes: csv.length },
      'CSV, br': { bytes: zlib.brotliCompressSync(csv, BROTLI).length },
      'CSV, gzip': { bytes: zlib.gzipSync(csv, { level: 6 }).length },
    },
  };
}

function randomLines(count: number, random: () => number): string[] {
  const numbers = new Set<number>();
  while (numbers.size < count) numbers.add(Math.floor(UNIVERSE * random()));
  const today = Date.UTC(2026, 10, 24);
  return [...Float64Array.from(numbers).sort()].map((number) => {
    const category = CATEGORIES[Math.floor(CATEGORIES.length * random() ** 2)];
    const day = new Date(today + 86_400_000 * Math.floor(DAYS * random())).toISOString().slice(0, 10);
    return `+8210${String(number).padStart(8, '0')},${category},${random() < 0.1 ? 'permanent' : day}`;
  });
}

/** log₂(U/N) + 1.44 bits a number, and the entropy of category and until. */
function boundBytes(lines: readonly string[]): number {
  const numberBits = Math.log2(UNIVERSE / lines.length) + Math.LOG2E;
  const fieldBits = [1, 2].map((field) => entropyBits(lines.map((line) => line.split(',')[field] ?? '')));
  return Math.ceil((lines.length * fieldBits.reduce((sum, bits) => sum + bits, numberBits)) / 8);
}

function entropyBits(texts: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / texts.length;
    return sum - share * Math.log2(share);
  }, 0);
}

/** The same numbers from 0 up to 1 at every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const begun = performance.now();
  const result = await work();
  return { result, ms: Math.round(performance.now() - begun) };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
