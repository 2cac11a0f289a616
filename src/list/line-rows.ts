// Lines side by side while they are moved or sorted: their numbers and hashes in columns that only grow.
import type { LineCodec } from './line-codec.ts';
import { TEXT } from './packed-value.ts';

/** Beyond this an insertion sort could be made to take for ever. */
const FEW = 128;
/** Into how many buckets few rows are dealt. */
const FEW_BUCKETS = 64;
/** Rows a bucket, on average, when sorting by hash. */
const BUCKET_ROWS = 2;
/** More rows than are ever sorted that share no bits; with 32 bits of hash before them still exact as a number. */
const ROW_SPAN = 2 ** 21;
const MAX_BUCKET_BITS = 16;

export class LineRows {
  high = new Int32Array(FEW);
  low = new Int32Array(FEW);
  terms = new Int32Array(FEW);
  hash = new Int32Array(FEW);
  readonly #order = new Int32Array(FEW);
  readonly #ends = new Uint8Array(FEW_BUCKETS);

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
    if (count <= FEW && this.#orderFew(start, start + count)) return this.#order;
    const { high, low } = this;
    return Int32Array.from({ length: count }, (_, at) => start + at).sort((a, b) =>
      codec.compare(high[a] as number, low[a] as number, high[b] as number, low[b] as number),
    );
  }

  /** Orders few rows: dealt out by high, so that hardly any is out of its place, then moved there. False if there is a text. */
  #orderFew(start: number, end: number): boolean {
    const { high, low } = this;
    const order = this.#order;
    const ends = this.#ends.fill(0);
    let least = TEXT;
    let most = 0;
    for (let row = start; row < end; row++) {
      const value = high[row] as number;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (most === TEXT) return false;
    const scale = (ends.length - 1) / Math.max(1, most - least);
    for (let row = start; row < end; row++) {
      const bucket = (((high[row] as number) - least) * scale) | 0;
      ends[bucket] = (ends[bucket] as number) + 1;
    }
    for (let bucket = 1; bucket < ends.length; bucket++)
      ends[bucket] = (ends[bucket] as number) + (ends[bucket - 1] as number);
    for (let row = end - 1; row >= start; row--) {
      const bucket = (((high[row] as number) - least) * scale) | 0;
      const at = (ends[bucket] as number) - 1;
      ends[bucket] = at;
      order[at] = row;
    }
    for (let from = 1; from < end - start; from++) {
      const row = order[from] as number;
      let at = from;
      for (; at > 0; at--) {
        const before = order[at - 1] as number;
        const more = (high[before] as number) - (high[row] as number);
        if (more < 0 || (more === 0 && (low[before] as number) < (low[row] as number))) break;
        order[at] = before;
      }
      order[at] = row;
    }
    return true;
  }

  /**
   * Copies the first `count` rows in the order of their hashes, which share the first `depth` bits, to the target.
   * Linear for what a hash makes of values, and never worse than n log n.
   */
  sortByHash(count: number, depth: number, target: LineRows): void {
    const span = ROW_SPAN << depth;
    const keys = this.#keysByHash(count, depth, span);
    target.reserve(count);
    for (let at = 0; at < count; at++) {
      const row = (keys[at] as number) & (span - 1);
      target.set(
        at,
        this.high[row] as number,
        this.low[row] as number,
        this.terms[row] as number,
        this.hash[row] as number,
      );
    }
  }

  /** What the hashes do not share, each with the number of its row behind it, in order. */
  #keysByHash(count: number, depth: number, span: number): Float64Array {
    const { hash } = this;
    const bits = Math.max(
      1,
      Math.min(MAX_BUCKET_BITS, 32 - depth, Math.ceil(Math.log2(count / BUCKET_ROWS))),
    );
    const ends = new Int32Array(2 ** bits);
    for (let row = 0; row < count; row++) {
      const bucket = ((hash[row] as number) << depth) >>> (32 - bits);
      ends[bucket] = (ends[bucket] as number) + 1;
    }
    for (let at = 1; at < ends.length; at++) ends[at] = (ends[at] as number) + (ends[at - 1] as number);
    const keys = new Float64Array(count);
    for (let row = count - 1; row >= 0; row--) {
      const bucket = ((hash[row] as number) << depth) >>> (32 - bits);
      const at = (ends[bucket] as number) - 1;
      ends[bucket] = at;
      keys[at] = (((hash[row] as number) << depth) >>> depth) * span + row;
    }
    // Now the buckets' starts.
    for (let bucket = 0; bucket < ends.length; bucket++)
      sortKeys(keys, ends[bucket] as number, bucket + 1 < ends.length ? (ends[bucket + 1] as number) : count);
    return keys;
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

/** Sorts keys start to end, few as a rule. */
function sortKeys(keys: Float64Array, start: number, end: number): void {
  if (end - start > FEW) {
    keys.subarray(start, end).sort();
    return;
  }
  for (let from = start + 1; from < end; from++) {
    const key = keys[from] as number;
    let at = from;
    for (; at > start && (keys[at - 1] as number) > key; at--) keys[at] = keys[at - 1] as number;
    keys[at] = key;
  }
}

function grown(column: Int32Array<ArrayBuffer>, room: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(room);
  larger.set(column);
  return larger;
}
