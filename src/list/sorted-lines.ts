// A trie's lines in bytewise order, for snapshots. It sorts all values at once: 8 bytes of memory an entry.
import type { HashTrie } from './hash-trie.ts';
import { LINE_ROOM } from './line-codec.ts';
import { CELL, EMPTY } from './line-segment.ts';
import { LOW_SPAN, TEXT } from './packed-value.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';

const CHUNK_BYTES = 1 << 16;
/** Lines at a time, so that what is done with them is done in a tight loop. */
const BATCH = 512;
/** The numbers of values in the order of their lines, in batches of high and low in turns. */
function* sortedValues(trie: HashTrie): Generator<number[]> {
  const { codec } = trie;
  const { numbers, texts } = collect(trie);
  numbers.sort();
  texts.sort((a, b) => codec.compare(TEXT, a, TEXT, b));
  let text = 0;
  let batch: number[] = [];
  for (const number of numbers) {
    const high = Math.floor(number / LOW_SPAN);
    const low = number % LOW_SPAN;
    while (text < texts.length && codec.compare(TEXT, texts[text] as number, high, low) < 0) {
      batch.push(TEXT, texts[text++] as number);
    }
    batch.push(high, low);
    if (batch.length < 2 * BATCH) continue;
    yield batch;
    batch = [];
  }
  while (text < texts.length) batch.push(TEXT, texts[text++] as number);
  yield batch;
}

function collect(trie: HashTrie): { numbers: Float64Array; texts: number[] } {
  const numbers = new Float64Array(trie.count);
  const texts: number[] = [];
  let length = 0;
  for (const { cells } of trie.table.segments()) {
    for (let at = 0; at < cells.length; at += CELL) {
      const high = cells[at] as number;
      const low = cells[at + 1] as number;
      if (high === TEXT) texts.push(low);
      else if (high !== EMPTY) numbers[length++] = high * LOW_SPAN + low;
    }
  }
  return { numbers: numbers.subarray(0, length), texts };
}

/** Every line, without its newline. */
export function* sortedLines(trie: HashTrie): Generator<string> {
  for (const chunk of sortedChunks(trie)) {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf('\n', start);
      yield text.slice(start, end);
      start = end + 1;
    }
  }
}

/** The snapshot of format §3: the header, then lines in chunks of about 64 KiB. */
export function* writeSnapshot(trie: HashTrie): Generator<Uint8Array> {
  yield Buffer.from(SNAPSHOT_HEADER, 'latin1');
  yield* sortedChunks(trie);
}

function* sortedChunks(trie: HashTrie): Generator<Uint8Array> {
  let chunk = new DataView(new ArrayBuffer(CHUNK_BYTES + BATCH * LINE_ROOM));
  let end = 0;
  for (const batch of sortedValues(trie)) {
    end = writeLines(trie, batch, chunk, end);
    if (end < CHUNK_BYTES) continue;
    yield new Uint8Array(chunk.buffer, 0, end);
    chunk = new DataView(new ArrayBuffer(CHUNK_BYTES + BATCH * LINE_ROOM));
    end = 0;
  }
  if (end > 0) yield new Uint8Array(chunk.buffer, 0, end);
}

function writeLines(trie: HashTrie, batch: readonly number[], out: DataView, start: number): number {
  let end = start;
  for (let at = 0; at < batch.length; at += 2) {
    const high = batch[at] as number;
    const low = batch[at + 1] as number;
    end = trie.codec.writeLine(high, low, trie.termsOf(high, low), out, end);
  }
  return end;
}
