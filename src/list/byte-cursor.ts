// Reads the numbers and texts of one block of the compact form (format §14). It never reads beyond the block.
import { FormatError } from './format-error.ts';

/** No number is longer; 7 bits of it a byte. */
const MAX_NUMBER_BYTES = 8;
const NEWLINE = 10;

export class ByteCursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next number; above 2⁵³ it is not exact, and too large wherever it stands. Throws FormatError. */
  number(): number {
    const first = this.#bytes[this.#at++] as number;
    return first < 128 ? first : this.#longNumber(first);
  }

  #longNumber(first: number): number {
    let number = first & 127;
    let scale = 128;
    for (let length = 2; length <= MAX_NUMBER_BYTES; length++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) break;
      number += (byte & 127) * scale;
      if (byte > 127) scale *= 128;
      else if (byte > 0) return number;
      else throw new FormatError('bad_compact', 'a number has more bytes than it needs');
    }
    throw new FormatError('bad_compact', 'a number has no end within its block');
  }

  /** The next text, up to its line feed. Throws FormatError. */
  text(maxLength: number): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#at);
    if (end < 0 || end - this.#at > maxLength)
      throw new FormatError('bad_compact', 'a text has no end where it must');
    const text = String.fromCharCode(...this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  /** Throws FormatError where the block has more bytes, or less than were read. */
  end(): void {
    if (this.#at !== this.#bytes.length)
      throw new FormatError('bad_compact', 'a block is not as long as it says');
  }
}
