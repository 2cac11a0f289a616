// The hashes of format §5 over a trie: what changed is hashed again, the rest is remembered.
import { hash as digestBytes } from 'node:crypto';
import type { HashTrie } from './hash-trie.ts';
import { LeafWriter } from './leaf-writer.ts';
import { LineRows } from './line-rows.ts';
import { HASH_WORDS } from './tree-nodes.ts';

/** format §5: what a node's hash begins with. */
const NODE_PREFIX = 1;

/** 32 bytes, one a character. */
export type BinaryHash = string;

export class TrieDigest {
  readonly #trie: HashTrie;
  readonly #rows = new LineRows();
  /** What a node's hash is made of: the prefix just before two hashes that can be written as words. */
  readonly #pairWords = new Int32Array(1 + 2 * HASH_WORDS);
  readonly #pair = new Uint8Array(this.#pairWords.buffer, 3).fill(NODE_PREFIX, 0, 1);
  readonly #hash = new Uint8Array(4 * HASH_WORDS);
  readonly #hashWords = new Int32Array(this.#hash.buffer);
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
    const { hashes } = this.#trie.nodes;
    const words = hashes.subarray(node * HASH_WORDS, (node + 1) * HASH_WORDS);
    return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('hex');
  }

  /** `hash` is any that leads to the node. */
  #refresh(node: number, depth: number, hash: number): void {
    const { nodes } = this.#trie;
    if (nodes.dirty[node] === 0) return;
    const left = nodes.link[node] as number;
    if (left < 0) {
      this.#hashLeaf(node, depth, hash);
    } else {
      const bit = 0x8000_0000 >>> depth;
      this.#refresh(left, depth + 1, hash & ~bit);
      this.#refresh(left + 1, depth + 1, hash | bit);
      const from = left * HASH_WORDS;
      const { hashes } = nodes;
      for (let at = 0; at < 2 * HASH_WORDS; at++) this.#pairWords[1 + at] = hashes[from + at] as number;
      this.#store(node, this.#pair);
    }
  }

  #hashLeaf(leaf: number, depth: number, hash: number): void {
    const rows = this.#rows;
    const count = this.#trie.readLeaf(hash, depth, rows);
    this.#leaves.rewind();
    this.#store(leaf, this.#leaves.write(rows, 0, count));
  }

  #store(node: number, bytes: Uint8Array): void {
    this.set(node, hashOf(bytes));
  }

  /** Takes the hash of a node from whoever has its bytes at hand. */
  set(node: number, hash: BinaryHash): void {
    for (let at = 0; at < 4 * HASH_WORDS; at++) this.#hash[at] = hash.charCodeAt(at);
    const { hashes, dirty } = this.#trie.nodes;
    const to = node * HASH_WORDS;
    for (let at = 0; at < HASH_WORDS; at++) hashes[to + at] = this.#hashWords[at] as number;
    dirty[node] = 0;
  }
}

/** SHA-256, a byte a character: by far the cheapest output of node:crypto for short inputs. */
export function hashOf(bytes: Uint8Array): BinaryHash {
  return digestBytes('sha256', bytes, 'binary');
}
