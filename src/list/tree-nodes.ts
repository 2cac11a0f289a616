// The nodes of a hash tree in one flat array, all of a node side by side: a change touches few lines of cache on its way
// down. Children come in pairs, so a node names its left child alone. Node 0 is the root.

/** A hash is 32 bytes, moved about as 8 words. */
export const HASH_WORDS = 8;

/** 32 bytes, one a character. */
export type BinaryHash = string;

/** A node's words: its left child, or -1 in a leaf; the lines beneath, times two, plus 1 where the hash is stale; the hash. */
const NODE_WORDS = 2 + HASH_WORDS;
const STATE = 1;
const HASH = 2;
const STALE = 1;
const LINE = 2;

export class TreeNodes {
  #words = new Int32Array(8 * NODE_WORDS);
  #bytes = new Uint8Array(this.#words.buffer);
  #free = -1;
  // The root's pair; its right half stays unused.
  #used = 2;

  constructor() {
    this.#clear(0);
  }

  /** Makes the node an empty leaf. */
  #clear(node: number): void {
    this.setLeft(node, -1);
    this.setCount(node, 0);
  }

  /** The left child; -1 in a leaf. */
  left(node: number): number {
    return this.#words[node * NODE_WORDS] as number;
  }

  setLeft(node: number, left: number): void {
    this.#words[node * NODE_WORDS] = left;
  }

  /** How many lines are beneath. */
  count(node: number): number {
    return (this.#words[node * NODE_WORDS + STATE] as number) >>> 1;
  }

  /** The hash is stale from now on; whoever calls does it for every node above, too. */
  setCount(node: number, count: number): void {
    this.#words[node * NODE_WORDS + STATE] = count * LINE + STALE;
  }

  /** Counts one line more, or one less, with the hash stale; gives the count. As `setCount`. */
  countOne(node: number, one: 1 | -1): number {
    const at = node * NODE_WORDS + STATE;
    const state = ((this.#words[at] as number) + one * LINE) | STALE;
    this.#words[at] = state;
    return state >>> 1;
  }

  /** Whether the hash is out of date. */
  isStale(node: number): boolean {
    return ((this.#words[node * NODE_WORDS + STATE] as number) & STALE) !== 0;
  }

  /** Sets the hash, which is no longer stale. */
  setHash(node: number, hash: BinaryHash): void {
    const at = node * NODE_WORDS;
    const words = this.#words;
    words[at + STATE] = (words[at + STATE] as number) & ~STALE;
    const from = 4 * (at + HASH);
    for (let byte = 0; byte < 4 * HASH_WORDS; byte++) this.#bytes[from + byte] = hash.charCodeAt(byte);
  }

  /** Copies the hash into words from `start` on. */
  copyHash(node: number, target: Int32Array, start: number): void {
    const from = node * NODE_WORDS + HASH;
    for (let word = 0; word < HASH_WORDS; word++) target[start + word] = this.#words[from + word] as number;
  }

  /** The 32 bytes of the hash, valid until the next change. */
  hash(node: number): Uint8Array {
    return new Uint8Array(this.#words.buffer, 4 * (node * NODE_WORDS + HASH), 4 * HASH_WORDS);
  }

  /** Two empty leaves side by side; gives the left one. */
  takePair(): number {
    let left = this.#free;
    if (left >= 0) {
      this.#free = this.left(left);
    } else {
      left = this.#used;
      this.#used += 2;
      if (this.#used * NODE_WORDS > this.#words.length) this.reserve(this.#used + 8 + (this.#used >> 1));
    }
    this.#clear(left);
    this.#clear(left + 1);
    return left;
  }

  releasePair(left: number): void {
    this.setLeft(left, this.#free);
    this.#free = left;
  }

  /** Makes room for so many nodes. */
  reserve(nodes: number): void {
    const words = this.#words;
    if (nodes * NODE_WORDS <= words.length) return;
    this.#words = new Int32Array(nodes * NODE_WORDS);
    this.#words.set(words);
    this.#bytes = new Uint8Array(this.#words.buffer);
  }
}
