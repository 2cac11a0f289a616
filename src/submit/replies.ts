// Submissions as the contract shows them.
import type { components } from '../http/generated/openapi.ts';
import type { SubmissionErrorRow, SubmissionRow } from './submission-queries.ts';

type Schemas = components['schemas'];

export function toReceipt(row: SubmissionRow): Schemas['SubmissionReceipt'] {
  return {
    id: row.id,
    submittedAt: row.submitted_at.toISOString(),
    received: row.received,
    accepted: row.accepted,
    invalid: row.invalid,
    newCases: row.new_cases,
    joinedCases: row.joined_cases,
    alreadyListed: row.already_listed,
    duplicates: row.duplicates,
  };
}

export function toError(row: SubmissionErrorRow): Schemas['SubmissionError'] {
  return { row: row.row_number, value: row.value, code: row.code, detail: row.detail };
}

const CSV_PAGE = 5000;

/**
 * Refused rows as CSV (RFC 4180). Values stand as they were given, also those that begin with = + - @: whoever
 * opens the file in a spreadsheet imports the column as text.
 */
export async function* writeErrorsCsv(
  readPage: (afterRow: number, limit: number) => Promise<SubmissionErrorRow[]>,
): AsyncGenerator<string> {
  yield 'row,value,code,detail\n';
  for (let after = 0; ; ) {
    const rows = await readPage(after, CSV_PAGE);
    if (rows.length > 0)
      yield rows.map((row) => csvLine([row.row_number, row.value, row.code, row.detail])).join('');
    if (rows.length < CSV_PAGE) return;
    after = rows.at(-1)?.row_number ?? after;
  }
}

function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => csvField(String(field))).join(',')}\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
