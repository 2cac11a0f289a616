// What a caller may read: a carrier its own submissions, an auditor all. What is someone else's is not there.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { Caller } from '../http/caller.ts';
import { readCursor } from '../http/page.ts';
import { notFound, Problem } from '../http/problem.ts';
import { type Owner, type SubmissionRow, selectSubmission } from './submission-queries.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LAST_ROW = 2 ** 31 - 1;
const LAST_MS = 8.64e15;

/** Whose submissions the caller sees. */
export function ownerOf(caller: Caller): Owner {
  return caller.scopes.has('audit') ? undefined : caller.organizationId;
}

/** The submission. Throws Problem `not_found`. */
export async function findSubmission(db: Kysely<DB>, owner: Owner, id: string): Promise<SubmissionRow> {
  const submission = UUID.test(id) ? await selectSubmission(db, owner, id) : undefined;
  if (!submission) throw notFound('submission');
  return submission;
}

/** The row after which a page of rows begins. Throws Problem `invalid_cursor`. */
export function readRowCursor(cursor: string | undefined): number {
  const [row] = readCursor<[number]>(cursor, ['number']) ?? [0];
  if (row < 0 || row > LAST_ROW) throw invalidCursor();
  return row;
}

/** The submission after which a page of submissions begins. Throws Problem `invalid_cursor`. */
export function readSubmissionCursor(
  cursor: string | undefined,
): { submittedAt: Date; id: string } | undefined {
  const key = readCursor<[number, string]>(cursor, ['number', 'string']);
  if (!key) return undefined;
  const [ms, id] = key;
  if (ms < 0 || ms > LAST_MS || !UUID.test(id)) throw invalidCursor();
  return { submittedAt: new Date(ms), id };
}

function invalidCursor(): Problem {
  return new Problem(
    'invalid_cursor',
    'The cursor is not one that this call gave out: begin again without it.',
  );
}
