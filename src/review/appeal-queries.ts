// All SQL on appeals.
import { type Kysely, sql, type Transaction } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { reviewerName } from './reviewer-name.ts';

export interface NewAppealRow {
  list: string;
  value: string;
  caseId: number;
  category: string;
  organizationId: string;
  filedBy: string;
  filedAt: Date;
  statement: string;
  contact: string | null;
  onBehalfOf: string | null;
  dueOn: string;
}

export interface AppealFilter {
  status?: string | undefined;
  late?: { today: string; is: boolean } | undefined;
  list?: string | undefined;
  value?: string | undefined;
  /** Only those of this organisation. */
  organizationId?: string | undefined;
}

export type AppealRow = Awaited<ReturnType<typeof selectAppeals>>[number];
export type AppealKey = readonly [string, number];

/** The new appeal's id; undefined when the same party's appeal on the value is open. */
export async function insertAppeal(trx: Transaction<DB>, row: NewAppealRow): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    insert into appeal (list_id, value, case_id, category, organization_id, filed_by, filed_at, statement, contact,
                        on_behalf_of, due_on)
    values (${row.list}, ${row.value}, ${row.caseId}, ${row.category}, ${row.organizationId}, ${row.filedBy},
            ${row.filedAt}, ${row.statement}, ${row.contact}, ${row.onBehalfOf}, ${row.dueOn})
    on conflict (list_id, value, organization_id, coalesce(on_behalf_of, '')) where status = 'filed' do nothing
    returning id`.execute(trx);
  return rows[0]?.id;
}

/** Appeals after a key, those due first. */
export function selectAppeals(
  db: Kysely<DB>,
  filter: AppealFilter,
  after: AppealKey | undefined,
  limit: number,
) {
  let query = appeals(db);
  if (filter.status) query = query.where('appeal.status', '=', filter.status);
  if (filter.late) query = query.where(lateness(filter.late));
  if (filter.list) query = query.where('appeal.list_id', '=', filter.list);
  if (filter.value) query = query.where('appeal.value', '=', filter.value);
  if (filter.organizationId) query = query.where('appeal.organization_id', '=', filter.organizationId);
  if (after)
    query = query.where(sql<boolean>`(appeal.due_on, appeal.id) > (${after[0]}::date, ${after[1]}::bigint)`);
  return query.orderBy('appeal.due_on').orderBy('appeal.id').limit(limit).execute();
}

/** One appeal, of one organisation where that is named. */
export function selectAppeal(
  db: Kysely<DB>,
  id: number,
  organizationId?: string,
): Promise<AppealRow | undefined> {
  let query = appeals(db).where('appeal.id', '=', id);
  if (organizationId !== undefined) query = query.where('appeal.organization_id', '=', organizationId);
  return query.executeTakeFirst();
}

/** All on a value, newest first. */
export function selectAppealsOn(db: Kysely<DB>, list: string, value: string): Promise<AppealRow[]> {
  return appeals(db)
    .where('appeal.list_id', '=', list)
    .where('appeal.value', '=', value)
    .orderBy('appeal.id', 'desc')
    .execute();
}

/** The appeal, which nobody else settles until the transaction ends. */
export function lockAppeal(trx: Transaction<DB>, id: number) {
  return trx.selectFrom('appeal').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function settleAppeal(
  trx: Transaction<DB>,
  id: number,
  row: {
    status: string;
    note?: string | null;
    releaseId?: number | null;
    decidedBy?: string | null;
    decidedAt?: Date | null;
  },
): Promise<void> {
  await trx
    .updateTable('appeal')
    .set({
      status: row.status,
      note: row.note ?? null,
      release_id: row.releaseId ?? null,
      decided_by: row.decidedBy ?? null,
      decided_at: row.decidedAt ?? null,
    })
    .where('id', '=', id)
    .execute();
}

function appeals(db: Kysely<DB>) {
  return db
    .selectFrom('appeal')
    .innerJoin('organization', 'organization.id', 'appeal.organization_id')
    .selectAll('appeal')
    .select([
      'organization.name as organization',
      reviewerName('appeal.filed_by').as('filed_by_name'),
      reviewerName('appeal.decided_by').as('decided_by_name'),
    ]);
}

function lateness({ today, is }: { today: string; is: boolean }) {
  const late = sql`appeal.status = 'filed' and appeal.due_on < ${today}::date`;
  return is ? sql<boolean>`(${late})` : sql<boolean>`not (${late})`;
}
