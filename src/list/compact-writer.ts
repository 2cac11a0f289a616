// Writes the compact form (format §14) from the CSV of a snapshot or a diff, chunk by chunk: no more than one
// block is in memory.
import {
  BLOCK_LINES,
  COMPACT_KINDS,
  type CompactKind,
  MAX_FORM_DIGITS,
  PLAIN_FORM,
  POWERS,
  TEXT_FORM,
} from './compact.ts';
import { parseLine } from './entry.ts';
import { FormatError } from './format-error.ts';

/** The compact form of a CSV that is given in chunks cut anywhere. Throws FormatError where it is none. */
export async function* encodeCompact(
  kind: CompactKind,
  csv: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const { magic, header, prefixes } = COMPACT_KINDS[kind];
  const writer = new BlockWriter();
  let part = 0;
  let rest = '';
  let headerRead = false;
  yield Buffer.from(magic, 'latin1');
  for await (const chunk of csv) {
    const lines = (rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')).split(
      '\n',
    );
    rest = lines.pop() as string;
    for (const line of lines) {
      if (!headerRead) {
        if (`${line}\n` !== header)
          throw new FormatError('bad_header', `a ${kind} begins with ${header.trim()}`);
        headerRead = true;
        continue;
      }
      while (!line.startsWith(prefixes[part] as string)) {
        if (++part === prefixes.length) throw new FormatError('bad_diff', 'a line of neither part');
        yield writer.endPart();
      }
      writer.add(line.slice((prefixes[part] as string).length));
      if (writer.lines === BLOCK_LINES) yield writer.takeBlock();
    }
  }
  if (!headerRead || rest !== '') throw new FormatError('truncated', `the ${kind} ends within a line`);
  for (; part < prefixes.length; part++) yield writer.endPart();
}

/** The columns of the block under way, and what carries over from one block to the next. */
class BlockWriter {
  lines = 0;
  readonly #categories = new Names();
  readonly #untils = new Names();
  readonly #runs = new Column();
  readonly #numbers = new Column();
  readonly #texts = new Column();
  // The run under way, and the digits of the value before as if they were 15.
  #form = TEXT_FORM;
  #run = 0;
  #before = 0;

  add(line: string): void {
    const { value, category, until } = parseLine(line);
    const form = formOf(value);
    if (form !== this.#form && this.#run > 0) this.#endRun();
    if (form >> 4 !== this.#form >> 4 || form === TEXT_FORM || this.#form === TEXT_FORM) this.#before = 0;
    this.#form = form;
    this.#run++;
    if (form === TEXT_FORM) this.#texts.text(value);
    else this.#addNumber(Number(form < PLAIN_FORM ? value.slice(1) : value), form % PLAIN_FORM);
    this.#categories.add(category);
    this.#untils.add(until);
    this.lines++;
  }

  #addNumber(number: number, digits: number): void {
    const weight = POWERS[MAX_FORM_DIGITS - digits] as number;
    const step = number - Math.floor(this.#before / weight);
    if (step < 0) throw new FormatError('not_sorted', 'the lines are out of order');
    this.#numbers.number(step);
    this.#before = number * weight;
  }

  #endRun(): void {
    this.#runs.number(this.#form);
    this.#runs.number(this.#run);
    this.#run = 0;
  }

  /** The lines so far as a block; empty where there are none. */
  takeBlock(): Buffer {
    if (this.lines === 0) return Buffer.alloc(0);
    this.#endRun();
    const columns = [
      this.#categories.added.take(this.#categories.addedCount),
      this.#untils.added.take(this.#untils.addedCount),
      this.#runs.take(),
      this.#numbers.take(),
      this.#texts.take(),
      this.#categories.column.take(),
      this.#untils.column.take(),
    ];
    const head = new Column();
    head.number(this.lines);
    head.number(columns.reduce((sum, { length }) => sum + length, 0));
    this.#categories.addedCount = 0;
    this.#untils.addedCount = 0;
    this.lines = 0;
    return Buffer.concat([head.take(), ...columns]);
  }

  /** What ends a part: its last block, and a count of no lines. The next part begins as if there was none. */
  endPart(): Buffer {
    const block = Buffer.concat([this.takeBlock(), Buffer.of(0)]);
    this.#form = TEXT_FORM;
    this.#before = 0;
    return block;
  }
}

/** Words numbered as they first come up, in all blocks; each block says which it adds. */
class Names {
  readonly column = new Column();
  readonly added = new Column();
  addedCount = 0;
  readonly #numbers = new Map<string, number>();

  add(name: string): void {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
      this.added.text(name);
      this.addedCount++;
    }
    this.column.number(number);
  }
}

/** Bytes that grow. */
class Column {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A number below 2⁵³, seven bits a byte, the lowest first, the top bit set in each byte but the last. */
  number(number: number): void {
    this.#reserve(8);
    while (number > 127) {
      const rest = Math.floor(number / 128);
      this.#bytes[this.#length++] = 128 | (number - 128 * rest);
      number = rest;
    }
    this.#bytes[this.#length++] = number;
  }

  /** A text and a line feed. */
  text(text: string): void {
    this.#reserve(text.length + 1);
    for (let at = 0; at < text.length; at++) this.#bytes[this.#length++] = text.charCodeAt(at);
    this.#bytes[this.#length++] = 10;
  }

  /** What was written, behind a count where one is given; the column is empty then. */
  take(count?: number): Buffer {
    const head = new Column();
    if (count !== undefined) head.number(count);
    const bytes = Buffer.concat([
      head.#bytes.subarray(0, head.#length),
      this.#bytes.subarray(0, this.#length),
    ]);
    this.#length = 0;
    return bytes;
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + room));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function formOf(value: string): number {
  const first = value.charCodeAt(0) === 43 ? 1 : 0;
  const digits = value.length - first;
  if (digits === 0 || digits > MAX_FORM_DIGITS) return TEXT_FORM;
  for (let at = first; at < value.length; at++) {
    const letter = value.charCodeAt(at);
    if (letter < 48 || letter > 57) return TEXT_FORM;
  }
  return first === 1 ? digits : PLAIN_FORM + digits;
}
