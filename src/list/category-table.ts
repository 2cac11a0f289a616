// The categories of one tree under numbers of 10 bits, whatever their names. A category is never forgotten;
// the bound keeps a hostile snapshot from filling memory with names.
import { MAX_CATEGORY_LENGTH } from './entry.ts';
import { FormatError } from './format-error.ts';

const MAX_CATEGORIES = 1024;
const GUESSES = 1024;
const COMMA = 44;
/** The longest name between two commas, in whole words. */
const WORDS = Math.ceil((MAX_CATEGORY_LENGTH + 2) / 4);

export class CategoryTable {
  readonly #names: string[] = [];
  readonly #bytes: Uint8Array[] = [];
  readonly #numbers = new Map<string, number>();
  /** Each name with its comma before it, as words to be written. */
  readonly #words: Int32Array[] = [];
  /** Direct-mapped by the first bytes of a name: number + 1, or 0. A guess that is always compared. */
  readonly #guesses = new Int16Array(GUESSES);

  name(number: number): string {
    return this.#names[number] as string;
  }

  bytes(number: number): Uint8Array {
    return this.#bytes[number] as Uint8Array;
  }

  /** Writes a comma and the name; gives back where it ends. Up to three bytes behind are touched. */
  write(number: number, out: DataView, start: number): number {
    const words = this.#words[number] as Int32Array;
    for (let at = 0; at < words.length; at++) out.setInt32(start + 4 * at, words[at] as number, true);
    return start + 1 + this.bytes(number).length;
  }

  /** The number of a category, given one if need be. Throws FormatError `too_many_categories`. */
  take(name: string): number {
    const held = this.#numbers.get(name);
    if (held !== undefined) return held;
    const number = this.#names.length;
    if (number === MAX_CATEGORIES) {
      throw new FormatError('too_many_categories', `more than ${MAX_CATEGORIES} categories in one list`);
    }
    const bytes = Uint8Array.from(name, (letter) => letter.charCodeAt(0));
    // A copy: a slice would keep the whole body that it was cut from.
    const own = String.fromCharCode(...bytes);
    this.#names.push(own);
    this.#bytes.push(bytes);
    this.#words.push(wordsOf(bytes));
    this.#numbers.set(own, number);
    return number;
  }

  /** As `take`, of the name that stands at a place and ends in a comma; -1 where none does. */
  takeAt(text: DataView, start: number): number {
    const guess = this.#guessAt(text, start);
    const number = (this.#guesses[guess] as number) - 1;
    if (number >= 0 && this.#isAt(number, text, start)) return number;
    let end = start;
    while (end < text.byteLength && isNameByte(text.getUint8(end))) end++;
    const length = end - start;
    if (length === 0 || length > MAX_CATEGORY_LENGTH) return -1;
    if (end === text.byteLength || text.getUint8(end) !== COMMA) return -1;
    const taken = this.take(
      String.fromCharCode(...new Uint8Array(text.buffer, text.byteOffset + start, length)),
    );
    this.#guesses[guess] = taken + 1;
    return taken;
  }

  #guessAt(text: DataView, start: number): number {
    if (start + 8 > text.byteLength) return 0;
    const mixed = text.getInt32(start, true) ^ Math.imul(text.getInt32(start + 4, true), 0x9e37_79b1);
    return Math.imul(mixed, 0x85eb_ca6b) >>> 22;
  }

  #isAt(number: number, text: DataView, start: number): boolean {
    const name = this.#bytes[number] as Uint8Array;
    const end = start + name.length;
    if (end >= text.byteLength || text.getUint8(end) !== COMMA) return false;
    for (let at = 0; at < name.length; at++) if (name[at] !== text.getUint8(start + at)) return false;
    return true;
  }
}

function wordsOf(name: Uint8Array): Int32Array {
  const bytes = new DataView(new ArrayBuffer(4 * WORDS));
  bytes.setUint8(0, COMMA);
  for (const [at, byte] of name.entries()) bytes.setUint8(1 + at, byte);
  return Int32Array.from({ length: Math.ceil((name.length + 1) / 4) }, (_, at) =>
    bytes.getInt32(4 * at, true),
  );
}

function isNameByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || byte === 95;
}
