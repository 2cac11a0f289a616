// A shortcut into the tree: for each prefix of some bits, the node there or the leaf above it. It only saves
// steps; the tree is the truth, and every change of its shape must be told here.
import type { TreeNodes } from './tree-nodes.ts';

const MAX_BITS = 20;

export class TreeDirectory {
  bits = 0;
  #nodes: Int32Array = new Int32Array(1);
  /** The present size serves from `#least` up to `#most` lines. */
  #least = 0;
  #most = 256;

  /** The node where a hash's first `bits` bits lead. */
  at(hash: number): number {
    return this.#nodes[this.bits === 0 ? 0 : hash >>> (32 - this.bits)] as number;
  }

  /** Enters the subtree of a node at `depth` on the way of `hash`. */
  fill(nodes: TreeNodes, node: number, depth: number, hash: number): void {
    const below = this.bits - depth;
    if (below < 0) return;
    const prefix = depth === 0 ? 0 : hash >>> (32 - depth);
    this.#fillRange(nodes, node, prefix * 2 ** below, 2 ** below);
  }

  /** Takes another size where the list has outgrown, or left, the present one by far. */
  adapt(nodes: TreeNodes): void {
    const count = nodes.count[0] as number;
    if (count >= this.#least && count < this.#most) return;
    const wanted = Math.max(0, Math.min(MAX_BITS, Math.floor(Math.log2((count + 1) / 64))));
    this.bits = wanted;
    this.#least = wanted === 0 ? 0 : 32 * 2 ** wanted;
    this.#most = wanted === MAX_BITS ? Number.POSITIVE_INFINITY : 256 * 2 ** wanted;
    this.#nodes = new Int32Array(2 ** wanted);
    this.fill(nodes, 0, 0, 0);
  }

  #fillRange(nodes: TreeNodes, node: number, start: number, length: number): void {
    const left = nodes.link[node] as number;
    if (length === 1 || left < 0) {
      this.#nodes.fill(node, start, start + length);
      return;
    }
    this.#fillRange(nodes, left, start, length / 2);
    this.#fillRange(nodes, left + 1, start + length / 2, length / 2);
  }
}
