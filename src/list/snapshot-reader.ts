// Reads a snapshot (format §3) chunk by chunk straight into buckets. It refuses whatever is not a snapshot to the
// last byte; it never repairs, sorts or skips.
import { FormatError } from './format-error.ts';
import { LineBuckets } from './line-buckets.ts';
import type { LineCodec } from './line-codec.ts';
import { LINE_BYTES, LineReader } from './line-reader.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';

const NEWLINE = 10;
const EMPTY = new Uint8Array(0);

export class SnapshotReader {
  readonly lines = new LineBuckets();
  readonly #codec: LineCodec;
  readonly #line: LineReader;
  /** The beginning of a line whose end is in the next chunk. */
  #rest = EMPTY;
  #headerRead = false;
  // The line before.
  #lastHigh = -1;
  #lastLow = 0;

  /** Texts and categories are kept in the codec, which is to belong to the tree under construction. */
  constructor(codec: LineCodec) {
    this.#codec = codec;
    this.#line = new LineReader(codec);
  }

  /** Takes the next bytes. Throws FormatError at the first line that cannot stand where it does. */
  push(chunk: Uint8Array): void {
    const lastNewline = chunk.lastIndexOf(NEWLINE);
    if (lastNewline < 0) {
      this.#keep(chunk);
      return;
    }
    let start = 0;
    if (this.#rest.length > 0) {
      start = chunk.indexOf(NEWLINE) + 1;
      this.#keep(chunk.subarray(0, start));
      const line = this.#rest;
      this.#rest = EMPTY;
      this.#lines(line, 0, line.length);
    }
    this.#lines(chunk, start, lastNewline + 1);
    this.#keep(chunk.subarray(lastNewline + 1));
  }

  /** To be called after the last chunk. Throws FormatError `truncated` where a line has no end. */
  end(): LineBuckets {
    if (this.#rest.length > 0) throw new FormatError('truncated', 'the snapshot ends within a line');
    if (!this.#headerRead) throw new FormatError('truncated', 'the snapshot has no header');
    return this.lines;
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#rest.length + bytes.length;
    if (length > LINE_BYTES) throw this.#refusal('bad_line', 'too long');
    if (bytes.length === 0) return;
    const rest = new Uint8Array(length);
    rest.set(this.#rest);
    rest.set(bytes, this.#rest.length);
    this.#rest = rest;
  }

  /** Reads whole lines: the byte before `end` is a newline. */
  #lines(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (!this.#headerRead && start < end) at = this.#header(bytes, start);
    const line = this.#line;
    line.from(bytes.subarray(0, end));
    while (at < end) {
      at = line.read(at);
      if (at < 0) throw this.#refusal('bad_line', line.fault);
      this.#checkOrder(line.high, line.low);
      this.lines.push(line.high, line.low, line.terms, line.hash);
    }
  }

  #header(bytes: Uint8Array, start: number): number {
    const end = start + SNAPSHOT_HEADER.length;
    if (Buffer.from(bytes.subarray(start, end)).toString('latin1') !== SNAPSHOT_HEADER) {
      throw new FormatError('bad_header', `a snapshot begins with ${SNAPSHOT_HEADER.trim()}`);
    }
    this.#headerRead = true;
    return end;
  }

  /** format §2: strictly ascending by line, so that a value that comes twice comes in a row. */
  #checkOrder(high: number, low: number): void {
    const before = this.#lastHigh;
    const order = before < 0 ? -1 : this.#codec.compare(before, this.#lastLow, high, low);
    if (order === 0) throw this.#refusal('duplicate_value', 'the value is in the line before');
    if (order > 0) throw this.#refusal('not_sorted', 'it is out of order');
    this.#lastHigh = high;
    this.#lastLow = low;
  }

  #refusal(code: 'bad_line' | 'not_sorted' | 'duplicate_value', reason: string): FormatError {
    return new FormatError(code, `line ${this.lines.length + 2} of the snapshot: ${reason}`);
  }
}
