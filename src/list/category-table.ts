// The categories of one tree under numbers of 10 bits, whatever their names. A category is never forgotten;
// the bound keeps a hostile snapshot from filling memory with names.
import { MAX_CATEGORY_LENGTH } from './entry.ts';
import { FormatError } from './format-error.ts';

const MAX_CATEGORIES = 1024;
const BUCKETS = 4096;

export class CategoryTable {
  readonly #names: string[] = [];
  readonly #bytes: Uint8Array[] = [];
  readonly #numbers = new Map<string, number>();
  /** Direct-mapped by a hash of the bytes: number + 1, or 0. A guess that is always compared. */
  readonly #guess = new Int16Array(BUCKETS);

  name(number: number): string {
    return this.#names[number] as string;
  }

  bytes(number: number): Uint8Array {
    return this.#bytes[number] as Uint8Array;
  }

  /** The number of a category, or -1. */
  find(name: string): number {
    return this.#numbers.get(name) ?? -1;
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
    this.#numbers.set(own, number);
    return number;
  }

  /** The number of the category in bytes start to end, where `hash` depends on these bytes alone; or -1. */
  takeBytes(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const bucket = hash & (BUCKETS - 1);
    const guess = (this.#guess[bucket] as number) - 1;
    if (guess >= 0 && this.#isAt(guess, bytes, start, end)) return guess;
    if (end === start || end - start > MAX_CATEGORY_LENGTH) return -1;
    const number = this.take(String.fromCharCode(...bytes.subarray(start, end)));
    this.#guess[bucket] = number + 1;
    return number;
  }

  #isAt(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const name = this.#bytes[number] as Uint8Array;
    if (name.length !== end - start) return false;
    for (let at = 0; at < name.length; at++) if (name[at] !== bytes[start + at]) return false;
    return true;
  }
}
