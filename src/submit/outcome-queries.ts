// SQL on the feed of outcomes. review writes it; positions have no holes and appear in order, so the last one
// read is all that a reader needs to keep.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export interface OutcomeRow {
  position: number;
  candidate_id: number;
  submission_id: string;
  row_number: number;
  value: string;
  list_id: string;
  effect: string;
  reason: string | null;
  note: string | null;
  category: string | null;
  until: string | null;
  decided_at: Date;
}

/** The position given last in an organisation's feed; 0 before the first. */
export async function selectLastPosition(db: Kysely<DB>, organizationId: string): Promise<number> {
  const counter = await db
    .selectFrom('outcome_counter')
    .select('last_position')
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return counter?.last_position ?? 0;
}

export async function selectOutcomes(
  db: Kysely<DB>,
  organizationId: string,
  after: number,
  limit: number,
): Promise<OutcomeRow[]> {
  const { rows } = await sql<OutcomeRow>`
    select o.position, o.candidate_id, k.submission_id, k.row_number, k.value, k.list_id,
           d.effect, d.reason, d.note, d.category, d.until, d.decided_at
      from outcome o
      join candidate k on k.id = o.candidate_id
       and k.received_on between coalesce(o.received_on, '-infinity') and coalesce(o.received_on, 'infinity')
      join decision d on d.id = o.decision_id
     where o.organization_id = ${organizationId} and o.position > ${after}
     order by o.position
     limit ${limit}`.execute(db);
  return rows;
}
