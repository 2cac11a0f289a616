// The leaves of format §5, each the very bytes that are hashed: 0x00, then its lines in order. All leaves of a list in
// the order of the tree are its leaf file, which is verified by hashing what stands there.
import type { LineCodec } from './line-codec.ts';
import { LINE_ROOM } from './line-codec.ts';
import type { LineRows } from './line-rows.ts';

/** format §5: what a leaf begins with, so that none can pass for a node. No line has such a byte. */
export const LEAF_PREFIX = 0;

/** Writes leaves one after another, in chunks that are given away. */
export class LeafWriter {
  readonly #codec: LineCodec;
  readonly #chunkBytes: number;
  #chunk = new DataView(new ArrayBuffer(0));
  #end = 0;
  #full: Uint8Array<ArrayBuffer>[] = [];
  #spare: DataView<ArrayBuffer>[] = [];

  /** @param chunkBytes how large chunks are; one has a whole leaf at least */
  constructor(codec: LineCodec, chunkBytes = 0) {
    this.#codec = codec;
    this.#chunkBytes = chunkBytes;
  }

  /** Writes the leaf of `count` rows from `start` on; gives its bytes, which are valid until `rewind`. */
  write(rows: LineRows, start: number, count: number): Uint8Array {
    const room = 1 + count * LINE_ROOM;
    if (this.#end + room > this.#chunk.byteLength) this.#turn(Math.max(this.#chunkBytes, room));
    const chunk = this.#chunk;
    const begin = this.#end;
    const order = rows.orderByLine(start, count, this.#codec);
    chunk.setUint8(begin, LEAF_PREFIX);
    let end = begin + 1;
    for (let at = 0; at < count; at++) {
      const row = order[at] as number;
      const high = rows.high[row] as number;
      end = this.#codec.writeLine(high, rows.low[row] as number, rows.terms[row] as number, chunk, end);
    }
    this.#end = end;
    return new Uint8Array(chunk.buffer, begin, end - begin);
  }

  #turn(room: number): void {
    if (this.#end > 0) this.#full.push(new Uint8Array(this.#chunk.buffer, 0, this.#end));
    const spare = this.#spare.pop();
    this.#chunk = spare && spare.byteLength >= room ? spare : new DataView(new ArrayBuffer(room));
    this.#end = 0;
  }

  /** Takes back a chunk that nobody reads any more: what is allocated again and again keeps the collector busy. */
  recycle(chunk: Uint8Array<ArrayBuffer>): void {
    this.#spare.push(new DataView(chunk.buffer));
  }

  /** Forgets what was written. */
  rewind(): void {
    this.#full = [];
    this.#end = 0;
  }

  /** The chunks that are full, which it forgets. */
  takeFull(): Uint8Array<ArrayBuffer>[] {
    const taken = this.#full;
    this.#full = [];
    return taken;
  }

  /** What is left at the end. */
  takeRest(): Uint8Array<ArrayBuffer>[] {
    this.#turn(0);
    return this.takeFull();
  }
}
