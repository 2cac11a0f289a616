// Builds a whole trie from lines, in time linear in their number, bucket after bucket and segment after segment. What is
// done is whole after each step, so that whoever builds a long list can see to other things in between.
import { type HashTrie, LEAF_LINES, type VisitLeaf } from './hash-trie.ts';
import { BUCKET_BITS, type LineBuckets } from './line-buckets.ts';
import { LineRows } from './line-rows.ts';
import { LineSegment } from './line-segment.ts';
import { MAX_BITS, SPLIT_LINES } from './line-table.ts';

/** Fills an empty trie with lines, one for a value; the buckets are empty then. */
export function* buildTrie(trie: HashTrie, buckets: LineBuckets, visit: VisitLeaf): Generator<void> {
  const segments: LineSegment[] = [];
  const rows = new LineRows();
  const unsorted = new LineRows();
  // Leaves are half full at least, as a rule, and there are as many nodes above them.
  trie.nodes.reserve(Math.ceil((4 * buckets.length) / LEAF_LINES));

  const buildRows = (node: number, depth: number, start: number, end: number): void => {
    if (end - start <= SPLIT_LINES || depth === MAX_BITS) {
      segments.push(new LineSegment(depth, rows, start, end));
      trie.grow(node, depth, rows, start, end, visit);
      return;
    }
    const border = rows.border(start, end, 31 - depth);
    const left = trie.fork(node, end - start);
    buildRows(left, depth + 1, start, border);
    buildRows(left + 1, depth + 1, border, end);
  };

  function* buildBuckets(node: number, depth: number, first: number): Generator<void> {
    const last = first + 2 ** (BUCKET_BITS - depth);
    const count = buckets.counts.subarray(first, last).reduce((sum, lines) => sum + lines, 0);
    if (count <= SPLIT_LINES || depth === BUCKET_BITS) {
      unsorted.reserve(count);
      for (let bucket = first, row = 0; bucket < last; bucket++) {
        buckets.drain(bucket, unsorted, row);
        row += buckets.counts[bucket] as number;
      }
      unsorted.sortByHash(count, depth, rows);
      buildRows(node, depth, 0, count);
      yield;
      return;
    }
    const left = trie.fork(node, count);
    yield* buildBuckets(left, depth + 1, first);
    yield* buildBuckets(left + 1, depth + 1, (first + last) / 2);
  }

  yield* buildBuckets(0, 0, 0);
  trie.table.install(segments);
}
