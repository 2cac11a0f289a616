// The columns of a candidate row, in the contract's spelling, and what the three readers hand to the rules.

/** Fields as given, not yet judged: text from CSV, any JSON value from JSON and NDJSON. */
export type RowFields = { [Name in FieldName]?: unknown };

/** A row as read, or why it could not even be read as one. `value` is what the carrier finds it by. */
export type ReadRow = { ok: true; fields: RowFields } | { ok: false; value: string; fault: RowFault };

/** The first fault of a row: a stable code, and a sentence that never repeats what was given. */
export interface RowFault {
  code: string;
  detail: string;
}

export const FIELD_NAMES = [
  'type',
  'value',
  'category',
  'reports',
  'reporters',
  'firstSeen',
  'lastSeen',
  'source',
  'score',
  'model',
  'originatorCode',
  'callbackNumber',
  'relay',
  'chain',
  'sample',
  'url',
  'reportIds',
  'note',
] as const;

export type FieldName = (typeof FIELD_NAMES)[number];

/** Columns that a CSV cannot do without. */
export const REQUIRED_FIELDS: readonly FieldName[] = ['type', 'value', 'category'];

/** No row, in no format, may be longer: characters. */
export const MAX_ROW_LENGTH = 64 * 1024;

/** Rows of one submission. */
export const MAX_ROWS = 1_000_000;

const NAMES: ReadonlySet<string> = new Set(FIELD_NAMES);

/** Whether a column or field of this name is in the contract. */
export function isFieldName(name: string): name is FieldName {
  return NAMES.has(name);
}
