// The hashes of format §5 over a trie: what changed is hashed again, the rest is remembered.
import { hash as digestBytes } from 'node:crypto';
import type { HashTrie } from './hash-trie.ts';
import { LINE_ROOM } from './line-codec.ts';
import { LineRows } from './line-rows.ts';
import { HASH_WORDS } from './tree-nodes.ts';

/** format §5: the first byte of what is hashed, so that no leaf can pass for a node. */
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

export class TrieDigest {
  readonly #trie: HashTrie;
  readonly #rows = new LineRows();
  /** What a node's hash is made of: the prefix just before two hashes that can be written as words. */
  readonly #pairWords = new Int32Array(1 + 2 * HASH_WORDS);
  readonly #pair = new Uint8Array(this.#pairWords.buffer, 3).fill(NODE_PREFIX, 0, 1);
  readonly #hash = new Uint8Array(4 * HASH_WORDS);
  readonly #hashWords = new Int32Array(this.#hash.buffer);
  #lines = new Uint8Array(64 * LINE_ROOM);

  constructor(trie: HashTrie) {
    this.#trie = trie;
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
    nodes.dirty[node] = 0;
  }

  #hashLeaf(leaf: number, depth: number, hash: number): void {
    const { codec } = this.#trie;
    const rows = this.#rows;
    const count = this.#trie.readLeaf(hash, depth, rows);
    const order = rows.orderByLine(count, codec);
    if (this.#lines.length < 1 + count * LINE_ROOM) this.#lines = new Uint8Array(1 + count * LINE_ROOM);
    const lines = this.#lines;
    lines[0] = LEAF_PREFIX;
    let end = 1;
    for (let at = 0; at < count; at++) {
      const row = order[at] as number;
      const high = rows.high[row] as number;
      end = codec.writeLine(high, rows.low[row] as number, rows.terms[row] as number, lines, end);
    }
    this.#store(leaf, lines.subarray(0, end));
  }

  #store(node: number, bytes: Uint8Array): void {
    // A string of bytes is by far the cheapest output of node:crypto for short inputs.
    const text = digestBytes('sha256', bytes, 'binary');
    for (let at = 0; at < 4 * HASH_WORDS; at++) this.#hash[at] = text.charCodeAt(at);
    const { hashes } = this.#trie.nodes;
    const to = node * HASH_WORDS;
    for (let at = 0; at < HASH_WORDS; at++) hashes[to + at] = this.#hashWords[at] as number;
  }
}
