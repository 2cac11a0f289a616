// Reads candidate rows from CSV: checks the header, then gives the fields by name.
import { Problem } from '../http/problem.ts';
import { CsvFault, CsvSplitter } from './csv-records.ts';
import { type FieldName, isFieldName, MAX_ROW_LENGTH, REQUIRED_FIELDS, type ReadRow } from './row-fields.ts';

/**
 * The rows after the header, many at a time.
 * @throws Problem `unknown_column` for a column that is unknown, repeated or missing; `invalid_csv` when the
 * text as a whole is none
 */
export async function* readCsvRows(pieces: AsyncIterable<Buffer>): AsyncGenerator<ReadRow[]> {
  const splitter = new CsvSplitter(MAX_ROW_LENGTH);
  let columns: FieldName[] | undefined;
  const readRecords = (piece: Buffer, last: boolean): ReadRow[] => {
    const records = split(splitter, piece, last);
    if (columns === undefined) {
      const header = records.shift();
      if (header !== undefined) columns = readHeader(header);
    }
    const names = columns ?? [];
    return records.map((record) => readRow(names, record));
  };
  for await (const piece of pieces) yield readRecords(piece, false);
  yield readRecords(Buffer.alloc(0), true);
  if (columns === undefined) throw new Problem('invalid_csv', 'The body is empty: a header line is needed.');
}

function split(splitter: CsvSplitter, piece: Buffer, last: boolean): string[][] {
  try {
    return splitter.split(piece, last);
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    const where = error.record === 1 ? 'The header' : `Row ${error.record - 1}`;
    throw new Problem('invalid_csv', `${where} ${error.message}; nothing was stored.`, { cause: error });
  }
}

function readHeader(header: readonly string[]): FieldName[] {
  const columns: FieldName[] = [];
  header.forEach((cell, index) => {
    const name = cell.trim();
    if (!isFieldName(name))
      throw wrongColumn(`Column ${index + 1} of the header is not one of the contract.`);
    if (columns.includes(name)) throw wrongColumn(`The column ${name} stands twice in the header.`);
    columns.push(name);
  });
  const missing = REQUIRED_FIELDS.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw wrongColumn(`The header lacks ${missing.join(', ')}.`);
  return columns;
}

function wrongColumn(detail: string): Problem {
  return new Problem('unknown_column', `${detail} Nothing was stored.`);
}

function readRow(columns: readonly FieldName[], record: readonly string[]): ReadRow {
  if (record.length !== columns.length) {
    const value = record[columns.indexOf('value')] ?? '';
    const detail = `The row has ${record.length} columns, the header ${columns.length}.`;
    return { ok: false, value, fault: { code: 'wrong_column_count', detail } };
  }
  // Every row has the same keys in the same order, empty cells too: so all are of one shape, which is fast.
  const fields: { [Name in FieldName]?: string } = {};
  for (let index = 0; index < columns.length; index++) {
    fields[columns[index] as FieldName] = record[index] as string;
  }
  return { ok: true, fields };
}
