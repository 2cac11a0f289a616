// The lines whose hashes begin with the same bits, in cells of three numbers in the order of the hash: each
// stands at its home, the place its hash points to, or behind it with no empty cell between. So a look-up
// reads a few neighbouring cells and nothing else, and the lines of any longer prefix are neighbours too.
import type { LineCodec } from './line-codec.ts';
import type { LineRows } from './line-rows.ts';

/** Numbers a cell: high, low, terms. */
export const CELL = 3;
/** The high of an empty cell. */
export const EMPTY = -1;

const LEAST_CAPACITY = 16;
/** Homes are found with 16 bits of hash. */
const MOST_CAPACITY = 65_535;
/** Cells behind the last home, before a run at the end needs a rebuild. */
const TAIL = 12;
const BUILT_LOAD = 0.7;
const MOST_LOAD = 0.8;
const LEAST_LOAD = 0.25;

export class LineSegment {
  cells = new Int32Array(0);
  /** The bits that all hashes here share. */
  readonly depth: number;
  count = 0;
  #capacity = 0;

  /** Rows start to end in the order of their hashes, which share the first `depth` bits. */
  constructor(depth: number, rows: LineRows, start: number, end: number) {
    this.depth = depth;
    this.#fill(rows, start, end);
  }

  #fill(rows: LineRows, start: number, end: number): void {
    this.count = end - start;
    const wanted = Math.ceil(this.count / BUILT_LOAD);
    this.#capacity = Math.max(LEAST_CAPACITY, Math.min(MOST_CAPACITY, wanted));
    if (this.#place(rows, start, end, this.#capacity)) return;
    // A run goes beyond the last home, which is rare: with as much room as it takes.
    let last = -1;
    for (let row = start; row < end; row++) last = Math.max(last + 1, this.#home(rows.hash[row] as number));
    this.#place(rows, start, end, last + 1);
  }

  /** Puts the rows into new cells, `room` of them before the tail; false where they do not suffice. */
  #place(rows: LineRows, start: number, end: number, room: number): boolean {
    this.cells = new Int32Array((room + TAIL) * CELL).fill(EMPTY);
    let last = -1;
    for (let row = start; row < end; row++) {
      last = Math.max(last + 1, this.#home(rows.hash[row] as number));
      if (last >= room) return false;
      this.#put(last * CELL, rows.high[row] as number, rows.low[row] as number, rows.terms[row] as number);
    }
    return true;
  }

  #put(at: number, high: number, low: number, terms: number): void {
    this.cells[at] = high;
    this.cells[at + 1] = low;
    this.cells[at + 2] = terms;
  }

  #home(hash: number): number {
    return Math.imul((hash << this.depth) >>> 16, this.#capacity) >>> 16;
  }

  #hashAt(at: number, codec: LineCodec): number {
    return codec.hashOf(this.cells[at] as number, this.cells[at + 1] as number);
  }

  /** Where the cell of a value begins, or -1. The last cell is always empty. */
  find(high: number, low: number, hash: number): number {
    const { cells } = this;
    for (let at = this.#home(hash) * CELL; ; at += CELL) {
      const found = cells[at];
      if (found === high && cells[at + 1] === low) return at;
      if (found === EMPTY) return -1;
    }
  }

  /** Adds a value that is not there; `rows` is scratch. */
  insert(high: number, low: number, terms: number, hash: number, codec: LineCodec, rows: LineRows): void {
    if (this.count >= this.#capacity * MOST_LOAD && this.#capacity < MOST_CAPACITY)
      this.#rebuild(codec, rows);
    let end = this.#runEnd(hash);
    if (end + CELL >= this.cells.length) {
      this.#rebuild(codec, rows);
      end = this.#runEnd(hash);
    }
    let at = this.#home(hash) * CELL;
    while (at < end && this.#hashAt(at, codec) >>> 0 <= hash >>> 0) at += CELL;
    this.cells.copyWithin(at + CELL, at, end);
    this.#put(at, high, low, terms);
    this.count++;
  }

  #runEnd(hash: number): number {
    let at = this.#home(hash) * CELL;
    while (this.cells[at] !== EMPTY) at += CELL;
    return at;
  }

  /** Removes the value whose cell begins at `found`; `rows` is scratch. */
  remove(found: number, codec: LineCodec, rows: LineRows): void {
    const { cells } = this;
    // What stands behind its home moves up, so that no gap cuts it off.
    let end = found + CELL;
    while (cells[end] !== EMPTY && this.#home(this.#hashAt(end, codec)) * CELL < end) end += CELL;
    cells.copyWithin(found, found + CELL, end);
    cells[end - CELL] = EMPTY;
    this.count--;
    if (this.#capacity > LEAST_CAPACITY && this.count < this.#capacity * LEAST_LOAD)
      this.#rebuild(codec, rows);
  }

  #rebuild(codec: LineCodec, rows: LineRows): void {
    this.#fill(rows, 0, this.readAll(codec, rows, 0));
  }

  /** Appends every line, with its hash, to the rows from `start`, in the order of the hash; gives the end. */
  readAll(codec: LineCodec, rows: LineRows, start: number): number {
    const { cells } = this;
    rows.reserve(start + this.count);
    let row = start;
    for (let at = 0; at < cells.length; at += CELL) {
      const high = cells[at] as number;
      if (high === EMPTY) continue;
      const low = cells[at + 1] as number;
      rows.set(row++, high, low, cells[at + 2] as number, codec.hashOf(high, low));
    }
    return row;
  }

  /**
   * Copies the lines from hash `first` to hash `last`, without their hashes and in their order, into the rows;
   * gives how many.
   */
  readRange(first: number, last: number, codec: LineCodec, rows: LineRows): number {
    const { cells } = this;
    const lastHome = this.#home(last) * CELL;
    let at = this.#home(first) * CELL;
    // Lines of smaller hashes may have been pushed here.
    while (cells[at] !== EMPTY && this.#hashAt(at, codec) >>> 0 < first >>> 0) at += CELL;
    let row = 0;
    for (; at < cells.length; at += CELL) {
      const high = cells[at] as number;
      if (high === EMPTY) {
        if (at >= lastHome) break;
        continue;
      }
      // Before the last home no larger hash can stand.
      if (at >= lastHome && this.#hashAt(at, codec) >>> 0 > last >>> 0) break;
      rows.reserve(row + 1);
      rows.high[row] = high;
      rows.low[row] = cells[at + 1] as number;
      rows.terms[row++] = cells[at + 2] as number;
    }
    return row;
  }
}
