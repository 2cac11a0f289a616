// The transaction of one submission. It opens with the first full batch, so that a short body never holds a
// connection while it is read; one statement runs while the next batch is read.
import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';
import { Session } from './session.ts';
import type { Slots } from './slots.ts';
import { StagedBatch } from './staged-batch.ts';
import {
  insertSubmission,
  lockIdempotencyKey,
  prepareTransaction,
  type SubmissionHead,
} from './staging-queries.ts';
import { type SubmissionRow, selectByIdempotencyKey } from './submission-queries.ts';

const MERGE_ATTEMPTS = 4;
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';

export class StagingTransaction {
  /** What was stored under the same idempotency key before; known once the transaction has opened. */
  earlier: SubmissionRow | undefined;
  readonly #pool: pg.Pool;
  readonly #slots: Slots;
  readonly #head: SubmissionHead;
  #session: Session | undefined;
  #inSlot = false;
  #filling: StagedBatch;
  /** Being stored, or empty. */
  #storing: StagedBatch;
  #running: Promise<void> = Promise.resolve();

  constructor(pool: pg.Pool, slots: Slots, head: SubmissionHead) {
    this.#pool = pool;
    this.#slots = slots;
    this.#head = head;
    this.#filling = new StagedBatch(head);
    this.#storing = new StagedBatch(head);
  }

  accept(rowNumber: number, row: AcceptedRow): void {
    this.#filling.accept(rowNumber, row);
  }

  refuse(rowNumber: number, value: string, fault: RowFault): void {
    this.#filling.refuse(rowNumber, value, fault);
  }

  get isFull(): boolean {
    return this.#filling.isFull;
  }

  /** Whether it was too long for one batch. */
  get isLong(): boolean {
    return this.#inSlot;
  }

  /** Begins to store the batch; waits for the one before, so that reading is never more than two ahead. */
  async flush(): Promise<void> {
    if (this.earlier) return;
    if (!this.#session) {
      await this.#slots.take();
      this.#inSlot = true;
      await this.open();
      if (this.earlier) return;
    }
    await this.#running;
    [this.#filling, this.#storing] = [this.#storing, this.#filling];
    this.#running = this.#storing.store(this.#open());
    // It is awaited with the next batch; until then nobody listens, which must not end the process.
    this.#running.catch(() => undefined);
  }

  /**
   * Begins the transaction, unless it has begun, and looks what the idempotency key stands for.
   * @throws Problem submission_in_progress
   */
  async open(): Promise<void> {
    if (this.#session || this.earlier) return;
    this.#session = await Session.begin(this.#pool);
    const trx = this.#session.db;
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
    const trx = this.#open().db;
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
    const session = this.#open();
    const result = await last(session.db);
    await session.commit();
    this.#end();
    return result;
  }

  /** Rolls back what is not committed and gives the connection back. */
  async abandon(): Promise<void> {
    const session = this.#session;
    // A statement may still run: rolling back waits for it, and its failure no longer matters.
    await this.#running.catch(() => undefined);
    this.#end();
    await session?.abandon();
  }

  #open(): Session {
    if (!this.#session) throw new Error('the transaction is not open');
    return this.#session;
  }

  #end(): void {
    this.#session = undefined;
    if (this.#inSlot) this.#slots.release();
    this.#inSlot = false;
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
