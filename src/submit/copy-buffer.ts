// Rows of a COPY as bytes, each with room in front for the columns that become known once all rows are there. Rows kept
// as objects or strings until then would be moved about by the garbage collector, at a greater cost than judging them.

/** The longest first columns: two numbers of 64 bits, a status and their tabs. */
const ROOM = ' '.repeat(52);
const MAX_BYTES_A_CHARACTER = 3;

export class CopyBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;
  /** Where the room of each row ends. */
  readonly #roomEnds: number[] = [];

  /** @param row all but the first columns, in COPY's text format, with its line end */
  add(row: string): void {
    const start = this.#length;
    const most = start + ROOM.length + row.length * MAX_BYTES_A_CHARACTER;
    if (most > this.#bytes.length) this.#grow(most);
    this.#length += this.#bytes.write(ROOM + row, start);
    this.#roomEnds.push(start + ROOM.length);
  }

  /**
   * Completes a row.
   * @param nth of the rows since the last `clear`, from 0
   * @param columns the first of the row, each with its tab, the very first a number: spaces before that are read past
   */
  begin(nth: number, columns: string): void {
    if (columns.length > ROOM.length) throw new RangeError('the first columns are too long');
    this.#bytes.write(columns, (this.#roomEnds[nth] as number) - columns.length, 'latin1');
  }

  /** All rows, until the next is added. */
  get rows(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets the rows and keeps the memory. */
  clear(): void {
    this.#length = 0;
    this.#roomEnds.length = 0;
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
