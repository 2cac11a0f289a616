// Reads candidate rows from NDJSON, one object a line. A line that is no object is a faulty row; a field that
// is not in the contract refuses the whole body, as an unknown column of a CSV does.
import { Problem } from '../http/problem.ts';
import { isFieldName, MAX_ROW_LENGTH, type ReadRow } from './row-fields.ts';

/**
 * The rows, many at a time; empty lines are none.
 * @throws Problem `invalid_request` for an unknown field, `invalid_ndjson` for a line that is too long
 */
export async function* readNdjsonRows(pieces: AsyncIterable<Buffer>): AsyncGenerator<ReadRow[]> {
  let rest = '';
  let line = 0;
  for await (const piece of pieces) {
    const lines = (rest + piece.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    const rows: ReadRow[] = [];
    for (const text of lines) readLine(text, ++line, rows);
    if (rest.length > MAX_ROW_LENGTH) throw tooLong(line + 1);
    yield rows;
  }
  const rows: ReadRow[] = [];
  readLine(rest, line + 1, rows);
  yield rows;
}

function readLine(text: string, line: number, rows: ReadRow[]): void {
  if (text.length > MAX_ROW_LENGTH) throw tooLong(line);
  if (text.trim() === '') return;
  const fields = parseObject(text);
  if (fields === undefined) {
    const detail = `Line ${line} is not a JSON object.`;
    rows.push({ ok: false, value: '', fault: { code: 'invalid_json', detail } });
    return;
  }
  for (const name of Object.keys(fields)) {
    if (!isFieldName(name)) throw unknownField(line, name);
  }
  rows.push({ ok: true, fields });
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (error) {
    // The parser's message quotes the line, which may be personal data: the row's fault says all there is.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unknownField(line: number, name: string): Problem {
  const field = name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
  return new Problem(
    'invalid_request',
    `Line ${line} has a field that is not in the contract; nothing was stored.`,
    {
      errors: [{ pointer: `/${line - 1}/${field}`, code: 'unknown', detail: 'is not in the contract' }],
    },
  );
}

function tooLong(line: number): Problem {
  return new Problem(
    'invalid_ndjson',
    `Line ${line} is over ${MAX_ROW_LENGTH} characters; nothing was stored.`,
  );
}
