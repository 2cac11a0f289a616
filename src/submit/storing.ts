// One submission, one transaction: rows are stored while they are read, merged into the cases when the body has
// ended, and committed last. Whatever fails before that leaves nothing behind.
import { type Hash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { changesOf, recordAct } from '../audit/record.ts';
import type { Author } from '../http/caller.ts';
import { Problem } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import { mergeStaged } from './merge-queries.ts';
import { MAX_ROWS, type ReadRow } from './row-fields.ts';
import { RowRules } from './row-rules.ts';
import { SeenValues } from './seen-values.ts';
import type { Slots } from './slots.ts';
import type { SubmissionHead } from './staging-queries.ts';
import { StagingTransaction } from './staging-transaction.ts';
import { completeSubmission, type SubmissionRow } from './submission-queries.ts';
import { cutValue } from './text-cleaning.ts';

/** A batch has rows of so many pieces of the body (2 MiB) at most: few rows with long texts fill the memory too. */
const PIECES_AT_ONCE = 32;

export interface StoringDeps {
  pool: pg.Pool;
  now: () => Date;
  /** The agency's. */
  timeZone: string;
  /** What originator codes look like. */
  codePattern: RegExp;
}

export interface IncomingSubmission {
  organizationId: string;
  clientId: string;
  author: Author;
  idempotencyKey: string | null;
  rows: AsyncIterable<ReadRow[]>;
  /** Of the whole body and its type; complete when the rows are. */
  hash: Hash;
}

export interface StoredSubmission {
  submission: SubmissionRow;
  /** False when it was stored before, under the same idempotency key. */
  created: boolean;
}

/**
 * Stores a submission, durable when this resolves.
 * @param slots places for submissions that are longer than one batch
 * @throws Problem when the body cannot be read as a whole, or the idempotency key stands in the way
 */
export async function storeSubmission(
  deps: StoringDeps,
  slots: Slots,
  incoming: IncomingSubmission,
): Promise<StoredSubmission> {
  const submittedAt = deps.now();
  const head: SubmissionHead = {
    id: randomUUID(),
    organizationId: incoming.organizationId,
    clientId: incoming.clientId,
    idempotencyKey: incoming.idempotencyKey,
    submittedAt,
    receivedOn: dayOf(submittedAt, 'UTC'),
    timeZone: deps.timeZone,
  };
  const transaction = new StagingTransaction(deps.pool, slots, head);
  try {
    const counts = await stageAll(
      transaction,
      incoming.rows,
      new RowRules(deps.codePattern, head.submittedAt),
    );
    const bodySha256 = incoming.hash.digest();
    await transaction.open();
    if (transaction.earlier) return { submission: sameBody(transaction.earlier, bodySha256), created: false };
    const merged = await transaction.merge((trx, attempt) =>
      mergeStaged(trx, head, attempt, transaction.isLong),
    );
    const submission = await transaction.commit(async (trx) => {
      const changes = changesOf(null, { ...counts, ...merged });
      await recordAct(trx, incoming.author, {
        target: `submissions/${head.id}`,
        at: head.submittedAt,
        changes,
      });
      const isUnranked = transaction.isLong && merged.joinedCases > 0;
      return completeSubmission(trx, head.id, { ...counts, ...merged, bodySha256, isUnranked });
    });
    return { submission, created: true };
  } finally {
    // After a commit this does nothing.
    await transaction.abandon();
  }
}

interface RowCounts {
  received: number;
  accepted: number;
  invalid: number;
  duplicates: number;
}

/** Judges and stages every row. A repeat of an earlier value is counted, and not stored. */
async function stageAll(
  transaction: StagingTransaction,
  batches: AsyncIterable<ReadRow[]>,
  rules: RowRules,
): Promise<RowCounts> {
  const seen = new SeenValues();
  const counts: RowCounts = { received: 0, accepted: 0, invalid: 0, duplicates: 0 };
  let pieces = 0;
  for await (const batch of batches) {
    const before = counts.accepted;
    for (const row of batch) {
      const number = ++counts.received;
      if (number > MAX_ROWS)
        throw new Problem('too_many_rows', `There are more than ${MAX_ROWS} rows; nothing was stored.`);
      // A repeat under the same idempotency key is read to its end for its hash alone.
      if (transaction.earlier) continue;
      const judged = row.ok ? rules.judge(row.fields) : row;
      if (!judged.ok) {
        counts.invalid++;
        transaction.refuse(number, cutValue(row.ok ? row.fields.value : row.value), judged.fault);
      } else if (!seen.add(judged.row.listId, judged.row.value)) {
        counts.duplicates++;
      } else {
        counts.accepted++;
        transaction.accept(number, judged.row);
      }
    }
    if (counts.accepted > before) pieces++;
    if (!transaction.isFull && pieces < PIECES_AT_ONCE) continue;
    await transaction.flush();
    pieces = 0;
  }
  return counts;
}

function sameBody(earlier: SubmissionRow, bodySha256: Buffer): SubmissionRow {
  if (earlier.body_sha256.equals(bodySha256)) return earlier;
  throw new Problem(
    'idempotency_key_reused',
    'This Idempotency-Key stands for another body: take a new one for new rows.',
  );
}
