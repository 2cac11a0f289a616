// The hashes of format §5 over a trie: what changed is hashed again, the rest is remembered.
import { hash as digestBytes } from 'node:crypto';
import type { HashTrie } from './hash-trie.ts';
import { LeafWriter } from './leaf-writer.ts';
import { LineRows } from './line-rows.ts';
import { type BinaryHash, HASH_WORDS } from './tree-nodes.ts';

/** format §5: what a node's hash begins with. */
const NODE_PREFIX = 1;

export class TrieDigest {
  readonly #trie: HashTrie;
  readonly #rows = new LineRows();
  /** What a node's hash is made of: the prefix just before two hashes that can be written as words. */
  readonly #pairWords = new Int32Array(1 + 2 * HASH_WORDS);
  readonly #pair = new Uint8Array(this.#pairWords.buffer, 3).fill(NODE_PREFIX, 0, 1);
  readonly #leaves: LeafWriter;

  constructor(trie: HashTrie) {
    this.#trie = trie;
    this.#leaves = new LeafWriter(trie.codec);
  }

  /** The digest of the list, after all that is out of date has been made up for: 64 hex digits. */
  root(): string {
    this.#refresh(0, 0, 0);
    return this.of(0);
  }

  /** The hash of a node as 64 hex digits, as of the last `root`. */
  of(node: number): string {
    return Buffer.from(this.#trie.nodes.hash(node)).toString('hex');
  }

  /** `hash` is any that leads to the node. */
  #refresh(node: number, depth: number, hash: number): void {
    const { nodes } = this.#trie;
    if (!nodes.isStale(node)) return;
    const left = nodes.left(node);
    if (left < 0) {
      nodes.setHash(node, hashOf(this.#leaf(depth, hash)));
      return;
    }
    const bit = 0x8000_0000 >>> depth;
    this.#refresh(left, depth + 1, hash & ~bit);
    this.#refresh(left + 1, depth + 1, hash | bit);
    nodes.copyHash(left, this.#pairWords, 1);
    nodes.copyHash(left + 1, this.#pairWords, 1 + HASH_WORDS);
    nodes.setHash(node, hashOf(this.#pair));
  }

  /** The bytes of a leaf; valid until the next call. */
  #leaf(depth: number, hash: number): Uint8Array {
    const rows = this.#rows;
    const count = this.#trie.readLeaf(hash, depth, rows);
    this.#leaves.rewind();
    return this.#leaves.write(rows, 0, count);
  }
}

/** SHA-256, a byte a character: by far the cheapest output of node:crypto for short inputs. */
export function hashOf(bytes: Uint8Array): BinaryHash {
  return digestBytes('sha256', bytes, 'binary');
}
