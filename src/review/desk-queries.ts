// What waits at the desk, counted as far as it matters: a number of five digits is "many".
import { type RawBuilder, sql } from 'kysely';
import type { components } from '../http/generated/openapi.ts';
import { dayOf } from '../list/day.ts';
import type { Desk } from './desk.ts';

const MOST = 10_001;

/** Each count stops at 10,001. */
export async function countDesk(desk: Desk, reviewer: string): Promise<components['schemas']['Desk']> {
  const now = desk.now();
  const today = dayOf(now, desk.timeZone);
  const { rows } = await sql<components['schemas']['Desk']>`
    select ${counted(sql`review_case where status = 'open'`)} as open,
           ${counted(sql`review_case where status = 'awaiting_second'`)} as "awaitingSecond",
           ${counted(sql`review_case where claimed_by = ${reviewer} and claimed_until > ${now}`)} as mine,
           ${counted(sql`appeal where status = 'filed'`)} as appeals,
           ${counted(sql`appeal where status = 'filed' and due_on < ${today}::date`)} as "lateAppeals"`.execute(
    desk.db,
  );
  return rows[0] as components['schemas']['Desk'];
}

function counted(rows: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`(select count(*) from (select from ${rows} limit ${sql.lit(MOST)}) part)`;
}
