// Reads the compact form (format §14) and gives the very bytes of the CSV, chunk by chunk. What is not the compact
// form to the last byte is refused; whether the lines make a list or a diff is for the reader of the CSV to check.
import { ByteCursor } from './byte-cursor.ts';
import {
  BLOCK_LINES,
  COMPACT_KINDS,
  type CompactKind,
  MAGIC_BYTES,
  MAX_FORM_DIGITS,
  PLAIN_FORM,
  POWERS,
  TEXT_FORM,
} from './compact.ts';
import { isCategoryToken, isValue, MAX_CATEGORY_LENGTH, MAX_VALUE_LENGTH } from './entry.ts';
import { FormatError } from './format-error.ts';
import { untilNumber } from './until.ts';

/** No line takes more in a block, its names included. */
const MAX_LINE_BYTES = 128;
const MAX_CATEGORIES = 1024;
const MAX_UNTILS = 65_536;
const CHUNK_BYTES = 1 << 16;
/** Operation, value, category, day, three commas and a line feed. */
const LINE_ROOM = 2 + MAX_VALUE_LENGTH + MAX_CATEGORY_LENGTH + 14;
const PLUS = 43;
const COMMA = 44;
const NEWLINE = 10;
const EIGHT_DIGITS = 1e8;

/**
 * The CSV of a compact snapshot or diff that is given in chunks cut anywhere. It ends only after the last byte was
 * checked. Throws FormatError `bad_header`, `bad_compact`, `truncated`.
 */
export async function* decodeCompact(
  kind: CompactKind,
  compact: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { magic, header, prefixes } = COMPACT_KINDS[kind];
  const input = new Input(compact);
  if ((await input.take(MAGIC_BYTES)).toString('latin1') !== magic)
    throw new FormatError('bad_header', `a compact ${kind} begins with ${magic}`);
  yield Buffer.from(header, 'latin1');
  const decoder = new BlockDecoder();
  for (const prefix of prefixes) {
    decoder.beginPart(prefix);
    for (let lines = await input.number(); lines > 0; lines = await input.number()) {
      const bytes = await input.number();
      if (lines > BLOCK_LINES || bytes > lines * MAX_LINE_BYTES)
        throw new FormatError('bad_compact', 'a block is larger than any can be');
      yield* decoder.decode(await input.take(bytes), lines);
    }
  }
  await input.end();
}

/** The chunks as one run of bytes. */
class Input {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    if (this.#rest.length < count) await this.#gather(count);
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  async #gather(count: number): Promise<void> {
    const pieces: Uint8Array[] = [this.#rest];
    for (let length = this.#rest.length; length < count; ) {
      const { done, value } = await this.#chunks.next();
      if (done) throw new FormatError('truncated', 'the compact form ends before it is over');
      pieces.push(value);
      length += value.length;
    }
    this.#rest = Buffer.concat(pieces);
  }

  async number(): Promise<number> {
    const bytes: number[] = [];
    do bytes.push((await this.take(1))[0] as number);
    while ((bytes.at(-1) as number) > 127 && bytes.length < 4);
    return new ByteCursor(Uint8Array.from(bytes)).number();
  }

  async end(): Promise<void> {
    for (let length = this.#rest.length; ; ) {
      if (length > 0) throw new FormatError('bad_compact', 'there are bytes behind the end');
      const { done, value } = await this.#chunks.next();
      if (done) return;
      length = value.length;
    }
  }
}

/** Decodes one block after the other; the names, and the value before, carry over. */
class BlockDecoder {
  readonly #categories: Uint8Array[] = [];
  readonly #untils: Uint8Array[] = [];
  // The columns of the block under way.
  readonly #forms = new Uint8Array(BLOCK_LINES);
  readonly #numbers = new Float64Array(BLOCK_LINES);
  readonly #categoryNumbers = new Uint16Array(BLOCK_LINES);
  #texts: string[] = [];
  #prefix: Uint8Array = new Uint8Array(0);
  // The form of the value before, and its digits as if they were 15.
  #form = TEXT_FORM;
  #before = 0;

  beginPart(prefix: string): void {
    this.#prefix = Buffer.from(prefix, 'latin1');
    this.#form = TEXT_FORM;
    this.#before = 0;
  }

  /** The lines of a block in chunks of about 64 KiB. */
  *decode(block: Uint8Array, lines: number): Generator<Uint8Array> {
    const cursor = new ByteCursor(block);
    readNames(cursor, this.#categories, MAX_CATEGORIES, isCategoryToken);
    readNames(cursor, this.#untils, MAX_UNTILS, (name) => untilNumber(name) >= 0);
    this.#readForms(cursor, lines);
    this.#readNumbers(cursor, lines);
    this.#readTexts(cursor, lines);
    for (let line = 0; line < lines; line++) {
      const number = cursor.number();
      if (number >= this.#categories.length) throw new FormatError('bad_compact', 'no such category');
      this.#categoryNumbers[line] = number;
    }
    yield* this.#write(cursor, lines);
    cursor.end();
  }

  #readForms(cursor: ByteCursor, lines: number): void {
    for (let line = 0; line < lines; ) {
      const form = cursor.number();
      const end = line + cursor.number();
      if (form === PLAIN_FORM || form > PLAIN_FORM + MAX_FORM_DIGITS)
        throw new FormatError('bad_compact', 'no such form of values');
      if (end === line || end > lines) throw new FormatError('bad_compact', 'the forms do not fit the lines');
      this.#forms.fill(form, line, end);
      line = end;
    }
  }

  #readNumbers(cursor: ByteCursor, lines: number): void {
    let before = this.#before;
    let last = this.#form;
    for (let line = 0; line < lines; line++) {
      const form = this.#forms[line] as number;
      // Nothing leads on from a text, nor from `+` to digits alone.
      if (form !== last && (form === TEXT_FORM || last === TEXT_FORM || form >> 4 !== last >> 4)) before = 0;
      last = form;
      if (form === TEXT_FORM) continue;
      const digits = form & (PLAIN_FORM - 1);
      const weight = POWERS[MAX_FORM_DIGITS - digits] as number;
      const number = Math.floor(before / weight) + cursor.number();
      if (number >= (POWERS[digits] as number))
        throw new FormatError('bad_compact', 'a number has more digits than its form');
      this.#numbers[line] = number;
      before = number * weight;
    }
    this.#before = before;
    this.#form = last;
  }

  #readTexts(cursor: ByteCursor, lines: number): void {
    this.#texts = [];
    for (let line = 0; line < lines; line++) {
      if (this.#forms[line] !== TEXT_FORM) continue;
      const text = cursor.text(MAX_VALUE_LENGTH);
      if (!isValue(text)) throw new FormatError('bad_compact', 'a text is no value');
      this.#texts.push(text);
    }
  }

  *#write(cursor: ByteCursor, lines: number): Generator<Uint8Array> {
    let out = new Uint8Array(CHUNK_BYTES + LINE_ROOM);
    let at = 0;
    let text = 0;
    for (let line = 0; line < lines; line++) {
      at = copy(this.#prefix, out, at);
      const form = this.#forms[line] as number;
      if (form === TEXT_FORM) at = copy(Buffer.from(this.#texts[text++] as string, 'latin1'), out, at);
      else {
        if (form < PLAIN_FORM) out[at++] = PLUS;
        at = writeDigits(this.#numbers[line] as number, form & (PLAIN_FORM - 1), out, at);
      }
      out[at++] = COMMA;
      at = copy(this.#categories[this.#categoryNumbers[line] as number] as Uint8Array, out, at);
      out[at++] = COMMA;
      const until = this.#untils[cursor.number()];
      if (until === undefined) throw new FormatError('bad_compact', 'no such day');
      at = copy(until, out, at);
      out[at++] = NEWLINE;
      if (at < CHUNK_BYTES) continue;
      yield out.subarray(0, at);
      out = new Uint8Array(CHUNK_BYTES + LINE_ROOM);
      at = 0;
    }
    yield out.subarray(0, at);
  }
}

/** Reads the names that a block adds; they are kept as the bytes that stand in a line. */
function readNames(
  cursor: ByteCursor,
  names: Uint8Array[],
  most: number,
  isName: (text: string) => boolean,
): void {
  const count = cursor.number();
  if (names.length + count > most) throw new FormatError('bad_compact', 'more names than any list has');
  for (let read = 0; read < count; read++) {
    const name = cursor.text(MAX_CATEGORY_LENGTH);
    if (!isName(name)) throw new FormatError('bad_compact', 'neither a category nor a day');
    names.push(Buffer.from(name, 'latin1'));
  }
}

function copy(bytes: Uint8Array, out: Uint8Array, start: number): number {
  for (let at = 0; at < bytes.length; at++) out[start + at] = bytes[at] as number;
  return start + bytes.length;
}

/** Writes a number with leading zeros; in two halves, each an integer that the processor divides quickly. */
function writeDigits(number: number, digits: number, out: Uint8Array, start: number): number {
  const high = digits > 8 ? Math.floor(number / EIGHT_DIGITS) : 0;
  let rest = (number - high * EIGHT_DIGITS) | 0;
  const border = Math.max(start, start + digits - 8);
  for (let at = start + digits - 1; at >= border; at--) {
    const tens = (rest / 10) | 0;
    out[at] = 48 + rest - 10 * tens;
    rest = tens;
  }
  rest = high | 0;
  for (let at = border - 1; at >= start; at--) {
    const tens = (rest / 10) | 0;
    out[at] = 48 + rest - 10 * tens;
    rest = tens;
  }
  return start + digits;
}
