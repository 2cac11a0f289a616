// Maps the contract's submit operations to submissions and back. It holds no rule.
import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { toCandidate } from '../http/candidate-reply.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers, OperationRequest, Reply } from '../http/handler.ts';
import { pageOf } from '../http/page.ts';
import { readPieces } from './body-pieces.ts';
import { readCsvRows } from './csv-rows.ts';
import { readJsonRows } from './json-rows.ts';
import { readNdjsonRows } from './ndjson-rows.ts';
import { awaitOutcomes } from './outcome-feed.ts';
import type { OutcomeHub } from './outcome-hub.ts';
import { findSubmission, ownerOf, readRowCursor, readSubmissionCursor } from './reading.ts';
import { toError, toReceipt, writeErrorsCsv } from './replies.ts';
import type { ReadRow } from './row-fields.ts';
import { Slots } from './slots.ts';
import { type StoringDeps, storeSubmission } from './storing.ts';
import {
  countOutcomes,
  type SubmissionRow,
  selectCandidates,
  selectErrors,
  selectSubmissions,
} from './submission-queries.ts';
import { withdrawPending } from './withdrawing.ts';

type SubmitOperation =
  | 'createSubmission'
  | 'listSubmissions'
  | 'getSubmission'
  | 'listSubmissionErrors'
  | 'listCandidates'
  | 'withdrawSubmission'
  | 'listOutcomes';

/** Long submissions stored at the same time, by this process. */
const STREAMING_AT_ONCE = 3;
const PAGE = 50;

export interface SubmitHandlerDeps extends StoringDeps {
  db: Kysely<DB>;
  outcomes: OutcomeHub;
}

/** The handlers of the submit operations. */
export function submitHandlers(deps: SubmitHandlerDeps): Pick<Handlers, SubmitOperation> {
  const { db } = deps;
  const slots = new Slots(STREAMING_AT_ONCE);
  return {
    createSubmission: (request) => createSubmission(deps, slots, request),

    async listSubmissions({ caller, query: { cursor, limit = PAGE } }) {
      const rows = await selectSubmissions(db, ownerOf(caller), readSubmissionCursor(cursor), limit + 1);
      return {
        status: 200,
        body: pageOf(rows, limit, toReceipt, (row) => [row.submitted_at.getTime(), row.id]),
      };
    },

    async getSubmission({ caller, path }) {
      const submission = await findSubmission(db, ownerOf(caller), path.submissionId);
      return { status: 200, body: await withOutcomes(deps, submission) };
    },

    async listSubmissionErrors({ caller, path, accept, query: { cursor, limit = PAGE } }) {
      const { id } = await findSubmission(db, ownerOf(caller), path.submissionId);
      const after = readRowCursor(cursor);
      if (accept === 'text/csv') {
        const lines = writeErrorsCsv((row, count) => selectErrors(db, id, row, count));
        return { status: 200, type: 'text/csv', stream: Readable.from(lines) };
      }
      const rows = await selectErrors(db, id, after, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toError, (row) => [row.row_number]) };
    },

    async listCandidates({ caller, path, query: { status, cursor, limit = PAGE } }) {
      const submission = await findSubmission(db, ownerOf(caller), path.submissionId);
      const rows = await selectCandidates(db, submission, status, readRowCursor(cursor), limit + 1);
      return { status: 200, body: pageOf(rows, limit, toCandidate, (row) => [row.row_number]) };
    },

    async withdrawSubmission({ caller, author, path }) {
      const submission = await findSubmission(db, caller.organizationId, path.submissionId);
      await withdrawPending(db, author, submission, deps.now());
      return { status: 200, body: await withOutcomes(deps, submission) };
    },

    async listOutcomes({ caller, raw, query: { after, limit = PAGE, wait = 0 } }) {
      const patience = {
        hub: deps.outcomes,
        waitMs: wait * 1000,
        onGone: (gone: () => void) => (raw.socket.destroyed ? gone() : raw.res?.once('close', gone)),
      };
      return { status: 200, body: await awaitOutcomes(db, caller.organizationId, after, limit, patience) };
    },
  };
}

async function createSubmission(
  deps: StoringDeps,
  slots: Slots,
  request: OperationRequest<'createSubmission'>,
): Promise<Reply<'createSubmission'>> {
  const { caller, contentType, headers: given, raw } = request;
  // The same bytes under another type are another body.
  const hash = createHash('sha256').update(`${contentType}\n`);
  try {
    const { submission, created } = await storeSubmission(deps, slots, {
      organizationId: caller.organizationId,
      clientId: caller.clientId,
      author: request.author,
      idempotencyKey: given['Idempotency-Key'] ?? null,
      rows: readRows(request, hash),
      hash,
    });
    const headers = { Location: `/v1/submissions/${submission.id}` };
    const body = toReceipt(submission);
    return created ? { status: 201, headers, body } : { status: 200, headers, body };
  } finally {
    // What a refused body has left is read and dropped, so that its sender hears the refusal.
    raw.resume();
  }
}

function readRows(
  { contentType, body, raw }: OperationRequest<'createSubmission'>,
  hash: Hash,
): AsyncIterable<ReadRow[]> {
  if (contentType === 'text/csv') return readCsvRows(readPieces(raw, hash));
  if (contentType === 'application/x-ndjson') return readNdjsonRows(readPieces(raw, hash));
  return readJsonRows(body.candidates, hash);
}

async function withOutcomes(
  deps: Pick<SubmitHandlerDeps, 'db'>,
  row: SubmissionRow,
): Promise<components['schemas']['Submission']> {
  return { ...toReceipt(row), outcomes: await countOutcomes(deps.db, row) };
}
