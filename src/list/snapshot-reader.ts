// Reads a snapshot (format §3) chunk by chunk straight into buckets, with no string for a line that needs
// none. It refuses whatever is not a snapshot to the last byte; it never repairs, sorts or skips.
import { MAX_VALUE_LENGTH } from './entry.ts';
import { FormatError } from './format-error.ts';
import { LineBuckets } from './line-buckets.ts';
import { type LineCodec, packTerms } from './line-codec.ts';
import { HIGH_PLACES, HIGH_SCALE, LOW_SCALE, MAX_DIGITS, PLAIN, PLUS } from './packed-value.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';
import { dayNumber, PERMANENT, untilBytes } from './until.ts';
import { FNV_OFFSET, FNV_PRIME, spread } from './value-hash.ts';

const COMMA = 44;
const DASH = 45;
const NEWLINE = 10;
/** No line is longer, newline included. */
const LINE_BYTES = 128;
const EMPTY = new Uint8Array(0);
const permanent = untilBytes(PERMANENT);

export class SnapshotReader {
  readonly lines = new LineBuckets();
  readonly #codec: LineCodec;
  /** The beginning of a line whose end is in the next chunk. */
  #rest = EMPTY;
  #headerRead = false;
  // The line before.
  #lastHigh = -1;
  #lastLow = 0;
  // The line under way.
  #at = 0;
  #high = 0;
  #low = 0;
  #hash = 0;

  /** Texts and categories are kept in the codec, which is to belong to the tree under construction. */
  constructor(codec: LineCodec) {
    this.#codec = codec;
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

  /** Reads whole lines: the byte before `end` is a newline, which stops every loop below. */
  #lines(bytes: Uint8Array, start: number, end: number): void {
    this.#at = start;
    if (!this.#headerRead && start < end) this.#header(bytes);
    while (this.#at < end) {
      this.#value(bytes);
      const terms = this.#terms(bytes);
      this.#checkOrder();
      this.lines.push(this.#high, this.#low, terms, this.#hash);
    }
  }

  #header(bytes: Uint8Array): void {
    const found = bytes.subarray(this.#at, this.#at + SNAPSHOT_HEADER.length);
    if (Buffer.from(found).toString('latin1') !== SNAPSHOT_HEADER) {
      throw new FormatError('bad_header', `a snapshot begins with ${SNAPSHOT_HEADER.trim()}`);
    }
    this.#headerRead = true;
    this.#at += SNAPSHOT_HEADER.length;
  }

  /** Reads a value and leaves `#at` after its comma: the same numbers as LineCodec.find. */
  #value(bytes: Uint8Array): void {
    const start = this.#at;
    let at = start;
    let hash = FNV_OFFSET;
    let kind = PLAIN;
    let letter = bytes[at] as number;
    if (letter === 43) {
      hash = Math.imul(hash ^ 43, FNV_PRIME);
      letter = bytes[++at] as number;
      kind = PLUS;
    }
    const first = at;
    let high = 0;
    let low = 0;
    for (; letter >= 48 && letter <= 57 && at - first < HIGH_PLACES; letter = bytes[++at] as number) {
      hash = Math.imul(hash ^ letter, FNV_PRIME);
      high = (Math.imul(high, 11) + letter - 47) | 0;
    }
    for (; letter >= 48 && letter <= 57 && at - first < MAX_DIGITS; letter = bytes[++at] as number) {
      hash = Math.imul(hash ^ letter, FNV_PRIME);
      low = (Math.imul(low, 11) + letter - 47) | 0;
    }
    if (letter !== COMMA || at === start) {
      this.#textValue(bytes);
      return;
    }
    this.#at = at + 1;
    this.#hash = spread(hash);
    const digits = at - first;
    this.#high = (kind + Math.imul(high, HIGH_SCALE[digits] as number)) | 0;
    this.#low = Math.imul(low, LOW_SCALE[digits] as number);
  }

  #textValue(bytes: Uint8Array): void {
    const start = this.#at;
    let at = start;
    while (isValueByte(bytes[at] as number)) at++;
    const length = at - start;
    if (bytes[at] !== COMMA || length === 0 || length > MAX_VALUE_LENGTH) {
      throw this.#refusal('bad_line', 'its value is not one');
    }
    this.#at = at + 1;
    const codec = this.#codec;
    codec.take(String.fromCharCode(...bytes.subarray(start, at)));
    this.#high = codec.high;
    this.#low = codec.low;
    this.#hash = codec.hash;
  }

  /** Reads category and until, to the newline. */
  #terms(bytes: Uint8Array): number {
    const start = this.#at;
    let at = start;
    let hash = 0;
    let letter = bytes[at] as number;
    while ((letter >= 97 && letter <= 122) || letter === 95) {
      hash = (Math.imul(hash, 31) + letter) | 0;
      letter = bytes[++at] as number;
    }
    const category = letter === COMMA ? this.#codec.categories.takeBytes(bytes, start, at, hash) : -1;
    if (category < 0) throw this.#refusal('bad_line', 'its category is not a token');
    this.#at = at + 1;
    const until = bytes[this.#at] === permanent[0] ? this.#permanent(bytes) : this.#day(bytes);
    if (until < 0 || bytes[this.#at++] !== NEWLINE) {
      throw this.#refusal('bad_line', 'it ends neither in a day nor in permanent');
    }
    return packTerms(category, until);
  }

  #permanent(bytes: Uint8Array): number {
    for (let from = 0; from < permanent.length; from++) {
      if (bytes[this.#at] !== permanent[from]) return -1;
      this.#at++;
    }
    return PERMANENT;
  }

  #day(bytes: Uint8Array): number {
    const at = this.#at;
    // A byte that is no digit gives a number out of reach of any sum of digits.
    const year =
      digit(bytes[at]) * 1000 + digit(bytes[at + 1]) * 100 + digit(bytes[at + 2]) * 10 + digit(bytes[at + 3]);
    const month = digit(bytes[at + 5]) * 10 + digit(bytes[at + 6]);
    const day = digit(bytes[at + 8]) * 10 + digit(bytes[at + 9]);
    if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return -1;
    this.#at = at + 10;
    return dayNumber(year, month, day);
  }

  /** format §2: strictly ascending by line, so that a value that comes twice comes in a row. */
  #checkOrder(): void {
    const before = this.#lastHigh;
    const order = before < 0 ? -1 : this.#codec.compare(before, this.#lastLow, this.#high, this.#low);
    if (order === 0) throw this.#refusal('duplicate_value', 'the value is in the line before');
    if (order > 0) throw this.#refusal('not_sorted', 'it is out of order');
    this.#lastHigh = this.#high;
    this.#lastLow = this.#low;
  }

  #refusal(code: 'bad_line' | 'not_sorted' | 'duplicate_value', reason: string): FormatError {
    return new FormatError(code, `line ${this.lines.length + 2} of the snapshot: ${reason}`);
  }
}

function digit(byte: number | undefined): number {
  const number = (byte as number) - 48;
  return number >= 0 && number <= 9 ? number : 100_000;
}

function isValueByte(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 97 && byte <= 122) ||
    byte === 43 ||
    byte === 45 ||
    byte === 46 ||
    byte === 95
  );
}
