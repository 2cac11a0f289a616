// The hashes of format §5 over a trie: what changed is hashed again, the rest is remembered.
import { hash as digestBytes } from 'node:crypto';
import type { HashTrie } from './hash-trie.ts';
import { LINE_ROOM } from './line-codec.ts';
import { LineRows } from './line-rows.ts';

const HASH_BYTES = 32;
/** format §5: the first byte of what is hashed, so that no leaf can pass for a node. */
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

export class TrieDigest {
  readonly #trie: HashTrie;
  readonly #rows = new LineRows();
  readonly #pair = new Uint8Array(1 + 2 * HASH_BYTES).fill(NODE_PREFIX, 0, 1);
  #lines = new Uint8Array(0);

  constructor(trie: HashTrie) {
    this.#trie = trie;
  }

  /** The hash of a node as 64 hex digits, after whatever is out of date beneath it is made up for. */
  of(node: number): string {
    this.#refresh(node);
    const { hashes } = this.#trie.nodes;
    return Buffer.from(hashes.buffer, hashes.byteOffset + node * HASH_BYTES, HASH_BYTES).toString('hex');
  }

  #refresh(node: number): void {
    const { nodes } = this.#trie;
    if (nodes.dirty[node] === 0) return;
    const left = nodes.link[node] as number;
    if (left < 0) {
      this.#hashLeaf(node);
    } else {
      this.#refresh(left);
      this.#refresh(left + 1);
      const { hashes } = nodes;
      const from = left * HASH_BYTES;
      for (let at = 0; at < 2 * HASH_BYTES; at++) this.#pair[1 + at] = hashes[from + at] as number;
      this.#store(node, this.#pair);
    }
    nodes.dirty[node] = 0;
  }

  #hashLeaf(leaf: number): void {
    const { codec } = this.#trie;
    const rows = this.#rows;
    const count = this.#trie.readLeaf(leaf, rows);
    const room = 1 + count * LINE_ROOM;
    if (this.#lines.length < room) this.#lines = new Uint8Array(room);
    const lines = this.#lines;
    lines[0] = LEAF_PREFIX;
    let end = 1;
    for (let row = 0; row < count; row++) {
      end = codec.writeLine(rows.keys[row] as number, rows.terms[row] as number, lines, end);
    }
    this.#store(leaf, lines.subarray(0, end));
  }

  #store(node: number, bytes: Uint8Array): void {
    // A string of bytes is by far the cheapest output of node:crypto for short inputs.
    const hash = digestBytes('sha256', bytes, 'binary');
    const { hashes } = this.#trie.nodes;
    const to = node * HASH_BYTES;
    for (let at = 0; at < HASH_BYTES; at++) hashes[to + at] = hash.charCodeAt(at);
  }
}
