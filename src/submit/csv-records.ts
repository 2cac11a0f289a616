// Splits CSV (RFC 4180) into records, piece by piece. Strict: a quote where none may be, or one never closed,
// makes the whole text unreadable. Hand-made because it is several times as fast as csv-parse, which the
// tests hold it against. Marks are looked for in the bytes, and a field is decoded only where it is no ASCII.

const COMMA = 44;
const QUOTE = 34;
const LF = 10;
const CR = 13;

/** The text as a whole is no CSV. `record` counts from 1, the header being the first. */
export class CsvFault extends Error {
  readonly record: number;
  constructor(message: string, record: number) {
    super(message);
    this.name = 'CsvFault';
    this.record = record;
  }
}

/** Takes pieces of UTF-8 and gives whole records; both LF and CRLF end one, and empty lines are none. */
export class CsvSplitter {
  readonly #maxLength: number;
  /** What is not split yet, and the same with a character for each byte: slices of that are cheap. */
  #bytes: Buffer = Buffer.alloc(0);
  #text = '';
  #at = 0;
  /** Whether no more follows. */
  #last = false;
  #count = 0;

  /** @param maxLength of a record, in characters */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /**
   * The records that are complete with this piece.
   * @param last no more text follows
   * @throws CsvFault
   */
  split(piece: Buffer, last: boolean): string[][] {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    this.#text = this.#bytes.toString('latin1');
    this.#at = 0;
    this.#last = last;
    const records: string[][] = [];
    let start = 0;
    for (; start < this.#bytes.length; start = this.#at) {
      const record = this.#readRecord();
      if (record === undefined) break;
      if (record.length === 1 && record[0] === '' && this.#at - start <= 2) continue;
      if (this.#isTooLong(start, this.#at)) throw this.#fault('is too long');
      this.#count++;
      records.push(record);
    }
    if (this.#isTooLong(start, this.#bytes.length))
      throw this.#fault('is too long, or a quote is never closed');
    this.#bytes = this.#bytes.subarray(start);
    return records;
  }

  /** One record, or undefined when the text ends within it and more is to come. */
  #readRecord(): string[] | undefined {
    const fields: string[] = [];
    for (;;) {
      const field = this.#bytes[this.#at] === QUOTE ? this.#readQuoted() : this.#readPlain();
      if (field === undefined) return undefined;
      fields.push(field);
      // Both readers stop on the comma, on the line end, or at the end of the last piece.
      const byte = this.#bytes[this.#at++];
      if (byte === COMMA) continue;
      if (byte === CR) this.#at++;
      return fields;
    }
  }

  #readPlain(): string | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte > COMMA) continue;
      if (byte === COMMA || byte === LF) break;
      if (byte === QUOTE) throw this.#fault('has a quote inside a field that does not begin with one');
    }
    if (at >= bytes.length && !this.#last) return undefined;
    const crlf = at > start && bytes[at] === LF && bytes[at - 1] === CR;
    this.#at = crlf ? at - 1 : at;
    return this.#cut(start, this.#at);
  }

  #readQuoted(): string | undefined {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let doubled = false;
    let at = start;
    for (;;) {
      at = this.#text.indexOf('"', at);
      if (at < 0 && this.#last) throw this.#fault('has a quote that is never closed');
      // A quote at the very end may be the first of two.
      if (at < 0 || (at + 1 >= bytes.length && !this.#last)) return undefined;
      if (bytes[at + 1] !== QUOTE) break;
      doubled = true;
      at += 2;
    }
    this.#at = at + 1;
    if (!this.#endsField(this.#at)) {
      if (!this.#last && bytes[this.#at] === CR && this.#at + 1 >= bytes.length) return undefined;
      throw this.#fault('has text after a closing quote');
    }
    const field = this.#cut(start, at);
    return doubled ? field.replaceAll('""', '"') : field;
  }

  #endsField(at: number): boolean {
    const byte = this.#bytes[at];
    if (byte === COMMA || byte === LF) return true;
    if (byte === CR) return this.#bytes[at + 1] === LF;
    return this.#last && at >= this.#bytes.length;
  }

  #cut(start: number, end: number): string {
    for (let at = start; at < end; at++) {
      if ((this.#bytes[at] as number) >= 0x80) return this.#bytes.toString('utf8', start, end);
    }
    return this.#text.slice(start, end);
  }

  /** No text has more characters than bytes. */
  #isTooLong(start: number, end: number): boolean {
    return end - start > this.#maxLength && this.#bytes.toString('utf8', start, end).length > this.#maxLength;
  }

  #fault(what: string): CsvFault {
    return new CsvFault(what, this.#count + 1);
  }
}
