// Pages `{items, next}`: the cursor is the sort key of the last row, opaque to the caller.
import { Problem } from './problem.ts';

/** The key of the last row of the page before, as given to `pageOf`; undefined at the beginning. */
export function readCursor<Key extends readonly (string | number)[]>(
  cursor: string | undefined,
  shape: { [I in keyof Key]: 'string' | 'number' },
): Key | undefined {
  if (cursor === undefined) return undefined;
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw invalidCursor(error);
  }
  const types = shape as readonly string[];
  if (!Array.isArray(key) || key.length !== types.length) throw invalidCursor();
  if (key.some((part, i) => typeof part !== types[i] || !isKeyPart(part))) throw invalidCursor();
  return key as unknown as Key;
}

// Whatever else a key holds, the database must be able to read it.
function isKeyPart(part: string | number): boolean {
  return typeof part === 'number' ? Number.isSafeInteger(part) : !part.includes('\0');
}

/** A page from up to limit + 1 rows: the row too many tells that there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => readonly (string | number)[],
): { items: Item[]; next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(keyOf(last)) : null;
  return { items: page.map(toItem), next };
}

/** The cursor for a key. */
export function writeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The refusal of a cursor that was not given out. */
export function invalidCursor(cause?: unknown): Problem {
  return new Problem(
    'invalid_cursor',
    'The cursor is not one that this call gave out: begin again without it.',
    { cause },
  );
}
