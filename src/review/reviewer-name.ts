// The name of who acted, whose id stands in a row as text: a person's, or a client's.
import { type RawBuilder, sql } from 'kysely';

/** @param column as SQL has it, such as `decision.decided_by` */
export function reviewerName(column: string): RawBuilder<string> {
  const id = sql.ref(column);
  return sql<string>`coalesce(
    (select p.name from person p where p.id::text = ${id}), (select k.name from client k where k.id::text = ${id}), '')`;
}
