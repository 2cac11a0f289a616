// A line as two numbers, its key (the value) and its terms (category and until), and back. Keys of one codec
// mean nothing to another: texts that do not pack, and categories, are numbered per tree.
import { CategoryTable } from './category-table.ts';
import { checkEntry, compareLines, type Entry, MAX_CATEGORY_LENGTH, MAX_VALUE_LENGTH } from './entry.ts';
import {
  FIRST_PLAIN,
  FIRST_TEXT,
  HIGH_PLACES,
  HIGH_SCALE,
  LOW_SCALE,
  LOW_SPAN,
  MAX_DIGITS,
  PACKED_ROOM,
  writePacked,
} from './packed-value.ts';
import { TextPool } from './text-pool.ts';
import { untilBytes, untilNumber, untilText } from './until.ts';
import { FNV_OFFSET, FNV_PRIME, hashValue, spread } from './value-hash.ts';

/** The most bytes that `writeLine` touches from where it starts. */
export const LINE_ROOM = MAX_VALUE_LENGTH + PACKED_ROOM + MAX_CATEGORY_LENGTH + 13;

const UNTIL_BITS = 22;
const UNTIL_MASK = (1 << UNTIL_BITS) - 1;

export class LineCodec {
  readonly categories = new CategoryTable();
  readonly #texts = new TextPool();
  readonly #scratch = new Uint8Array(PACKED_ROOM);
  /** Hash of the value that `find` or `take` saw last, as a signed 32-bit number. */
  hash = 0;

  /** The key of a value, and `hash`; -1 where it is a text that the tree does not hold. Allocates nothing. */
  find(value: string): number {
    const length = value.length;
    let hash = FNV_OFFSET;
    let at = 0;
    let base = FIRST_PLAIN;
    if (length > 0 && value.charCodeAt(0) === 43) {
      hash = Math.imul(hash ^ 43, FNV_PRIME);
      at = 1;
      base = 0;
    }
    const digits = length - at;
    if (digits > MAX_DIGITS || length === 0) return this.#findText(value);
    const highEnd = Math.min(length, at + HIGH_PLACES);
    let high = 0;
    let low = 0;
    for (; at < highEnd; at++) {
      const letter = value.charCodeAt(at);
      if (letter < 48 || letter > 57) return this.#findText(value);
      hash = Math.imul(hash ^ letter, FNV_PRIME);
      high = (Math.imul(high, 11) + letter - 47) | 0;
    }
    for (; at < length; at++) {
      const letter = value.charCodeAt(at);
      if (letter < 48 || letter > 57) return this.#findText(value);
      hash = Math.imul(hash ^ letter, FNV_PRIME);
      low = (Math.imul(low, 11) + letter - 47) | 0;
    }
    this.hash = spread(hash);
    high = Math.imul(high, HIGH_SCALE[digits] as number);
    low = Math.imul(low, LOW_SCALE[digits] as number);
    return base + high * LOW_SPAN + low;
  }

  #findText(value: string): number {
    const number = this.#texts.find(value);
    if (number < 0) return -1;
    this.hash = hashValue(value) | 0;
    return FIRST_TEXT + number;
  }

  /** The key of a well-formed value, and `hash`; a text is kept from now on, until `release`. */
  take(value: string): number {
    const key = this.find(value);
    if (key >= 0) return key;
    this.hash = hashValue(value) | 0;
    return FIRST_TEXT + this.#texts.take(value);
  }

  /** Forgets the text of a key that left the tree. */
  release(key: number): void {
    if (key >= FIRST_TEXT) this.#texts.release(key - FIRST_TEXT);
  }

  /** Category and until of an entry in one signed 32-bit number. Throws FormatError `bad_line`. */
  takeTerms(entry: Entry): number {
    checkEntry(entry);
    return packTerms(this.categories.take(entry.category), untilNumber(entry.until));
  }

  /** The terms, where the tree has ever held such ones, else undefined. */
  findTerms(entry: Entry): number | undefined {
    const category = this.categories.find(entry.category);
    const until = untilNumber(entry.until);
    return category < 0 || until < 0 ? undefined : packTerms(category, until);
  }

  value(key: number): string {
    if (key >= FIRST_TEXT) return this.#texts.text(key - FIRST_TEXT);
    const end = writePacked(key, this.#scratch, 0);
    let value = '';
    for (let at = 0; at < end; at++) value += String.fromCharCode(this.#scratch[at] as number);
    return value;
  }

  entry(key: number, terms: number): Entry {
    return {
      value: this.value(key),
      category: this.categories.name(terms >>> UNTIL_BITS),
      until: untilText(terms & UNTIL_MASK),
    };
  }

  /** hash(value) of a key, as a signed 32-bit number. */
  hashOf(key: number): number {
    if (key >= FIRST_TEXT) return hashValue(this.value(key)) | 0;
    const end = writePacked(key, this.#scratch, 0);
    let hash = FNV_OFFSET;
    for (let at = 0; at < end; at++) hash = Math.imul(hash ^ (this.#scratch[at] as number), FNV_PRIME);
    return spread(hash);
  }

  /** Bytewise order of the lines of two different values (format §2): a value ends in a comma. */
  compare(a: number, b: number): number {
    if (a < FIRST_TEXT && b < FIRST_TEXT) return a - b;
    return compareLines(`${this.value(a)},`, `${this.value(b)},`);
  }

  /** Writes a line with its newline; gives back where it ends. `out` needs LINE_ROOM bytes from `start`. */
  writeLine(key: number, terms: number, out: Uint8Array, start: number): number {
    let at = key < FIRST_TEXT ? writePacked(key, out, start) : this.#writeText(key, out, start);
    const category = this.categories.bytes(terms >>> UNTIL_BITS);
    const until = untilBytes(terms & UNTIL_MASK);
    out[at++] = 44;
    for (let from = 0; from < category.length; from++) out[at++] = category[from] as number;
    out[at++] = 44;
    for (let from = 0; from < until.length; from++) out[at++] = until[from] as number;
    out[at++] = 10;
    return at;
  }

  #writeText(key: number, out: Uint8Array, start: number): number {
    const text = this.value(key);
    for (let from = 0; from < text.length; from++) out[start + from] = text.charCodeAt(from);
    return start + text.length;
  }
}

/** A category's number and an until's number in one signed 32-bit number. */
export function packTerms(category: number, until: number): number {
  return (category << UNTIL_BITS) | until;
}
