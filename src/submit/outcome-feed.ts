// A carrier's feed of outcomes: what comes after a position, the position to go on from, and the wait for more.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import { Problem } from '../http/problem.ts';
import type { OutcomeHub } from './outcome-hub.ts';
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

/** How a reader waits when there is nothing for it. */
export interface Patience {
  hub: OutcomeHub;
  waitMs: number;
  /** Told once the reader goes away. The answer to whom nobody listens is then empty. */
  onGone: (gone: () => void) => unknown;
}

/**
 * The next items; where there are none yet, as soon as there are some, or none after the wait. No database
 * connection is held meanwhile. Throws Problem invalid_cursor.
 */
export async function awaitOutcomes(
  db: Kysely<DB>,
  organizationId: string,
  after: string | undefined,
  limit: number,
  { hub, waitMs, onGone }: Patience,
): Promise<Schemas['OutcomeFeed']> {
  // The place first, then the look: a decision between the two wakes.
  const place = waitMs > 0 ? hub.enter(organizationId) : undefined;
  if (!place) return readOutcomes(db, organizationId, after, limit);
  const timer = setTimeout(() => place.end(), waitMs);
  onGone(() => place.end());
  try {
    for (;;) {
      const feed = await readOutcomes(db, organizationId, after, limit);
      if (feed.items.length > 0 || !(await place.next())) return feed;
    }
  } finally {
    clearTimeout(timer);
    place.end();
  }
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
    question: row.effect === 'info_requested' ? row.note : null,
    decidedAt: row.decided_at.toISOString(),
  };
}
