// Lines as they come from a snapshot, in order, in blocks that are never moved: the raw material of a tree.

const BLOCK_BITS = 16;
const BLOCK = 1 << BLOCK_BITS;
const MASK = BLOCK - 1;

export class LineColumns {
  readonly #keys: Float64Array[] = [];
  readonly #terms: Int32Array[] = [];
  readonly #hashes: Int32Array[] = [];
  length = 0;

  push(key: number, terms: number, hash: number): void {
    const at = this.length & MASK;
    if (at === 0) this.#addBlock();
    const block = this.length >>> BLOCK_BITS;
    (this.#keys[block] as Float64Array)[at] = key;
    (this.#terms[block] as Int32Array)[at] = terms;
    (this.#hashes[block] as Int32Array)[at] = hash;
    this.length++;
  }

  key(row: number): number {
    return (this.#keys[row >>> BLOCK_BITS] as Float64Array)[row & MASK] as number;
  }

  terms(row: number): number {
    return (this.#terms[row >>> BLOCK_BITS] as Int32Array)[row & MASK] as number;
  }

  hash(row: number): number {
    return (this.#hashes[row >>> BLOCK_BITS] as Int32Array)[row & MASK] as number;
  }

  #addBlock(): void {
    this.#keys.push(new Float64Array(BLOCK));
    this.#terms.push(new Int32Array(BLOCK));
    this.#hashes.push(new Int32Array(BLOCK));
  }
}
