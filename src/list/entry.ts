// One entry of a list and its line (format §2). Reading is strict in shape and open in category: a category
// added later must not break a reader.
import { FormatError } from './format-error.ts';
import { type Until, untilNumber } from './until.ts';

export type { Until } from './until.ts';

export const LIST_IDS = ['sender-numbers', 'originator-codes'] as const;
export type ListId = (typeof LIST_IDS)[number];

export interface Entry {
  /** `+` and digits, or an originator code. */
  value: string;
  /** A category token; perhaps one that this program does not know yet. */
  category: string;
  until: Until;
}

/** The longest value that is read, in characters. */
export const MAX_VALUE_LENGTH = 64;
/** The longest category token that is read, in characters. */
export const MAX_CATEGORY_LENGTH = 32;

const VALUE = /^[0-9A-Za-z+._-]{1,64}$/;
const CATEGORY = /^[a-z_]{1,32}$/;

/** Whether the text names one of the lists. */
export function isListId(text: string): text is ListId {
  return (LIST_IDS as readonly string[]).includes(text);
}

/** Whether the text can stand as a value in a line: 1 to 64 of `0-9 A-Z a-z + . _ -`. */
export function isValue(text: string): boolean {
  return VALUE.test(text);
}

/** Whether the text can stand as a category in a line, known today or not: 1 to 32 of `a-z _`. */
export function isCategoryToken(text: string): boolean {
  return CATEGORY.test(text);
}

/** The entry's line, without its newline. Nothing is checked: see `checkEntry`. */
export function formatLine(entry: Entry): string {
  return `${entry.value},${entry.category},${entry.until}`;
}

/** Reads one line, without its newline. Throws FormatError `bad_line`. */
export function parseLine(line: string): Entry {
  const first = line.indexOf(',');
  const second = line.indexOf(',', first + 1);
  if (first < 0 || second < 0) throw new FormatError('bad_line', `not three fields: ${shown(line)}`);
  return checkEntry({
    value: line.slice(0, first),
    category: line.slice(first + 1, second),
    until: line.slice(second + 1),
  });
}

/** Gives back the entry if its three fields are well formed. Throws FormatError `bad_line`. */
export function checkEntry(entry: Entry): Entry {
  if (!VALUE.test(entry.value)) throw new FormatError('bad_line', `not a value: ${shown(entry.value)}`);
  if (!CATEGORY.test(entry.category)) {
    throw new FormatError('bad_line', `not a category token: ${shown(entry.category)}`);
  }
  if (untilNumber(entry.until) < 0) {
    throw new FormatError('bad_line', `neither a day nor permanent: ${shown(entry.until)}`);
  }
  return entry;
}

/** Bytewise order of lines (format §2), for sorting: they are ASCII, so code units are bytes. */
export function compareLines(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of two entries by their lines. */
export function compareEntries(a: Entry, b: Entry): number {
  return a.value === b.value
    ? compareLines(formatLine(a), formatLine(b))
    : compareLines(`${a.value},`, `${b.value},`);
}

/** Outside text made safe to stand in an error message: short, quoted, control characters escaped. */
function shown(text: string): string {
  return JSON.stringify(String(text).slice(0, 80));
}
