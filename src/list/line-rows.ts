// Lines side by side while they are moved or sorted: their numbers and hashes in columns that only grow.
import type { LineCodec } from './line-codec.ts';
import { TEXT } from './packed-value.ts';

/** Beyond this an insertion sort could be made to take for ever. */
const FEW = 128;
/** Rows a bucket, on average, when sorting by hash. */
const BUCKET_ROWS = 8;
const MAX_BUCKET_BITS = 16;

export class LineRows {
  high = new Int32Array(FEW);
  low = new Int32Array(FEW);
  terms = new Int32Array(FEW);
  hash = new Int32Array(FEW);
  readonly #order = new Float64Array(FEW);

  /** Makes room for `count` rows; what is there stays. */
  reserve(count: number): void {
    if (count <= this.high.length) return;
    const room = count + (count >> 1);
    this.high = grown(this.high, room);
    this.low = grown(this.low, room);
    this.terms = grown(this.terms, room);
    this.hash = grown(this.hash, room);
  }

  set(row: number, high: number, low: number, terms: number, hash: number): void {
    this.high[row] = high;
    this.low[row] = low;
    this.terms[row] = terms;
    this.hash[row] = hash;
  }

  /** The numbers of `count` rows from `start` on in the order of their lines (format §2); valid until the next call. */
  orderByLine(start: number, count: number, codec: LineCodec): ArrayLike<number> {
    const { high, low } = this;
    const compare = (a: number, b: number): number =>
      codec.compare(high[a] as number, low[a] as number, high[b] as number, low[b] as number);
    if (count <= FEW && this.#orderByHigh(start, count)) {
      this.#settle(start, count, compare);
      return this.#order;
    }
    return Int32Array.from({ length: count }, (_, at) => start + at).sort(compare);
  }

  /** Orders few rows by high, with the row's place behind it in one number; false if there is a text. */
  #orderByHigh(start: number, count: number): boolean {
    const { high } = this;
    const order = this.#order;
    for (let place = 0; place < count; place++) {
      const key = (high[start + place] as number) * FEW + place;
      let at = place;
      for (; at > 0 && (order[at - 1] as number) > key; at--) order[at] = order[at - 1] as number;
      order[at] = key;
    }
    return count === 0 || (order[count - 1] as number) < TEXT * FEW;
  }

  /** Turns what `#orderByHigh` left into row numbers, and orders those of the same high. */
  #settle(start: number, count: number, compare: (a: number, b: number) => number): void {
    const { high } = this;
    const order = this.#order;
    for (let from = 0; from < count; from++) {
      const row = start + ((order[from] as number) & (FEW - 1));
      let at = from;
      for (; at > 0; at--) {
        const before = order[at - 1] as number;
        if (high[before] !== high[row] || compare(before, row) < 0) break;
        order[at] = before;
      }
      order[at] = row;
    }
  }

  /**
   * Sorts the first `count` rows by their hashes, which share the first `depth` bits; `aside` is scratch.
   * Linear for what a hash makes of values, and never worse than n log n.
   */
  sortByHash(count: number, depth: number, aside: LineRows): void {
    const bits = Math.max(
      1,
      Math.min(MAX_BUCKET_BITS, 32 - depth, Math.ceil(Math.log2(count / BUCKET_ROWS))),
    );
    const ends = new Int32Array(2 ** bits);
    const { hash } = this;
    aside.reserve(count);
    for (let row = 0; row < count; row++) {
      const bucket = ((hash[row] as number) << depth) >>> (32 - bits);
      ends[bucket] = (ends[bucket] as number) + 1;
    }
    for (let at = 1; at < ends.length; at++) ends[at] = (ends[at] as number) + (ends[at - 1] as number);
    for (let row = count - 1; row >= 0; row--) {
      const bucket = ((hash[row] as number) << depth) >>> (32 - bits);
      const at = (ends[bucket] as number) - 1;
      ends[bucket] = at;
      this.#copy(row, aside, at);
    }
    // Now the buckets' starts.
    for (let bucket = 0; bucket < ends.length; bucket++) {
      const start = ends[bucket] as number;
      const end = bucket + 1 < ends.length ? (ends[bucket + 1] as number) : count;
      aside.#moveSorted(start, end, this);
    }
  }

  /** Copies rows start to end to the same place in the target, sorted by hash. */
  #moveSorted(start: number, end: number, target: LineRows): void {
    const { hash } = this;
    if (end - start > FEW) {
      const order = Int32Array.from({ length: end - start }, (_, at) => start + at);
      order.sort((a, b) => ((hash[a] as number) >>> 0) - ((hash[b] as number) >>> 0));
      for (const [at, row] of order.entries()) this.#copy(row, target, start + at);
      return;
    }
    for (let row = start; row < end; row++) {
      const key = (hash[row] as number) >>> 0;
      let at = row;
      for (; at > start && (target.hash[at - 1] as number) >>> 0 > key; at--)
        target.#copy(at - 1, target, at);
      this.#copy(row, target, at);
    }
  }

  #copy(from: number, target: LineRows, to: number): void {
    target.high[to] = this.high[from] as number;
    target.low[to] = this.low[from] as number;
    target.terms[to] = this.terms[from] as number;
    target.hash[to] = this.hash[from] as number;
  }

  /** Where, among rows start to end in the order of their hashes, those begin whose hash has the bit set. */
  border(start: number, end: number, bit: number): number {
    let from = start;
    let to = end;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((((this.hash[middle] as number) >>> bit) & 1) === 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function grown(column: Int32Array<ArrayBuffer>, room: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(room);
  larger.set(column);
  return larger;
}
