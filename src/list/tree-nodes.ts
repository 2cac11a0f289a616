// The nodes of a hash tree in flat arrays. Children come in pairs, so a node names its left child alone and
// the two hashes to be folded lie side by side. Node 0 is the root.

/** A hash is 32 bytes, moved about as 8 words. */
export const HASH_WORDS = 8;

export class TreeNodes {
  /** The left child; -1 in a leaf. */
  link = new Int32Array(8);
  /** How many lines are beneath. */
  count = new Int32Array(8);
  /** 1 where `hashes` is out of date; then it is so for every node above. */
  dirty = new Uint8Array(8);
  /** The hash of each node, its bytes in order. */
  hashes = new Int32Array(8 * HASH_WORDS);
  #free = -1;
  // The root's pair; its right half stays unused.
  #used = 2;

  constructor() {
    this.clear(0);
  }

  /** Makes the node an empty leaf. */
  clear(node: number): void {
    this.link[node] = -1;
    this.count[node] = 0;
    this.dirty[node] = 1;
  }

  /** Two empty leaves side by side; gives the left one. May replace the arrays. */
  takePair(): number {
    let left = this.#free;
    if (left >= 0) {
      this.#free = this.link[left] as number;
    } else {
      left = this.#used;
      this.#used += 2;
      if (this.#used > this.link.length) this.#grow();
    }
    this.clear(left);
    this.clear(left + 1);
    return left;
  }

  releasePair(left: number): void {
    this.link[left] = this.#free;
    this.#free = left;
  }

  #grow(): void {
    const { link, count, dirty, hashes } = this;
    const room = this.#used + 8 + (this.#used >> 1);
    this.link = new Int32Array(room);
    this.count = new Int32Array(room);
    this.dirty = new Uint8Array(room);
    this.hashes = new Int32Array(room * HASH_WORDS);
    this.link.set(link);
    this.count.set(count);
    this.dirty.set(dirty);
    this.hashes.set(hashes);
  }
}
