// Lines as they come from a snapshot, dealt out at once by the first bits of their hash, so that what follows
// works on one bucket at a time, in cache: the raw material of a tree.
import type { LineRows } from './line-rows.ts';

export const BUCKET_BITS = 8;
const BUCKETS = 1 << BUCKET_BITS;
/** Numbers a line: high, low, terms, hash. */
const FIELDS = 4;
const FIRST_BLOCK = 32 * FIELDS;
const LAST_BLOCK = 4096 * FIELDS;

export class LineBuckets {
  /** How many lines there are in each bucket. */
  readonly counts = new Int32Array(BUCKETS);
  length = 0;
  readonly #blocks: Int32Array[][] = Array.from({ length: BUCKETS }, () => []);
  readonly #last: Int32Array[] = new Array(BUCKETS).fill(new Int32Array(0));
  /** Where in the last block of a bucket the next line goes. */
  readonly #ends = new Int32Array(BUCKETS);

  push(high: number, low: number, terms: number, hash: number): void {
    const bucket = hash >>> (32 - BUCKET_BITS);
    let block = this.#last[bucket] as Int32Array;
    let at = this.#ends[bucket] as number;
    if (at === block.length) {
      block = new Int32Array(Math.max(FIRST_BLOCK, Math.min(LAST_BLOCK, 2 * block.length)));
      this.#last[bucket] = block;
      (this.#blocks[bucket] as Int32Array[]).push(block);
      at = 0;
    }
    block[at] = high;
    block[at + 1] = low;
    block[at + 2] = terms;
    block[at + 3] = hash;
    this.#ends[bucket] = at + FIELDS;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.length++;
  }

  /** Moves a bucket's lines to the rows from `start`, for which there must be room. */
  drain(bucket: number, rows: LineRows, start: number): void {
    let left = this.counts[bucket] as number;
    let row = start;
    for (const block of this.#blocks[bucket] as Int32Array[]) {
      const end = Math.min(block.length, left * FIELDS);
      for (let at = 0; at < end; at += FIELDS, row++) {
        rows.high[row] = block[at] as number;
        rows.low[row] = block[at + 1] as number;
        rows.terms[row] = block[at + 2] as number;
        rows.hash[row] = block[at + 3] as number;
      }
      left -= end / FIELDS;
    }
    this.#blocks[bucket] = [];
  }
}
