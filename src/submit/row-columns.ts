// Rows as columns on their way to PostgreSQL: each column is one text, split there again. Quoting arrays of
// a million rows element by element would cost more than storing them.
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';

/** Stands in no stored text: all control characters were removed. */
export const SEPARATOR = '\u001f';

/** Rows gathered for one statement; absent fields are empty. */
class Columns {
  size = 0;
  readonly #columns: string[][];

  constructor(count: number) {
    this.#columns = Array.from({ length: count }, () => []);
  }

  protected push(fields: readonly (string | number | null)[]): void {
    this.size++;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index];
      this.#columns[index]?.push(typeof field === 'string' ? field : field == null ? '' : `${field}`);
    }
  }

  /** Each column as one text. */
  texts(): string[] {
    return this.#columns.map((column) => column.join(SEPARATOR));
  }
}

/** Accepted rows. The order of the columns is that of `stageRows`. */
export class AcceptedColumns extends Columns {
  constructor() {
    super(15);
  }

  add(rowNumber: number, row: AcceptedRow): void {
    this.push([
      rowNumber,
      row.listId,
      row.value,
      row.rawValue,
      row.numberClass,
      row.unregistrable ? 't' : 'f',
      row.category,
      row.reports,
      row.reporters,
      row.firstSeen,
      row.lastSeen,
      row.source,
      row.score,
      row.originatorCode,
      row.evidence === null ? null : JSON.stringify(row.evidence),
    ]);
  }
}

/** Refused rows. The order of the columns is that of `insertErrors`. */
export class RefusedColumns extends Columns {
  constructor() {
    super(4);
  }

  add(rowNumber: number, value: string, fault: RowFault): void {
    this.push([rowNumber, value, fault.code, fault.detail]);
  }
}
