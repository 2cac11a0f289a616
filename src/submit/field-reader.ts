// Reads single fields of a row, from text (CSV) and JSON values alike, and keeps the first fault.
// A field that is missing, null or empty is absent.
import type { FieldName, RowFault, RowFields } from './row-fields.ts';
import { parseTime } from './seen-time.ts';
import { cleanLine, cleanText } from './text-cleaning.ts';

const INTEGER = /^[0-9]{1,15}$/;
const DECIMAL = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$/;

const NO_TEXTS: readonly string[] = Object.freeze([]);

export class FieldReader {
  /** The first fault of the row. */
  fault: RowFault | undefined;
  readonly #fields: RowFields;

  constructor(fields: RowFields) {
    this.#fields = fields;
  }

  /** Notes a fault, unless there was one before. */
  fail(code: string, detail: string): null {
    this.fault ??= { code, detail };
    return null;
  }

  /** The field as given; undefined when it is absent. */
  given(name: FieldName): unknown {
    const value = this.#fields[name];
    return value === null || value === '' ? undefined : value;
  }

  /** A token such as a category, with spaces around it dropped. */
  token(name: FieldName, code: string, detail: string): string | null {
    const value = this.given(name);
    if (value === undefined) return null;
    return typeof value === 'string' ? value.trim() : this.fail(code, detail);
  }

  /** An integer from 0 to `max`. */
  count(name: FieldName, code: string, max: number): number | null {
    const value = this.given(name);
    if (value === undefined) return null;
    const count = typeof value === 'string' && INTEGER.test(value.trim()) ? Number(value) : value;
    if (typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= max) return count;
    return this.fail(code, `${name} must be an integer from 0 to ${max}.`);
  }

  /** A number from 0 to 1, to six places: what is smaller than a column can hold must not reach it. */
  share(name: FieldName, code: string): number | null {
    const value = this.given(name);
    if (value === undefined) return null;
    const share = typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value) : value;
    if (typeof share === 'number' && share >= 0 && share <= 1) return Math.round(share * 1e6) / 1e6;
    return this.fail(code, `${name} must be a number from 0 to 1.`);
  }

  /** An RFC 3339 time, as milliseconds since 1970. */
  time(name: FieldName, code: string, earliestMs: number, latestMs: number): number | null {
    const value = this.given(name);
    if (value === undefined) return null;
    const time = typeof value === 'string' ? parseTime(value.trim()) : undefined;
    if (time === undefined)
      return this.fail(code, `${name} must be an RFC 3339 time, such as 2026-11-20T09:30:00Z.`);
    if (time > latestMs) return this.fail('seen_in_future', `${name} lies in the future.`);
    return time < earliestMs ? this.fail(code, `${name} lies before the year 2000.`) : time;
  }

  /** A text as it came, control characters and all. */
  raw(name: FieldName, maxLength: number): string | null {
    const value = this.given(name);
    if (value === undefined) return null;
    if (typeof value !== 'string') return this.fail('invalid_text', `${name} must be a text.`);
    if (value.length > maxLength)
      return this.fail('text_too_long', `${name} is longer than ${maxLength} characters.`);
    return value;
  }

  /** One line of text, or several where breaks matter. */
  text(name: FieldName, maxLength: number, breaks = false): string | null {
    const raw = this.raw(name, maxLength);
    if (raw === null) return null;
    return (breaks ? cleanText(raw) : cleanLine(raw)) || null;
  }

  /** Texts: an array, or one text with `;` between them. Empty ones are dropped. */
  texts(name: FieldName, maxItems: number, maxLength: number): readonly string[] {
    const value = this.given(name);
    if (value === undefined) return NO_TEXTS;
    const items: unknown = typeof value === 'string' ? value.split(';') : value;
    if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) {
      this.fail('invalid_array', `${name} must be an array of texts.`);
      return NO_TEXTS;
    }
    if (items.length > maxItems) this.fail('too_many_items', `${name} has more than ${maxItems} items.`);
    const texts: string[] = [];
    for (const item of items) {
      if (item.length > maxLength)
        this.fail('text_too_long', `An item of ${name} is longer than ${maxLength} characters.`);
      const text = cleanLine(item).trim();
      if (text !== '') texts.push(text);
    }
    return texts;
  }
}
