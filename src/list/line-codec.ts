// A line as three 32-bit numbers, high and low (the value) and terms (category and until), and back. The
// numbers of one codec mean nothing to another: texts that do not pack, and categories, are numbered per tree.
import { CategoryTable } from './category-table.ts';
import { checkEntry, compareLines, type Entry, MAX_CATEGORY_LENGTH, MAX_VALUE_LENGTH } from './entry.ts';
import {
  fnvOfPacked,
  HIGH_PLACES,
  HIGH_SCALE,
  LOW_SCALE,
  MAX_DIGITS,
  PACKED_ROOM,
  PLAIN,
  PLUS,
  TEXT,
  writePacked,
} from './packed-value.ts';
import { TextPool } from './text-pool.ts';
import { untilNumber, untilText, writeUntil } from './until.ts';
import { FNV_OFFSET, FNV_PRIME, fnvOf, hashValue, spread } from './value-hash.ts';

/** The most bytes that `writeLine` touches from where it starts. */
export const LINE_ROOM = MAX_VALUE_LENGTH + PACKED_ROOM + MAX_CATEGORY_LENGTH + 13;

const PLUS_FNV = fnvOf('+');

const UNTIL_BITS = 22;
const UNTIL_MASK = (1 << UNTIL_BITS) - 1;

export class LineCodec {
  readonly categories = new CategoryTable();
  readonly #texts = new TextPool();
  readonly #scratch = new DataView(new ArrayBuffer(PACKED_ROOM));
  // What `find` or `take` made of the last value; the hash of format §5 as a signed 32-bit number.
  high = 0;
  low = 0;
  hash = 0;

  /** Sets high, low and hash; false for a text that the tree does not hold. Allocates nothing. */
  find(value: string): boolean {
    const found =
      value.charCodeAt(0) === 43
        ? this.#readDigits(value, 1, PLUS, PLUS_FNV)
        : this.#readDigits(value, 0, PLAIN, FNV_OFFSET);
    return found || this.#findText(value);
  }

  /** Sets high, low and hash of the digits of a text from `start` on; false where it has other letters. */
  #readDigits(text: string, start: number, kind: number, fnv: number): boolean {
    const { length } = text;
    const digits = length - start;
    if (digits > MAX_DIGITS || length === 0) return false;
    const highEnd = Math.min(length, start + HIGH_PLACES);
    let at = start;
    let hash = fnv;
    let high = 0;
    let low = 0;
    for (; at < highEnd; at++) {
      const letter = text.charCodeAt(at);
      if (letter < 48 || letter > 57) return false;
      hash = Math.imul(hash ^ letter, FNV_PRIME);
      high = (Math.imul(high, 11) + letter - 47) | 0;
    }
    for (; at < length; at++) {
      const letter = text.charCodeAt(at);
      if (letter < 48 || letter > 57) return false;
      hash = Math.imul(hash ^ letter, FNV_PRIME);
      low = (Math.imul(low, 11) + letter - 47) | 0;
    }
    this.hash = spread(hash);
    this.high = (kind + Math.imul(high, HIGH_SCALE[digits] as number)) | 0;
    this.low = Math.imul(low, LOW_SCALE[digits] as number);
    return true;
  }

  #findText(value: string): boolean {
    const number = this.#texts.find(value);
    if (number < 0) return false;
    this.#setText(value, number);
    return true;
  }

  #setText(value: string, number: number): void {
    this.hash = hashValue(value) | 0;
    this.high = TEXT;
    this.low = number;
  }

  /** Sets high, low and hash of a well-formed value; a text is kept from now on, until `release`. */
  take(value: string): void {
    if (!this.find(value)) this.#setText(value, this.#texts.take(value));
  }

  /** Forgets the text of a value that left the tree. */
  release(high: number, low: number): void {
    if (high === TEXT) this.#texts.release(low);
  }

  /** Category and until of an entry in one signed 32-bit number. Throws FormatError. */
  takeTerms(entry: Entry): number {
    checkEntry(entry);
    return packTerms(this.categories.take(entry.category), untilNumber(entry.until));
  }

  value(high: number, low: number): string {
    if (high === TEXT) return this.#texts.text(low);
    const end = writePacked(high, low, this.#scratch, 0);
    let value = '';
    for (let at = 0; at < end; at++) value += String.fromCharCode(this.#scratch.getUint8(at));
    return value;
  }

  entry(high: number, low: number, terms: number, value = this.value(high, low)): Entry {
    return {
      value,
      category: this.categories.name(terms >>> UNTIL_BITS),
      until: untilText(terms & UNTIL_MASK),
    };
  }

  /** The hash of a value, as a signed 32-bit number. */
  hashOf(high: number, low: number): number {
    return high === TEXT ? hashValue(this.#texts.text(low)) | 0 : spread(fnvOfPacked(high, low));
  }

  /** Bytewise order of the lines of two different values (format §2): a value ends in a comma. */
  compare(highA: number, lowA: number, highB: number, lowB: number): number {
    if (highA < TEXT && highB < TEXT) return highA === highB ? lowA - lowB : highA - highB;
    return compareLines(`${this.value(highA, lowA)},`, `${this.value(highB, lowB)},`);
  }

  /** Writes a line with its newline; gives back where it ends. `out` needs LINE_ROOM bytes from `start`. */
  writeLine(high: number, low: number, terms: number, out: DataView, start: number): number {
    const at = high === TEXT ? this.#writeText(low, out, start) : writePacked(high, low, out, start);
    return writeUntil(terms & UNTIL_MASK, out, this.categories.write(terms >>> UNTIL_BITS, out, at));
  }

  #writeText(number: number, out: DataView, start: number): number {
    const text = this.#texts.text(number);
    for (let from = 0; from < text.length; from++) out.setUint8(start + from, text.charCodeAt(from));
    return start + text.length;
  }
}

/** A category's number and an until's number in one signed 32-bit number. */
export function packTerms(category: number, until: number): number {
  return (category << UNTIL_BITS) | until;
}
