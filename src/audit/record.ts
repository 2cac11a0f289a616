// The one way into the audit record. Every feature calls it in the transaction of the act: what is done and the
// record of it are there together, or neither is. Never to be given a secret, or more of a person than is needed.

import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import type { Change } from './chain.ts';

export interface Act {
  /** What was acted on: `cases/1042`. */
  target: string;
  at: Date;
  /** What changed, of the fields that did. */
  changes?: readonly Change[];
}

/** Records one act. */
export function recordAct(trx: Kysely<DB>, author: Author, act: Act): Promise<void> {
  return recordActs(trx, author, [act]);
}

/** Records many acts of one author, in order; no round trip for none. */
export async function recordActs(trx: Kysely<DB>, author: Author, acts: readonly Act[]): Promise<void> {
  if (acts.length === 0) return;
  const rows = acts.map(({ target, at, changes = [] }) => ({ target, at: at.toISOString(), changes }));
  await sql`
    insert into audit_event (at, operation, actor_kind, actor_id, organization_id, address, request_id, target, changes)
    select t.at, ${author.operation}, ${author.kind}, ${author.id}, ${author.organizationId}::uuid, ${author.address},
           ${author.requestId}, t.target, t.changes
      from rows from (json_to_recordset(${JSON.stringify(rows)}::json)
             as (target text, at timestamptz, changes jsonb)) with ordinality as t(target, at, changes, nth)
     order by t.nth`.execute(trx);
}

/**
 * The fields that differ. Times as RFC 3339, whatever is not text as JSON, undefined as null.
 * @param before null for what comes to be
 * @param after null for what is no more
 */
export function changesOf(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): Change[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const changes = [...fields].map((field) => ({
    field,
    before: textOf(before?.[field]),
    after: textOf(after?.[field]),
  }));
  return changes.filter((change) => change.before !== change.after);
}

/** An author for what the exchange does by itself. */
export function exchangeAuthor(operation: string): Author {
  return { operation, kind: 'exchange', id: null, organizationId: null, address: null, requestId: null };
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
