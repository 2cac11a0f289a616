// Where lines lie in memory: pages of 16 slots in chunks that are never moved, a leaf being a chain of pages.
// Its length is kept by the leaf. It knows nothing of order, values or hashes.

export const PAGE_BITS = 4;
export const PAGE_SLOTS = 1 << PAGE_BITS;
const CHUNK_BITS = 9;
const CHUNK_PAGES = 1 << CHUNK_BITS;
const SLOT_BITS = CHUNK_BITS + PAGE_BITS;
const SLOT_MASK = (1 << SLOT_BITS) - 1;

export class SlotPages {
  readonly #keys: Float64Array[] = [];
  readonly #terms: Int32Array[] = [];
  /** Page after page of a chain, and of the chain of free pages; never read past a chain's length. */
  #next = new Int32Array(0);
  #free = -1;
  #used = 0;

  /** The slot of a key in a chain that holds `count`, or -1. */
  find(first: number, count: number, key: number): number {
    let page = first;
    for (let left = count; left > 0; left -= PAGE_SLOTS) {
      const keys = this.#keys[page >> CHUNK_BITS] as Float64Array;
      let at = (page & (CHUNK_PAGES - 1)) << PAGE_BITS;
      const end = at + (left < PAGE_SLOTS ? left : PAGE_SLOTS);
      for (; at < end; at++) if (keys[at] === key) return ((page >> CHUNK_BITS) << SLOT_BITS) | at;
      page = this.#next[page] as number;
    }
    return -1;
  }

  termsAt(slot: number): number {
    return (this.#terms[slot >> SLOT_BITS] as Int32Array)[slot & SLOT_MASK] as number;
  }

  /** Copies a chain's slots into the two arrays from `start`. */
  read(first: number, count: number, keys: Float64Array, terms: Int32Array, start: number): void {
    let page = first;
    let to = start;
    for (let left = count; left > 0; left -= PAGE_SLOTS) {
      const chunk = page >> CHUNK_BITS;
      const chunkKeys = this.#keys[chunk] as Float64Array;
      const chunkTerms = this.#terms[chunk] as Int32Array;
      let at = (page & (CHUNK_PAGES - 1)) << PAGE_BITS;
      const end = at + (left < PAGE_SLOTS ? left : PAGE_SLOTS);
      for (; at < end; at++, to++) {
        keys[to] = chunkKeys[at] as number;
        terms[to] = chunkTerms[at] as number;
      }
      page = this.#next[page] as number;
    }
  }

  /**
   * Makes a chain that held `held` slots hold `count`, taken from the arrays at `start`; takes or frees pages
   * for it. Gives back the chain's first page; what it is means nothing where `count` is 0.
   */
  write(first: number, held: number, count: number, keys: Float64Array, terms: Int32Array, start: number): number {
    const chain = this.#resize(first, pagesFor(held), pagesFor(count));
    let page = chain;
    let from = start;
    for (let left = count; left > 0; left -= PAGE_SLOTS) {
      const chunk = page >> CHUNK_BITS;
      const chunkKeys = this.#keys[chunk] as Float64Array;
      const chunkTerms = this.#terms[chunk] as Int32Array;
      let at = (page & (CHUNK_PAGES - 1)) << PAGE_BITS;
      const end = at + (left < PAGE_SLOTS ? left : PAGE_SLOTS);
      for (; at < end; at++, from++) {
        chunkKeys[at] = keys[from] as number;
        chunkTerms[at] = terms[from] as number;
      }
      page = this.#next[page] as number;
    }
    return chain;
  }

  /** Frees the chain of a leaf that held `held` slots. */
  release(first: number, held: number): void {
    this.#resize(first, pagesFor(held), 0);
  }

  #resize(first: number, held: number, wanted: number): number {
    if (held === wanted) return first;
    if (held > wanted) {
      let last = first;
      for (let page = 1; page < wanted; page++) last = this.#next[last] as number;
      const surplus = wanted === 0 ? first : (this.#next[last] as number);
      this.#freeChain(surplus, held - wanted);
      return wanted === 0 ? 0 : first;
    }
    let last = first;
    for (let page = 1; page < held; page++) last = this.#next[last] as number;
    let chain = first;
    for (let page = held; page < wanted; page++) {
      const added = this.#take();
      if (page === 0) chain = added;
      else this.#next[last] = added;
      last = added;
    }
    return chain;
  }

  #freeChain(first: number, length: number): void {
    let last = first;
    for (let page = 1; page < length; page++) last = this.#next[last] as number;
    this.#next[last] = this.#free;
    this.#free = first;
  }

  #take(): number {
    if (this.#free >= 0) {
      const page = this.#free;
      this.#free = this.#next[page] as number;
      return page;
    }
    if (this.#used === this.#keys.length * CHUNK_PAGES) this.#addChunk();
    return this.#used++;
  }

  #addChunk(): void {
    this.#keys.push(new Float64Array(CHUNK_PAGES * PAGE_SLOTS));
    this.#terms.push(new Int32Array(CHUNK_PAGES * PAGE_SLOTS));
    const pages = this.#keys.length * CHUNK_PAGES;
    if (pages <= this.#next.length) return;
    const grown = new Int32Array(pages + (pages >> 3));
    grown.set(this.#next);
    this.#next = grown;
  }
}

function pagesFor(count: number): number {
  return (count + PAGE_SLOTS - 1) >> PAGE_BITS;
}
