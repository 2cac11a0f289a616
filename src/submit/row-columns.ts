// Rows as columns on their way to PostgreSQL: each column is one text, split there again. Quoting arrays of
// a million rows element by element would cost more than storing them.
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';

/** Stands in no stored text: all control characters were removed. */
export const SEPARATOR = '\u001f';

/** One field of every row of a statement. */
class Column {
  #text = '';
  #size = 0;

  /** Absent fields are empty. */
  add(field: string | number | null): void {
    const text = field === null ? '' : field;
    this.#text = this.#size++ === 0 ? `${text}` : `${this.#text}${SEPARATOR}${text}`;
  }

  get text(): string {
    return this.#text;
  }
}
