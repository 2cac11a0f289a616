// The rows of one batch on their way into the database: as bytes, all but what the cases are that they belong to.
import type { ListId } from '../list/entry.ts';
import { CopyBuffer } from './copy-buffer.ts';
import {
  CANDIDATE_COLUMNS,
  candidateColumns,
  ERROR_COLUMNS,
  errorLine,
  evidenceColumns,
  GIVEN_CASE_COLUMNS,
  givenCaseColumns,
  guessedCaseColumns,
  guessedColumns,
} from './copy-rows.ts';
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';
import type { Session } from './session.ts';
import { guessCases, type SubmissionHead } from './staging-queries.ts';

const BATCH_ROWS = 2000;

export class StagedBatch {
  readonly #head: SubmissionHead;
  /** Columns that are the same in all candidates. */
  readonly #start: string;
  /** Of the accepted rows. */
  readonly #listIds: ListId[] = [];
  readonly #values: string[] = [];
  readonly #candidates = new CopyBuffer();
  readonly #cases = new CopyBuffer();
  readonly #errors: string[] = [];

  constructor(head: SubmissionHead) {
    this.#head = head;
    this.#start = `${head.id}\t${head.organizationId}\t${head.receivedOn}\t`;
  }

  accept(rowNumber: number, row: AcceptedRow): void {
    this.#listIds.push(row.listId);
    this.#values.push(row.value);
    const evidence = evidenceColumns(rowNumber, row);
    this.#candidates.add(evidence + candidateColumns(this.#start, row));
    this.#cases.add(evidence + givenCaseColumns(row));
  }

  refuse(rowNumber: number, value: string, fault: RowFault): void {
    this.#errors.push(errorLine(this.#head.id, rowNumber, value, fault));
  }

  get isFull(): boolean {
    return this.#values.length >= BATCH_ROWS || this.#errors.length >= BATCH_ROWS;
  }

  /** Stores the rows; after that the batch is empty. */
  async store(session: Session): Promise<void> {
    if (this.#values.length > 0) await this.#storeAccepted(session);
    if (this.#errors.length > 0) await session.copy(ERROR_COLUMNS, this.#errors.join(''));
    this.#clear();
  }

  async #storeAccepted(session: Session): Promise<void> {
    const guesses = await guessCases(session.db, this.#listIds, this.#values);
    for (const [nth, guess] of guesses.entries()) {
      this.#candidates.begin(nth, guessedColumns(guess));
      this.#cases.begin(nth, guessedCaseColumns(guess));
    }
    await session.copy(CANDIDATE_COLUMNS, this.#candidates.rows);
    await session.copy(GIVEN_CASE_COLUMNS, this.#cases.rows);
  }

  #clear(): void {
    this.#listIds.length = 0;
    this.#values.length = 0;
    this.#candidates.clear();
    this.#cases.clear();
    this.#errors.length = 0;
  }
}
