// Reads a leaf file chunk by chunk: lines into buckets, and the hash of each leaf as it stands there. It takes the
// leaves at their word: only the digest says that they are those of the list.
import { FormatError } from './format-error.ts';
import { LEAF_PREFIX } from './leaf-writer.ts';
import { LineBuckets } from './line-buckets.ts';
import type { LineCodec } from './line-codec.ts';
import { LineReader } from './line-reader.ts';
import type { BinaryHash } from './tree-nodes.ts';
import { hashOf } from './trie-digest.ts';

/** The leaves of a file in order. */
export interface ReadLeaves {
  lines: LineBuckets;
  /** How many lines each has. */
  counts: number[];
  hashes: BinaryHash[];
}

export class LeafReader {
  readonly #line: LineReader;
  readonly #read: ReadLeaves = { lines: new LineBuckets(), counts: [], hashes: [] };
  /** The beginning of a leaf whose end is in a later chunk. */
  #rest: Uint8Array[] = [];

  /** Texts and categories are kept in the codec, which is to belong to the tree under construction. */
  constructor(codec: LineCodec) {
    this.#line = new LineReader(codec);
  }

  /** Takes the next bytes, and keeps none of them. Throws FormatError `bad_leaves`, `too_many_categories`. */
  push(chunk: Uint8Array): void {
    const first = chunk.indexOf(LEAF_PREFIX);
    if (first < 0) {
      this.#rest.push(chunk.slice());
      return;
    }
    const last = chunk.lastIndexOf(LEAF_PREFIX);
    this.#finishRest(chunk.subarray(0, first));
    this.#leaves(chunk.subarray(first, last));
    this.#rest.push(chunk.slice(last));
  }

  /** To be called after the last chunk. Throws as `push`. */
  end(): ReadLeaves {
    this.#finishRest(new Uint8Array(0));
    return this.#read;
  }

  #finishRest(end: Uint8Array): void {
    const leaf = Buffer.concat([...this.#rest, end]);
    this.#rest = [];
    this.#leaves(leaf);
  }

  /** Reads whole leaves. */
  #leaves(bytes: Uint8Array): void {
    const { lines, counts, hashes } = this.#read;
    const line = this.#line;
    line.from(bytes);
    for (let at = 0; at < bytes.length; ) {
      const start = at++;
      if (bytes[start] !== LEAF_PREFIX) throw new FormatError('bad_leaves', 'a leaf begins with 0x00');
      const before = lines.length;
      while (at < bytes.length && bytes[at] !== LEAF_PREFIX) {
        at = line.read(at);
        if (at < 0)
          throw new FormatError('bad_leaves', `line ${lines.length + 1} of the leaves: ${line.fault}`);
        lines.push(line.high, line.low, line.terms, line.hash);
      }
      counts.push(lines.length - before);
      hashes.push(hashOf(bytes.subarray(start, at)));
    }
  }
}
