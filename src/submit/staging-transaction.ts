// The transaction of one submission. It opens with the first full batch, so that a short body never holds a
// connection while it is read; one statement runs while the next batch is read.
import { type ControlledTransaction, type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import { AcceptedColumns, RefusedColumns } from './row-columns.ts';
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';
import type { Slots } from './slots.ts';
import {
  insertErrors,
  insertSubmission,
  lockIdempotencyKey,
  prepareTransaction,
  type SubmissionHead,
  stageRows,
} from './staging-queries.ts';
import { type SubmissionRow, selectByIdempotencyKey } from './submission-queries.ts';

const BATCH_ROWS = 2000;
const MERGE_ATTEMPTS = 4;
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';

export class StagingTransaction {
  /** What was stored under the same idempotency key before; known once the transaction has opened. */
  earlier: SubmissionRow | undefined;
  readonly #db: Kysely<DB>;
  readonly #slots: Slots;
  readonly #head: SubmissionHead;
  #trx: ControlledTransaction<DB> | undefined;
  #inSlot = false;
  #accepted = new AcceptedColumns();
  #refused = new RefusedColumns();
  #running: Promise<void> = Promise.resolve();

  constructor(db: Kysely<DB>, slots: Slots, head: SubmissionHead) {
    this.#db = db;
    this.#slots = slots;
    this.#head = head;
  }

  accept(rowNumber: number, row: AcceptedRow): void {
    this.#accepted.add(rowNumber, row);
  }

  refuse(rowNumber: number, value: string, fault: RowFault): void {
    this.#refused.add(rowNumber, value, fault);
  }

  get isFull(): boolean {
    return this.#accepted.size >= BATCH_ROWS || this.#refused.size >= BATCH_ROWS;
  }

  /** Begins to store the batch; waits for the one before, so that reading is never more than two ahead. */
  async flush(): Promise<void> {
    if (!this.#trx && !this.earlier) {
      await this.#slots.take();
      this.#inSlot = true;
      await this.open();
    }
    await this.#running;
    this.#running = this.#store();
    // It is awaited with the next batch; until then nobody listens, which must not end the process.
    this.#running.catch(() => undefined);
  }

  /**
   * Begins the transaction, unless it has begun, and looks what the idempotency key stands for.
   * @throws Problem submission_in_progress
   */
  async open(): Promise<void> {
    if (this.#trx || this.earlier) return;
    const trx = await this.#db.startTransaction().execute();
    this.#trx = trx;
    const { organizationId, idempotencyKey } = this.#head;
    if (idempotencyKey !== null) {
      if (!(await lockIdempotencyKey(trx, organizationId, idempotencyKey))) throw inProgress();
      this.earlier = await selectByIdempotencyKey(trx, organizationId, idempotencyKey);
      if (this.earlier) return this.abandon();
    }
    await prepareTransaction(trx);
    await insertSubmission(trx, this.#head).catch((error: unknown) => {
      // Stored between our look and our insert, by one whose lock ended with its commit.
      throw (error as { code?: string }).code === UNIQUE_VIOLATION ? inProgress(error) : error;
    });
  }

  /**
   * Stores what is left and merges. Where another transaction stands in the way (a deadlock, a case that it
   * opened first), the merge alone is undone and tried again.
   */
  async merge<T>(run: (trx: Kysely<DB>, attempt: number) => Promise<T>): Promise<T> {
    await this.flush();
    await this.#running;
    const trx = this.#open();
    for (let attempt = 1; ; attempt++) {
      await sql`savepoint merge`.execute(trx);
      try {
        return await run(trx, attempt);
      } catch (error) {
        const { code } = error as { code?: string };
        if ((code !== DEADLOCK && code !== UNIQUE_VIOLATION) || attempt >= MERGE_ATTEMPTS) throw error;
        await sql`rollback to savepoint merge`.execute(trx);
      }
    }
  }

  /** Runs the last statement and commits. A crash before the commit's end leaves nothing; after it, all. */
  async commit<T>(last: (trx: Kysely<DB>) => Promise<T>): Promise<T> {
    const trx = this.#open();
    const result = await last(trx);
    await trx.commit().execute();
    this.#end();
    return result;
  }

  /** Rolls back what is not committed and gives the connection back. */
  async abandon(): Promise<void> {
    const trx = this.#trx;
    // A statement may still run: rolling back waits for it, and its failure no longer matters.
    await this.#running.catch(() => undefined);
    this.#end();
    if (trx && !trx.isCommitted && !trx.isRolledBack) await trx.rollback().execute();
  }

  #open(): ControlledTransaction<DB> {
    if (!this.#trx) throw new Error('the transaction is not open');
    return this.#trx;
  }

  #end(): void {
    this.#trx = undefined;
    if (this.#inSlot) this.#slots.release();
    this.#inSlot = false;
  }

  async #store(): Promise<void> {
    const accepted = this.#accepted;
    const refused = this.#refused;
    this.#accepted = new AcceptedColumns();
    this.#refused = new RefusedColumns();
    if (this.earlier) return;
    const trx = this.#open();
    if (accepted.size > 0) await stageRows(trx, accepted);
    if (refused.size > 0) await insertErrors(trx, this.#head.id, refused);
  }
}

function inProgress(cause?: unknown): Problem {
  return new Problem(
    'submission_in_progress',
    'A submission with this Idempotency-Key is under way: ask again when it has ended.',
    {
      headers: { 'Retry-After': '2' },
      cause,
    },
  );
}
