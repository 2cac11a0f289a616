// Which values a submission has had, in a few bytes each: a million rows must not fill the memory.
import { randomInt } from 'node:crypto';

/** A set of `type value` pairs. Digits are kept as numbers, anything else as text. */
export class SeenValues {
  readonly #numbers = new NumberSet();
  readonly #codes = new NumberSet();
  readonly #texts = new Set<string>();

  /** Adds a canonical value; whether it was new. */
  add(listId: string, value: string): boolean {
    // `+` and up to 15 digits is exact in a double. A code's leading zeros count: a 1 in front keeps them.
    if (value.charCodeAt(0) === PLUS) return this.#numbers.add(Number(value));
    if (value.length <= 14 && DIGITS.test(value)) return this.#codes.add(Number(`1${value}`));
    const key = `${listId} ${value}`;
    if (this.#texts.has(key)) return false;
    this.#texts.add(key);
    return true;
  }
}

const PLUS = 43;
const DIGITS = /^[0-9]+$/;

/** Positive integers below 2^53, open addressing, at most half full. */
class NumberSet {
  #slots = new Float64Array(1024);
  #size = 0;
  // Unknown to who writes the file, so that nobody can choose values that all collide.
  readonly #seed = randomInt(1, 2 ** 31) | 1;

  add(key: number): boolean {
    const at = this.#find(key);
    if (this.#slots[at] !== 0) return false;
    this.#slots[at] = key;
    this.#size++;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return true;
  }

  #find(key: number): number {
    const mask = this.#slots.length - 1;
    let at = this.#hash(key) & mask;
    while (this.#slots[at] !== 0 && this.#slots[at] !== key) at = (at + 1) & mask;
    return at;
  }

  #hash(key: number): number {
    let hash =
      Math.imul((key % 4294967296) ^ this.#seed, 0x9e3779b1) ^ Math.imul(key / 4294967296, this.#seed);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2);
    for (const key of old) {
      if (key !== 0) this.#slots[this.#find(key)] = key;
    }
  }
}
