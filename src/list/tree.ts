// A list in memory: the set of lines with its digest, for those who publish it and those who look values up.
// It is all or nothing: what is refused leaves it exactly as it was.
import { setImmediate as breathe } from 'node:timers/promises';
import { type Entry, formatLine, parseLine } from './entry.ts';
import { FormatError } from './format-error.ts';
import { bitAt, HashTrie, type VisitLeaf } from './hash-trie.ts';
import { LeafReader, type ReadLeaves } from './leaf-reader.ts';
import { LeafWriter } from './leaf-writer.ts';
import type { LineBuckets } from './line-buckets.ts';
import { LineRows } from './line-rows.ts';
import { CELL, EMPTY } from './line-segment.ts';
import type { Proof } from './proof.ts';
import type { SenderKey } from './sender-key.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { sortedLines, writeSnapshot } from './sorted-lines.ts';
import type { BinaryHash } from './tree-nodes.ts';
import { buildTrie } from './trie-builder.ts';
import { hashOf, TrieDigest } from './trie-digest.ts';
import { hashValue } from './value-hash.ts';

/** What a diff does to a list: all removals first, then all additions. */
export interface Change {
  readonly removed: readonly Entry[];
  readonly added: readonly Entry[];
}

const LEAF_CHUNK_BYTES = 1 << 19;

export class ListTree {
  readonly #trie: HashTrie;
  readonly #digest: TrieDigest;
  #edition = 0;

  /** An empty list. */
  constructor() {
    this.#trie = new HashTrie();
    this.#digest = new TrieDigest(this.#trie);
  }

  /** A list of lines in any order, without newlines. Throws FormatError `bad_line`, `duplicate_value`. */
  static fromLines(lines: Iterable<string>): ListTree {
    const tree = new ListTree();
    for (const line of lines) tree.#add(parseLine(line), 'duplicate_value');
    return tree;
  }

  /**
   * A list from the bytes of its snapshot, whole or in chunks cut anywhere. Throws FormatError `bad_header`,
   * `bad_line`, `not_sorted`, `duplicate_value`, `truncated`, `too_many_categories`.
   */
  static fromSnapshot(snapshot: Uint8Array | Iterable<Uint8Array>): ListTree {
    const tree = new ListTree();
    const reader = new SnapshotReader(tree.#trie.codec);
    for (const chunk of snapshot instanceof Uint8Array ? [snapshot] : snapshot) reader.push(chunk);
    for (const _ of tree.#build(reader.end(), new LeafWriter(tree.#trie.codec, LEAF_CHUNK_BYTES)));
    return tree;
  }

  /**
   * As `fromSnapshot`, from a stream, and with time for others in between.
   * @param write takes the list's leaf file, chunk by chunk; a chunk is used again once the next one was taken
   */
  static async fromSnapshotStream(
    snapshot: AsyncIterable<Uint8Array>,
    write: (leaves: Uint8Array) => Promise<void> = async () => {},
  ): Promise<ListTree> {
    const tree = new ListTree();
    const reader = new SnapshotReader(tree.#trie.codec);
    for await (const chunk of snapshot) reader.push(chunk);
    const writer = new LeafWriter(tree.#trie.codec, LEAF_CHUNK_BYTES);
    let taken: Uint8Array<ArrayBuffer> | undefined;
    for (const leaves of tree.#build(reader.end(), writer)) {
      for (const chunk of leaves) {
        await write(chunk);
        if (taken) writer.recycle(taken);
        taken = chunk;
      }
      await breathe();
    }
    return tree;
  }

  /**
   * A list from its leaf file, as `leaves` gives it; several times faster than from a snapshot. What it is worth only
   * its digest tells, which is that of the very bytes: they are not checked in any other way. Throws FormatError
   * `bad_leaves`, `too_many_categories`.
   */
  static async fromLeaves(leaves: AsyncIterable<Uint8Array>): Promise<ListTree> {
    const tree = new ListTree();
    const reader = new LeafReader(tree.#trie.codec);
    for await (const chunk of leaves) reader.push(chunk);
    for (const _ of tree.#adopt(reader.end())) await breathe();
    return tree;
  }

  /** Builds the empty tree from lines, and hashes each leaf while it is at hand; gives the leaf file in chunks. */
  *#build(lines: LineBuckets, writer: LeafWriter): Generator<Uint8Array<ArrayBuffer>[]> {
    const { nodes } = this.#trie;
    const visit: VisitLeaf = (node, rows, start, count) =>
      nodes.setHash(node, hashOf(writer.write(rows, start, count)));
    for (const _ of buildTrie(this.#trie, lines, visit)) yield writer.takeFull();
    yield writer.takeRest();
  }

  /** Builds the empty tree from lines whose leaves are hashed already. */
  *#adopt({ lines, counts, hashes }: ReadLeaves): Generator<void> {
    const { nodes } = this.#trie;
    let leaf = 0;
    yield* buildTrie(this.#trie, lines, (node, _rows, _start, count) => {
      if (counts[leaf] !== count) throw new FormatError('bad_leaves', 'the leaves are not where they belong');
      nodes.setHash(node, hashes[leaf++] as BinaryHash);
    });
    if (leaf !== counts.length)
      throw new FormatError('bad_leaves', 'there are more leaves than belong there');
  }

  /** How many entries there are. */
  get count(): number {
    return this.#trie.count;
  }

  /** The digest of format §5, 64 lower-case hex digits. Costs what changed since it was asked for last. */
  digest(): string {
    return this.#digest.root();
  }

  /** The entry of a value in canonical form. Allocates nothing unless it is found. */
  get(value: string): Entry | undefined {
    const { codec, table } = this.#trie;
    if (!codec.find(value)) return undefined;
    const segment = table.segment(codec.hash);
    const at = segment.find(codec.high, codec.low, codec.hash);
    return at < 0 ? undefined : codec.entry(codec.high, codec.low, segment.cells[at + 2] as number, value);
  }

  /** The entry of the sender number that a key has read. As `get`, and faster: the number was put together from no text. */
  getByKey(key: SenderKey): Entry | undefined {
    const { high, low, hash } = key;
    const { codec, table } = this.#trie;
    const segment = table.segment(hash);
    const at = segment.find(high, low, hash);
    return at < 0 ? undefined : codec.entry(high, low, segment.cells[at + 2] as number, key.value);
  }

  /** Whether a value in canonical form is listed. */
  has(value: string): boolean {
    const { codec, table } = this.#trie;
    return codec.find(value) && table.segment(codec.hash).find(codec.high, codec.low, codec.hash) >= 0;
  }

  /**
   * Applies a diff (format §4). Throws FormatError `diff_mismatch` where a removal's exact line is not there or
   * an addition's value is, `bad_line` where an entry is malformed; the list is then what it was before.
   */
  apply(change: Change): void {
    const { removed, added } = change;
    let removals = 0;
    let additions = 0;
    try {
      for (; removals < removed.length; removals++) this.#remove(removed[removals] as Entry);
      for (; additions < added.length; additions++) this.#add(added[additions] as Entry, 'diff_mismatch');
    } catch (error) {
      while (additions > 0) this.#remove(added[--additions] as Entry);
      while (removals > 0) this.#add(removed[--removals] as Entry, 'diff_mismatch');
      throw error;
    }
  }

  /** Takes back a change that was applied, at the cost of applying it. Throws as `apply` does. */
  revert(change: Change): void {
    this.apply({ removed: change.added, added: change.removed });
  }

  #add(entry: Entry, refusal: 'duplicate_value' | 'diff_mismatch'): void {
    const { codec } = this.#trie;
    const terms = codec.takeTerms(entry);
    if (this.has(entry.value)) throw new FormatError(refusal, `already listed: ${entry.value}`);
    codec.take(entry.value);
    this.#trie.insert(codec.high, codec.low, terms, codec.hash);
    this.#edition++;
  }

  #remove(entry: Entry): void {
    const { codec } = this.#trie;
    const found = this.get(entry.value);
    if (found === undefined || formatLine(found) !== formatLine(entry)) {
      throw new FormatError('diff_mismatch', `not listed so: ${formatLine(entry)}`);
    }
    const { high, low, hash } = codec;
    this.#trie.remove(high, low, hash);
    codec.release(high, low);
    this.#edition++;
  }

  /** Every entry in the order of the hash. The list must not change meanwhile. */
  *entries(): Generator<Entry> {
    const { codec, table } = this.#trie;
    const guard = this.#unchanged();
    for (const { cells } of table.segments()) {
      for (let at = 0; at < cells.length; at += CELL) {
        if (cells[at] === EMPTY) continue;
        yield codec.entry(cells[at] as number, cells[at + 1] as number, cells[at + 2] as number);
        guard();
      }
    }
  }

  /** Every line, without its newline, in the order of the hash. The list must not change meanwhile. */
  *lines(): Generator<string> {
    for (const entry of this.entries()) yield formatLine(entry);
  }

  /** Every line in bytewise order, at 8 bytes of memory an entry. The list must not change meanwhile. */
  *sortedLines(): Generator<string> {
    const guard = this.#unchanged();
    for (const line of sortedLines(this.#trie)) {
      yield line;
      guard();
    }
  }

  /** The snapshot's bytes (format §3) in chunks; as `sortedLines`, with no string for a line. */
  *snapshot(): Generator<Uint8Array> {
    const guard = this.#unchanged();
    for (const chunk of writeSnapshot(this.#trie)) {
      yield chunk;
      guard();
    }
  }

  /** The leaf file in chunks: the leaves of format §5 as they are hashed. */
  *leaves(): Generator<Uint8Array> {
    const guard = this.#unchanged();
    const writer = new LeafWriter(this.#trie.codec, LEAF_CHUNK_BYTES);
    const rows = new LineRows();
    for (const { depth, hash } of this.#trie.leaves()) {
      writer.write(rows, 0, this.#trie.readLeaf(hash, depth, rows));
      yield* writer.takeFull();
      guard();
    }
    yield* writer.takeRest();
  }

  /** Proof that a value is, or is not, in this list (format §5); `verifyProof` is its counterpart. */
  prove(value: string): Proof {
    this.digest();
    const { codec, nodes } = this.#trie;
    const hash = hashValue(value);
    const siblings: string[] = [];
    let node = 0;
    for (let left = nodes.left(node); left >= 0; left = nodes.left(node)) {
      const bit = bitAt(hash, siblings.length);
      siblings.push(this.#digest.of(left + 1 - bit));
      node = left + bit;
    }
    const rows = new LineRows();
    const count = this.#trie.readLeaf(hash, siblings.length, rows);
    const lines = Array.from(Array.from(rows.orderByLine(0, count, codec)).slice(0, count), (row) =>
      formatLine(codec.entry(rows.high[row] as number, rows.low[row] as number, rows.terms[row] as number)),
    );
    return { lines, siblings: siblings.reverse() };
  }

  #unchanged(): () => void {
    const edition = this.#edition;
    return () => {
      if (this.#edition !== edition) throw new Error('the list changed while it was read');
    };
  }
}
