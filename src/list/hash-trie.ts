// The tree of format §5 in memory: a binary trie over the bits of the value's hash, with leaves of at most 64
// lines in order. Its shape depends on the set alone. Callers see to it that what is inserted is absent and
// what is removed is present; nothing here parses or refuses.
import { LineCodec } from './line-codec.ts';
import { LineRows } from './line-rows.ts';
import { SlotPages } from './slot-pages.ts';
import { TreeDirectory } from './tree-directory.ts';
import { TreeNodes } from './tree-nodes.ts';

/** format §5: more lines than this split, above this depth. */
export const LEAF_LINES = 64;
export const MAX_DEPTH = 32;

export class HashTrie {
  readonly codec = new LineCodec();
  readonly nodes = new TreeNodes();
  readonly pages = new SlotPages();
  readonly #directory = new TreeDirectory();
  readonly #rows = new LineRows();

  get count(): number {
    return this.nodes.count[0] as number;
  }

  /** The slot of a key with its hash, or -1. */
  find(key: number, hash: number): number {
    const { link, count } = this.nodes;
    let node = this.#directory.at(hash);
    let bits = hash << this.#directory.bits;
    for (let next = link[node] as number; next >= 0; next = link[node] as number) {
      node = next + (bits >>> 31);
      bits <<= 1;
    }
    return this.pages.find(~(link[node] as number), count[node] as number, key);
  }

  /** Adds a line whose value is not there. */
  insert(key: number, hash: number, terms: number): void {
    const { nodes } = this;
    let node = 0;
    let depth = 0;
    for (;;) {
      nodes.count[node] = (nodes.count[node] as number) + 1;
      nodes.dirty[node] = 1;
      const left = nodes.link[node] as number;
      if (left < 0) break;
      node = left + bitAt(hash, depth++);
    }
    this.#insertInLeaf(node, depth, key, hash, terms);
    this.#directory.adapt(nodes);
  }

  #insertInLeaf(node: number, depth: number, key: number, hash: number, terms: number): void {
    const { nodes, codec } = this;
    const rows = this.#rows;
    const held = (nodes.count[node] as number) - 1;
    const first = ~(nodes.link[node] as number);
    this.#readLeaf(first, held, 0);
    let at = held;
    while (at > 0 && codec.compare(rows.keys[at - 1] as number, key) > 0) at--;
    rows.open(at, held);
    rows.keys[at] = key;
    rows.terms[at] = terms;
    if (held < LEAF_LINES || depth === MAX_DEPTH) {
      nodes.link[node] = ~this.pages.write(first, held, held + 1, rows.keys, rows.terms, 0);
      return;
    }
    this.pages.release(first, held);
    for (let row = 0; row <= held; row++) rows.hashes[row] = codec.hashOf(rows.keys[row] as number);
    this.build(rows, node, depth, 0, held + 1);
    this.#directory.fill(nodes, node, depth, hash);
  }

  /** Removes the line of a key that is there; the key itself is not released. */
  remove(key: number, hash: number): void {
    const { nodes } = this;
    let node = 0;
    let depth = 0;
    let small = -1;
    let smallDepth = 0;
    for (;;) {
      const count = (nodes.count[node] as number) - 1;
      nodes.count[node] = count;
      nodes.dirty[node] = 1;
      const left = nodes.link[node] as number;
      if (left < 0) break;
      if (count <= LEAF_LINES && small < 0) {
        small = node;
        smallDepth = depth;
      }
      node = left + bitAt(hash, depth++);
    }
    this.#removeFromLeaf(node, key);
    if (small >= 0) this.#collapse(small, smallDepth, hash);
    this.#directory.adapt(nodes);
  }

  #removeFromLeaf(node: number, key: number): void {
    const { nodes } = this;
    const rows = this.#rows;
    const count = nodes.count[node] as number;
    const first = ~(nodes.link[node] as number);
    this.#readLeaf(first, count + 1, 0);
    let at = 0;
    while (rows.keys[at] !== key) at++;
    rows.close(at, count + 1);
    nodes.link[node] = ~this.pages.write(first, count + 1, count, rows.keys, rows.terms, 0);
  }

  /** Makes a leaf of a node that is left with at most 64 lines. */
  #collapse(node: number, depth: number, hash: number): void {
    const rows = this.#rows;
    const count = this.#drain(node, 0);
    rows.sort(0, count, this.codec);
    this.build(rows, node, depth, 0, count);
    this.#directory.fill(this.nodes, node, depth, hash);
  }

  /** Moves a subtree's lines to the rows from `start` and frees all beneath the node; gives the end. */
  #drain(node: number, start: number): number {
    const { nodes } = this;
    const left = nodes.link[node] as number;
    const count = nodes.count[node] as number;
    if (left < 0) {
      this.#readLeaf(~left, count, start);
      this.pages.release(~left, count);
      return start + count;
    }
    const middle = this.#drain(left, start);
    const end = this.#drain(left + 1, middle);
    nodes.releasePair(left);
    return end;
  }

  #readLeaf(first: number, count: number, start: number): void {
    this.#rows.reserve(start + count);
    this.pages.read(first, count, this.#rows.keys, this.#rows.terms, start);
  }

  /** Makes the empty node hold rows start to end, which are in order and reordered by this. */
  build(rows: LineRows, node: number, depth: number, start: number, end: number): void {
    const { nodes } = this;
    const count = end - start;
    nodes.count[node] = count;
    nodes.dirty[node] = 1;
    if (count <= LEAF_LINES || depth === MAX_DEPTH) {
      nodes.link[node] = ~this.pages.write(0, 0, count, rows.keys, rows.terms, start);
      return;
    }
    const border = rows.partition(start, end, 31 - depth);
    const left = nodes.takePair();
    nodes.link[node] = left;
    this.build(rows, left, depth + 1, start, border);
    this.build(rows, left + 1, depth + 1, border, end);
  }

  /** To be called once after the tree was built by other means than `insert`. */
  adapt(): void {
    this.#directory.adapt(this.nodes);
  }

  /** Copies a leaf's lines into the rows, in order; gives how many. */
  readLeaf(leaf: number, rows: LineRows): number {
    const count = this.nodes.count[leaf] as number;
    rows.reserve(count);
    this.pages.read(~(this.nodes.link[leaf] as number), count, rows.keys, rows.terms, 0);
    return count;
  }

  /** Every leaf in hash order. The tree must not change meanwhile. */
  *leaves(): Generator<number> {
    const waiting = [0];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const left = this.nodes.link[node] as number;
      if (left < 0) yield node;
      else waiting.push(left + 1, left);
    }
  }
}

/** Bit 31 − depth of a hash: which way it goes at this depth. */
export function bitAt(hash: number, depth: number): number {
  return (hash >>> (31 - depth)) & 1;
}
