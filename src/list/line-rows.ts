// Lines side by side while leaves are rebuilt: keys, terms and hashes in columns that only grow.
import type { LineCodec } from './line-codec.ts';

export class LineRows {
  keys = new Float64Array(80);
  terms = new Int32Array(80);
  hashes = new Int32Array(80);
  #aside: LineRows | undefined;

  /** Makes room for `count` rows; what is there stays. */
  reserve(count: number): void {
    if (count <= this.keys.length) return;
    const room = count + (count >> 1);
    const { keys, terms, hashes } = this;
    this.keys = new Float64Array(room);
    this.terms = new Int32Array(room);
    this.hashes = new Int32Array(room);
    this.keys.set(keys);
    this.terms.set(terms);
    this.hashes.set(hashes);
  }

  /** Opens a gap at `at` among the first `count` rows. */
  open(at: number, count: number): void {
    this.reserve(count + 1);
    this.keys.copyWithin(at + 1, at, count);
    this.terms.copyWithin(at + 1, at, count);
  }

  /** Closes the gap at `at` among the first `count` rows. */
  close(at: number, count: number): void {
    this.keys.copyWithin(at, at + 1, count);
    this.terms.copyWithin(at, at + 1, count);
  }

  /** Sorts rows start to end by their lines; they are few, or nearly sorted. */
  sort(start: number, end: number, codec: LineCodec): void {
    for (let row = start + 1; row < end; row++) {
      const key = this.keys[row] as number;
      const terms = this.terms[row] as number;
      const hash = this.hashes[row] as number;
      let at = row;
      while (at > start && codec.compare(this.keys[at - 1] as number, key) > 0) {
        this.#copy(at - 1, this, at);
        at--;
      }
      this.keys[at] = key;
      this.terms[at] = terms;
      this.hashes[at] = hash;
    }
  }

  /** Moves rows whose hash has the bit set behind those without, each keeping their order; gives the border. */
  partition(start: number, end: number, bit: number): number {
    this.#aside ??= new LineRows();
    const aside = this.#aside;
    aside.reserve(end - start);
    let zeros = start;
    let ones = 0;
    for (let row = start; row < end; row++) {
      if ((((this.hashes[row] as number) >>> bit) & 1) === 0) this.#copy(row, this, zeros++);
      else this.#copy(row, aside, ones++);
    }
    for (let row = 0; row < ones; row++) aside.#copy(row, this, zeros + row);
    return zeros;
  }

  #copy(from: number, target: LineRows, to: number): void {
    target.keys[to] = this.keys[from] as number;
    target.terms[to] = this.terms[from] as number;
    target.hashes[to] = this.hashes[from] as number;
  }
}
