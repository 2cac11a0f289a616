// Reads lines (format §2) from bytes into the numbers of a codec, four bytes at a time and with no string for a line
// that needs none. It decides what a line is; what may follow what is for those who read whole files.
import { MAX_VALUE_LENGTH } from './entry.ts';
import { type LineCodec, packTerms } from './line-codec.ts';
import { fourPlaces, HIGH_PLACES, HIGH_SCALE, LOW_SCALE, MAX_DIGITS, PLAIN, PLUS } from './packed-value.ts';
import { untilAt, untilLength } from './until.ts';
import { FNV_OFFSET, FNV_PRIME, fnvOfWord, spread } from './value-hash.ts';

/** No line is longer, newline included. */
export const LINE_BYTES = 128;
const COMMA = 44;
const NEWLINE = 10;

export class LineReader {
  readonly #codec: LineCodec;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;
  // The line that was read last; the hash of format §5 as a signed 32-bit number.
  high = 0;
  low = 0;
  terms = 0;
  hash = 0;
  /** Why `read` gave -1. */
  fault = '';

  /** Texts and categories are kept in the codec, which is to belong to the tree under construction. */
  constructor(codec: LineCodec) {
    this.#codec = codec;
  }

  /** Where `read` finds its lines. Their last byte must be a newline: it stops every loop. */
  from(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the line at a place and gives the place behind its newline; -1 where there is no line. */
  read(start: number): number {
    this.#at = start;
    if (!this.#readDigits() && !this.#readText()) return this.#refuse('its value is not one');
    const category = this.#codec.categories.takeAt(this.#view, this.#at);
    if (category < 0) return this.#refuse('its category is not a token');
    this.#at += this.#codec.categories.bytes(category).length + 1;
    const until = untilAt(this.#view, this.#at);
    const end = this.#at + untilLength(until);
    if (until < 0 || this.#bytes[end] !== NEWLINE)
      return this.#refuse('it ends neither in a day nor in permanent');
    this.terms = packTerms(category, until);
    return end + 1;
  }

  #refuse(fault: string): -1 {
    this.fault = fault;
    return -1;
  }

  /** Reads digits, `+` perhaps before them, and their comma: the same numbers as LineCodec.find. */
  #readDigits(): boolean {
    const bytes = this.#bytes;
    const view = this.#view;
    const start = this.#at;
    let at = start;
    let hash = FNV_OFFSET;
    let kind = PLAIN;
    if (bytes[at] === 43) {
      hash = Math.imul(hash ^ 43, FNV_PRIME);
      kind = PLUS;
      at++;
    }
    let digits = 0;
    let high = 0;
    let low = 0;
    for (; digits + 4 <= MAX_DIGITS && at + 4 <= bytes.length; at += 4, digits += 4) {
      const word = view.getInt32(at, true);
      if (!areDigits(word)) break;
      hash = fnvOfWord(word, hash);
      if (digits < HIGH_PLACES) high = (Math.imul(high, 11 ** 4) + fourPlaces(word)) | 0;
      else low = fourPlaces(word);
    }
    let letter = bytes[at] as number;
    for (; letter >= 48 && letter <= 57 && digits < MAX_DIGITS; letter = bytes[++at] as number, digits++) {
      hash = Math.imul(hash ^ letter, FNV_PRIME);
      if (digits < HIGH_PLACES) high = (Math.imul(high, 11) + letter - 47) | 0;
      else low = (Math.imul(low, 11) + letter - 47) | 0;
    }
    if (letter !== COMMA || at === start) return false;
    this.#at = at + 1;
    this.hash = spread(hash);
    this.high = (kind + Math.imul(high, HIGH_SCALE[digits] as number)) | 0;
    this.low = Math.imul(low, LOW_SCALE[digits] as number);
    return true;
  }

  /** Reads any other value and its comma. */
  #readText(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    while (isValueByte(bytes[at] as number)) at++;
    const length = at - start;
    if (bytes[at] !== COMMA || length === 0 || length > MAX_VALUE_LENGTH) return false;
    this.#at = at + 1;
    const codec = this.#codec;
    codec.take(String.fromCharCode(...bytes.subarray(start, at)));
    this.high = codec.high;
    this.low = codec.low;
    this.hash = codec.hash;
    return true;
  }
}

/** Whether the four bytes of a word are ASCII digits. */
function areDigits(word: number): boolean {
  return ((word & 0xf0f0_f0f0) | (((word + 0x0606_0606) & 0xf0f0_f0f0) >>> 4)) === 0x3333_3333;
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
