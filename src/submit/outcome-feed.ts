// A carrier's feed of outcomes: what comes after a position, and the position to go on from.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import { Problem } from '../http/problem.ts';
import { type OutcomeRow, selectLastPosition, selectOutcomes } from './outcome-queries.ts';

type Schemas = components['schemas'];

/**
 * The next items. The cursor is the position in base64url.
 * @throws Problem invalid_cursor, also for a position that this feed never gave out: going on from there
 * would skip outcomes without a word
 */
export async function readOutcomes(
  db: Kysely<DB>,
  organizationId: string,
  after: string | undefined,
  limit: number,
): Promise<Schemas['OutcomeFeed']> {
  const position = readPosition(after);
  if (position > 0 && position > (await selectLastPosition(db, organizationId))) throw invalidCursor();
  const rows = await selectOutcomes(db, organizationId, position, limit);
  const next = rows.at(-1)?.position ?? position;
  return { items: rows.map(toOutcome), next: writePosition(next) };
}

function writePosition(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

function readPosition(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const position = Number(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!Number.isSafeInteger(position) || position < 0 || writePosition(position) !== cursor)
    throw invalidCursor();
  return position;
}

function invalidCursor(): Problem {
  return new Problem(
    'invalid_cursor',
    'The cursor is not one that this feed gave out: begin again without it.',
  );
}

function toOutcome(row: OutcomeRow): Schemas['Outcome'] {
  const verified = row.effect === 'verified';
  return {
    candidateId: String(row.candidate_id),
    submissionId: row.submission_id,
    row: row.row_number,
    value: row.value,
    list: row.list_id as Schemas['ListId'],
    outcome: row.effect as Schemas['Outcome']['outcome'],
    reason: row.effect === 'rejected' ? (row.reason as Schemas['RejectReason']) : null,
    category: row.category as Schemas['Category'] | null,
    until: verified ? (row.until ?? 'permanent') : null,
    decidedAt: row.decided_at.toISOString(),
  };
}
