// The tree of format §5 in memory: nodes over a table of lines by hash, a leaf being a range of hashes. Its
// shape depends on the set alone. Callers see to it that what is inserted is absent and what is removed is
// present; nothing here parses or refuses.
import { LineCodec } from './line-codec.ts';
import { LineRows } from './line-rows.ts';
import { LineTable } from './line-table.ts';
import { TreeNodes } from './tree-nodes.ts';

/** Told of each leaf in the order of the tree: its node, and its rows in the order of their hashes. */
export type VisitLeaf = (node: number, rows: LineRows, start: number, count: number) => void;

/** format §5: more lines than this split, above this depth. */
export const LEAF_LINES = 64;
export const MAX_DEPTH = 32;

export class HashTrie {
  readonly codec = new LineCodec();
  readonly nodes = new TreeNodes();
  readonly table = new LineTable(this.codec);
  readonly #rows = new LineRows();

  get count(): number {
    return this.nodes.count(0);
  }

  /** The terms of a value that is there. */
  termsOf(high: number, low: number): number {
    const hash = this.codec.hashOf(high, low);
    const segment = this.table.segment(hash);
    return segment.cells[segment.find(high, low, hash) + 2] as number;
  }

  /** Adds a line whose value is not there. */
  insert(high: number, low: number, terms: number, hash: number): void {
    const { nodes } = this;
    this.table.insert(high, low, terms, hash);
    let node = 0;
    let depth = 0;
    for (;;) {
      const count = nodes.countOne(node, 1);
      const left = nodes.left(node);
      if (left >= 0) node = left + bitAt(hash, depth++);
      else {
        if (count > LEAF_LINES && depth < MAX_DEPTH) this.#split(node, depth, hash);
        return;
      }
    }
  }

  #split(node: number, depth: number, hash: number): void {
    const rows = this.#rows;
    const count = this.readLeaf(hash, depth, rows);
    for (let row = 0; row < count; row++) {
      rows.hash[row] = this.codec.hashOf(rows.high[row] as number, rows.low[row] as number);
    }
    this.grow(node, depth, rows, 0, count);
  }

  /**
   * Makes the leaf the subtree of rows start to end, which are in the order of their hashes and in the table; tells
   * of each leaf in it.
   */
  grow(node: number, depth: number, rows: LineRows, start: number, end: number, visit?: VisitLeaf): void {
    const { nodes } = this;
    nodes.setCount(node, end - start);
    if (end - start <= LEAF_LINES || depth === MAX_DEPTH) {
      visit?.(node, rows, start, end - start);
      return;
    }
    const border = rows.border(start, end, 31 - depth);
    const left = this.fork(node, end - start);
    this.grow(left, depth + 1, rows, start, border, visit);
    this.grow(left + 1, depth + 1, rows, border, end, visit);
  }

  /** Gives a leaf of `count` lines two children, whose left one is given back. */
  fork(node: number, count: number): number {
    const left = this.nodes.takePair();
    this.nodes.setLeft(node, left);
    this.nodes.setCount(node, count);
    return left;
  }

  /** Removes the line of a value that is there; its text is not released. */
  remove(high: number, low: number, hash: number): void {
    const { nodes } = this;
    this.table.remove(high, low, hash);
    let node = 0;
    let small = -1;
    for (let depth = 0; ; depth++) {
      const count = nodes.countOne(node, -1);
      const left = nodes.left(node);
      if (left < 0) break;
      if (count <= LEAF_LINES && small < 0) small = node;
      node = left + bitAt(hash, depth);
    }
    // format §5: a node left with at most 64 lines is a leaf.
    if (small >= 0) this.#fell(small);
  }

  /** Makes a leaf of a node; its lines stay where they are. */
  #fell(node: number): void {
    const { nodes } = this;
    const left = nodes.left(node);
    if (left < 0) return;
    this.#fell(left);
    this.#fell(left + 1);
    nodes.releasePair(left);
    nodes.setLeft(node, -1);
  }

  /** Every leaf in the order of the tree: its depth, and the least hash that leads to it. */
  *leaves(node = 0, depth = 0, hash = 0): Generator<{ depth: number; hash: number }> {
    const left = this.nodes.left(node);
    if (left < 0) {
      yield { depth, hash };
      return;
    }
    yield* this.leaves(left, depth + 1, hash);
    yield* this.leaves(left + 1, depth + 1, hash | (0x8000_0000 >>> depth));
  }

  /**
   * The lines of the leaf at this depth on the way of a hash, in the order of the hash; gives how many. A leaf
   * never lies in two segments: these merge far earlier.
   */
  readLeaf(hash: number, depth: number, rows: LineRows): number {
    const below = depth === MAX_DEPTH ? 0 : 0xffff_ffff >>> depth;
    return this.table.segment(hash).readRange(hash & ~below, hash | below, this.codec, rows);
  }
}

/** Bit 31 − depth of a hash: which way it goes at this depth. */
export function bitAt(hash: number, depth: number): number {
  return (hash >>> (31 - depth)) & 1;
}
