// All lines of a list by the hash of their value: a directory from the hash's first bits to segments, each of
// which grows, splits and merges by itself, so that no change ever moves more than a few thousand lines.
import type { LineCodec } from './line-codec.ts';
import { LineRows } from './line-rows.ts';
import { LineSegment } from './line-segment.ts';

/** More lines than this split a segment; two siblings with fewer than MERGE_LINES together become one. */
export const SPLIT_LINES = 8192;
const MERGE_LINES = 2048;
/** The directory gets no finer: lines that agree in more bits stay together, however many. */
export const MAX_BITS = 20;

export class LineTable {
  readonly #codec: LineCodec;
  readonly #rows = new LineRows();
  #bits = 0;
  /** By the first `#bits` bits of the hash; a segment of fewer bits stands under all that extend them. */
  #segments: LineSegment[];

  constructor(codec: LineCodec) {
    this.#codec = codec;
    this.#segments = [new LineSegment(0, this.#rows, 0, 0)];
  }

  /** The segment where a hash belongs. */
  segment(hash: number): LineSegment {
    return this.#segments[(hash >>> 1) >>> (31 - this.#bits)] as LineSegment;
  }

  /** Adds a value that is not there. */
  insert(high: number, low: number, terms: number, hash: number): void {
    const segment = this.segment(hash);
    segment.insert(high, low, terms, hash, this.#codec, this.#rows);
    if (segment.count > SPLIT_LINES && segment.depth < MAX_BITS) this.#split(segment, hash);
  }

  #split(segment: LineSegment, hash: number): void {
    const { depth } = segment;
    if (depth === this.#bits) {
      this.#bits++;
      this.#segments = this.#segments.flatMap((same) => [same, same]);
    }
    const rows = this.#rows;
    const end = segment.readAll(this.#codec, rows, 0);
    const border = rows.border(0, end, 31 - depth);
    const bit = 0x8000_0000 >>> depth;
    this.#install(new LineSegment(depth + 1, rows, 0, border), hash & ~bit);
    this.#install(new LineSegment(depth + 1, rows, border, end), hash | bit);
  }

  #install(segment: LineSegment, hash: number): void {
    const span = 2 ** (this.#bits - segment.depth);
    const index = (hash >>> 1) >>> (31 - this.#bits);
    const start = index - (index % span);
    this.#segments.fill(segment, start, start + span);
  }

  /** Removes a value that is there. */
  remove(high: number, low: number, hash: number): void {
    let segment = this.segment(hash);
    segment.remove(segment.find(high, low, hash), this.#codec, this.#rows);
    while (segment.depth > 0 && segment.count < MERGE_LINES) {
      const bit = 0x8000_0000 >>> (segment.depth - 1);
      const left = this.segment(hash & ~bit);
      const right = this.segment(hash | bit);
      if (left.depth !== right.depth || left.count + right.count >= MERGE_LINES) return;
      const rows = this.#rows;
      const end = right.readAll(this.#codec, rows, left.readAll(this.#codec, rows, 0));
      segment = new LineSegment(segment.depth - 1, rows, 0, end);
      this.#install(segment, hash);
    }
  }

  /** Every segment once, in the order of the hash. */
  *segments(): Generator<LineSegment> {
    for (let at = 0; at < this.#segments.length; ) {
      const segment = this.#segments[at] as LineSegment;
      yield segment;
      at += 2 ** (this.#bits - segment.depth);
    }
  }

  /** Makes the empty table hold the segments, which are in the order of the hash and leave out nothing. */
  install(segments: readonly LineSegment[]): void {
    this.#bits = segments.reduce((bits, { depth }) => Math.max(bits, depth), 0);
    this.#segments = segments.flatMap((segment) =>
      new Array(2 ** (this.#bits - segment.depth)).fill(segment),
    );
  }
}
