// Rows as columns on their way to PostgreSQL: each column is one text, split there again. Quoting arrays of
// a million rows element by element would cost more than storing them.
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';

/** Stands in no stored text: all control characters were removed. */
export const SEPARATOR = '\u001f';

/** One field of all rows. What is null becomes the empty text when joined. */
type Column = (string | number | null)[];

/** Accepted rows for one statement. */
export class AcceptedColumns {
  readonly #rowNumber: Column = [];
  readonly #listId: Column = [];
  readonly #value: Column = [];
  readonly #rawValue: Column = [];
  readonly #numberClass: Column = [];
  readonly #unregistrable: Column = [];
  readonly #category: Column = [];
  readonly #reports: Column = [];
  readonly #reporters: Column = [];
  readonly #firstSeen: Column = [];
  readonly #lastSeen: Column = [];
  readonly #source: Column = [];
  readonly #score: Column = [];
  readonly #originatorCode: Column = [];
  readonly #evidence: Column = [];

  get size(): number {
    return this.#rowNumber.length;
  }

  add(rowNumber: number, row: AcceptedRow): void {
    this.#rowNumber.push(rowNumber);
    this.#listId.push(row.listId);
    this.#value.push(row.value);
    this.#rawValue.push(row.rawValue);
    this.#numberClass.push(row.numberClass);
    this.#unregistrable.push(row.unregistrable ? 't' : 'f');
    this.#category.push(row.category);
    this.#reports.push(row.reports);
    this.#reporters.push(row.reporters);
    this.#firstSeen.push(row.firstSeen);
    this.#lastSeen.push(row.lastSeen);
    this.#source.push(row.source);
    this.#score.push(row.score);
    this.#originatorCode.push(row.originatorCode);
    this.#evidence.push(row.evidence === null ? null : JSON.stringify(row.evidence));
  }

  /** The columns in the order of `stageRows`. */
  texts(): string[] {
    return [
      this.#rowNumber,
      this.#listId,
      this.#value,
      this.#rawValue,
      this.#numberClass,
      this.#unregistrable,
      this.#category,
      this.#reports,
      this.#reporters,
      this.#firstSeen,
      this.#lastSeen,
      this.#source,
      this.#score,
      this.#originatorCode,
      this.#evidence,
    ].map((column) => column.join(SEPARATOR));
  }
}

/** Refused rows for one statement. */
export class RefusedColumns {
  readonly #columns: [Column, Column, Column, Column] = [[], [], [], []];

  get size(): number {
    return this.#columns[0].length;
  }

  add(rowNumber: number, value: string, fault: RowFault): void {
    this.#columns[0].push(rowNumber);
    this.#columns[1].push(value);
    this.#columns[2].push(fault.code);
    this.#columns[3].push(fault.detail);
  }

  /** The columns in the order of `insertErrors`. */
  texts(): string[] {
    return this.#columns.map((column) => column.join(SEPARATOR));
  }
}
