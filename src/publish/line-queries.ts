// The lines of any version, and the net change between any two by a cursor, read from entry: never the whole at once.
// Rows know versions by serial, which goes on over all epochs; whoever reads, by the number within the epoch.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

const LINES_A_FETCH = 20_000;
const LINES_A_TEXT = 20_000;

const LINE = sql<string>`value || ',' || category || ',' || coalesce(to_char(until, 'YYYY-MM-DD'), 'permanent')`;

/** The present epoch of a list, as its rows go by it. */
export interface History {
  list: string;
  /** What is added to a version to give its serial. */
  serialBase: number;
}

/** The present epoch of a list, from its row. */
export function historyOf(row: { id: string; serial_base: number }): History {
  return { list: row.id, serialBase: row.serial_base };
}

/**
 * The lines of a version in bytewise order, each with its newline, as texts of many. Each text is a statement of its own
 * that goes on where the last one ended: versions do not change, so no transaction needs to be held for minutes. The
 * next text is asked for while the last one is put to use.
 */
export async function* readLines(db: Kysely<DB>, history: History, version: number): AsyncGenerator<string> {
  const at = serialOf(history, version);
  let next = readText(db, history.list, at, '');
  for (;;) {
    const { text, last, lines } = await next;
    if (text === null) return;
    if (lines === LINES_A_TEXT) {
      next = readText(db, history.list, at, last);
      next.catch(() => undefined); // heard of when it is waited for, unless the reader has gone
    }
    yield text;
    if (lines < LINES_A_TEXT) return;
  }
}

async function readText(db: Kysely<DB>, list: string, serial: number, after: string) {
  const { rows } = await sql<{ text: string | null; last: string; lines: number }>`
    select string_agg(${LINE} || E'\\n', '' order by value) as text, max(value) as last, count(*) as lines
    from (
      select value, category, until from entry
      where list_id = ${list} and value > ${after}
        and added_in <= ${serial} and (removed_in is null or removed_in > ${serial})
      order by value limit ${LINES_A_TEXT}
    ) as line`.execute(db);
  return rows[0] ?? { text: null, last: '', lines: 0 };
}

/** Lines of version `from` that are not in a later version `to`, bytewise, in batches. */
export function readRemovedLines(
  db: Kysely<DB>,
  history: History,
  from: number,
  to: number,
): AsyncGenerator<string[]> {
  return readCursor(db, net(ended(history, from, to), begun(history, from, to)));
}

/** Lines of version `to` that are not in an earlier version `from`, bytewise, in batches. */
export function readAddedLines(
  db: Kysely<DB>,
  history: History,
  from: number,
  to: number,
): AsyncGenerator<string[]> {
  return readCursor(db, net(begun(history, from, to), ended(history, from, to)));
}

/** format §7.2: version 0 is empty, whatever stood in the epochs before; no row is as old as this. */
function serialOf({ serialBase }: History, version: number): number {
  return version === 0 ? -1 : serialBase + version;
}

/** In force in `from`, and not any more in `to`. */
function ended(history: History, from: number, to: number) {
  const [first, last] = [serialOf(history, from), serialOf(history, to)];
  return sql`select value, category, until from entry
    where list_id = ${history.list} and removed_in > ${first} and removed_in <= ${last} and added_in <= ${first}`;
}

/** In force in `to`, and not yet in `from`. */
function begun(history: History, from: number, to: number) {
  const [first, last] = [serialOf(history, from), serialOf(history, to)];
  return sql`select value, category, until from entry
    where list_id = ${history.list} and added_in > ${first} and added_in <= ${last}
      and (removed_in is null or removed_in > ${last})`;
}

// A line that went and came back is in both sets and in neither answer: the diff is net (format §4).
function net(these: RawBuilder<unknown>, without: RawBuilder<unknown>) {
  return sql`select ${LINE} as line from (${these} except ${without}) as change order by value`;
}

async function* readCursor(db: Kysely<DB>, query: RawBuilder<unknown>): AsyncGenerator<string[]> {
  const trx = await db.startTransaction().setAccessMode('read only').execute();
  try {
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`declare line_cursor no scroll cursor for ${query}`.execute(trx);
    const fetch = () =>
      sql<{ line: string }>`fetch ${sql.raw(String(LINES_A_FETCH))} from line_cursor`.execute(trx);
    let next = fetch();
    for (;;) {
      const { rows } = await next;
      if (rows.length === 0) break;
      if (rows.length === LINES_A_FETCH) {
        next = fetch(); // while these are put to use
        next.catch(() => undefined); // heard of when it is waited for, unless the reader has gone
      }
      yield rows.map((row) => row.line);
      if (rows.length < LINES_A_FETCH) break;
    }
    await trx.commit().execute();
  } finally {
    if (!trx.isCommitted) await trx.rollback().execute();
  }
}
