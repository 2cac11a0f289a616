// Partitions by month (UTC) of the tables that grow for ever: made ahead, and dropped where a table's rows are not kept
// for ever. Any server may, at any time; rows that no month takes lie in the partition *_other, and are never in the way.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from './generated/schema.ts';

type PartitionedTable = 'audit_event' | 'candidate' | 'enforcement';

const TABLES: readonly PartitionedTable[] = ['audit_event', 'candidate', 'enforcement'];
/** Made ahead of the present one: so long may no server run, or none be allowed to make a table. */
const MONTHS_AHEAD = 3;
const MONTH_NAME = /_[0-9]{4}_[0-9]{2}$/;
/** A range that overlaps another one; a partition that rows in *_other belong to. */
const TAKEN = new Set(['42P17', '23514']);
/** Who waits for *_other keeps all others from the table: rather tomorrow than a desk that stands still. */
const LOCK_TIMEOUT_MS = 2000;
const LOCK_TIMEOUT = '55P03';

interface Month {
  from: Date;
  to: Date;
}

/**
 * Makes the partitions that are missing of the month of a moment and of those after it.
 * @returns their names
 */
export async function makeMonths(db: Kysely<DB>, now: Date): Promise<string[]> {
  const made: string[] = [];
  for (const table of TABLES) {
    const held = new Set(await partitionsOf(db, table));
    for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
      const month = monthOf(now, ahead);
      const name = nameOf(table, month);
      if (!held.has(name) && (await makeMonth(db, table, name, month))) made.push(name);
    }
  }
  return made;
}

/**
 * Drops the months of a table that ended before a moment, each whole.
 * @returns their names
 */
export async function dropMonths(
  trx: Transaction<DB>,
  table: 'enforcement',
  before: Date,
): Promise<string[]> {
  await sql`select pg_advisory_xact_lock(hashtext(${`drop ${table}`}))`.execute(trx);
  const names = await partitionsOf(trx, table);
  const old = names.filter((name) => MONTH_NAME.test(name) && name < nameOf(table, monthOf(before, 0)));
  for (const name of old) await sql`drop table ${sql.table(name)}`.execute(trx);
  return old;
}

/**
 * @returns those of the month after a moment's that are not there; rows of it would lie in *_other
 */
export async function missingMonths(db: Kysely<DB>, now: Date): Promise<string[]> {
  const missing: string[] = [];
  for (const table of TABLES) {
    const name = nameOf(table, monthOf(now, 1));
    if (!(await partitionsOf(db, table)).includes(name)) missing.push(name);
  }
  return missing;
}

/**
 * @returns false where the month is taken: by the rows from before, by rows in *_other, or by another server just now;
 * and where the table is busy
 */
async function makeMonth(
  db: Kysely<DB>,
  table: PartitionedTable,
  name: string,
  { from, to }: Month,
): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(trx);
      await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT_MS)}`.execute(trx);
      // Attached and not made in its place: that would keep writers from the whole table.
      await sql`create table ${sql.table(name)} (like ${sql.table(`${table}_other`)} including all)`.execute(
        trx,
      );
      const range = sql`from (${sql.lit(from.toISOString())}) to (${sql.lit(to.toISOString())})`;
      await sql`
        alter table ${sql.table(table)} attach partition ${sql.table(name)} for values ${range}`.execute(trx);
      if (table === 'audit_event')
        await sql`
          create trigger audit_event_no_truncate before truncate on ${sql.table(name)}
            for each statement execute function refuse_change()`.execute(trx);
    });
    return true;
  } catch (error) {
    const { code = '' } = error as { code?: string };
    const isMade = code === '42P07';
    if (isMade || code === LOCK_TIMEOUT || TAKEN.has(code)) return false;
    throw error;
  }
}

async function partitionsOf(db: Kysely<DB>, table: PartitionedTable): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = ${table}::regclass order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

function nameOf(table: PartitionedTable, { from }: Month): string {
  return `${table}_${from.toISOString().slice(0, 7).replace('-', '_')}`;
}

function monthOf(moment: Date, ahead: number): Month {
  const at = (months: number) => new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months));
  return { from: at(ahead), to: at(ahead + 1) };
}
