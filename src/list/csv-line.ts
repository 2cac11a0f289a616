// One line of CSV (RFC 4180) for people who open it in a spreadsheet.

/** The line with its end. A text that a spreadsheet would run as a formula is told to it as text. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

function csvField(field: string | number | null): string {
  if (field === null) return '';
  const text =
    typeof field === 'string' && /^[=@\t\r]|^[+-](?![0-9]*$)/.test(field) ? `'${field}` : String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
