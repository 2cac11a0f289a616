// Builds a whole trie from lines in order, in time linear in their number: one counting sort by the first bits
// of the hash, then each bucket by itself while it is in cache.
import type { HashTrie } from './hash-trie.ts';
import { LEAF_LINES } from './hash-trie.ts';
import type { LineColumns } from './line-columns.ts';
import { LineRows } from './line-rows.ts';

/** Lines a bucket on average: enough that nearly every leaf lies beneath a bucket's node. */
const BUCKET_LINES = 256;

/** Fills an empty trie with lines that are in order, one for a value. */
export function buildTrie(trie: HashTrie, lines: LineColumns): void {
  const bits = Math.max(0, Math.floor(Math.log2(Math.max(1, lines.length) / BUCKET_LINES)));
  const { order, ends } = sortByPrefix(lines, bits);
  const rows = new LineRows();
  const gather = (start: number, end: number): void => {
    rows.reserve(end - start);
    for (let at = start, row = 0; at < end; at++, row++) {
      const line = order[at] as number;
      rows.keys[row] = lines.key(line);
      rows.terms[row] = lines.terms(line);
      rows.hashes[row] = lines.hash(line);
    }
  };
  const build = (node: number, depth: number, bucket: number, buckets: number): void => {
    const start = bucket === 0 ? 0 : (ends[bucket - 1] as number);
    const end = ends[bucket + buckets - 1] as number;
    if (end - start <= LEAF_LINES || buckets === 1) {
      gather(start, end);
      if (buckets > 1) rows.sort(0, end - start, trie.codec);
      trie.build(rows, node, depth, 0, end - start);
      return;
    }
    const left = trie.nodes.takePair();
    trie.nodes.link[node] = left;
    trie.nodes.count[node] = end - start;
    build(left, depth + 1, bucket, buckets / 2);
    build(left + 1, depth + 1, bucket + buckets / 2, buckets / 2);
  };
  build(0, 0, 0, 2 ** bits);
  trie.adapt();
}

/** Line numbers by the first bits of their hash, stable, and where each bucket ends. */
function sortByPrefix(lines: LineColumns, bits: number): { order: Int32Array; ends: Int32Array } {
  const shift = 32 - bits;
  const bucketOf = (line: number): number => (bits === 0 ? 0 : lines.hash(line) >>> shift);
  const ends = new Int32Array(2 ** bits);
  const order = new Int32Array(lines.length);
  for (let line = 0; line < lines.length; line++) {
    const bucket = bucketOf(line);
    ends[bucket] = (ends[bucket] as number) + 1;
  }
  for (let bucket = 1; bucket < ends.length; bucket++) {
    ends[bucket] = (ends[bucket] as number) + (ends[bucket - 1] as number);
  }
  for (let line = lines.length - 1; line >= 0; line--) {
    const bucket = bucketOf(line);
    const at = (ends[bucket] as number) - 1;
    ends[bucket] = at;
    order[at] = line;
  }
  // `ends` now holds where buckets start: shift it by one.
  ends.copyWithin(0, 1);
  ends[ends.length - 1] = lines.length;
  return { order, ends };
}
