// A database connection of one transaction's own: statements go through Kysely, rows in bulk through COPY.
import { once } from 'node:events';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DB } from '../database/generated/schema.ts';

export class Session {
  /** Statements inside the transaction. */
  readonly db: Kysely<DB>;
  readonly #client: pg.PoolClient;
  #isOpen = true;

  private constructor(client: pg.PoolClient) {
    this.#client = client;
    // Kysely gives its connection back after each statement: here to nobody, for the transaction goes on.
    const kept = { query: client.query.bind(client) as never, release: () => undefined };
    const pool = { connect: async () => kept, end: async () => undefined };
    this.db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  }

  /** Takes a connection and begins. */
  static async begin(pool: pg.Pool): Promise<Session> {
    const client = await pool.connect();
    const session = new Session(client);
    try {
      await client.query('begin');
      return session;
    } catch (error) {
      session.#release(error as Error);
      throw error;
    }
  }

  /**
   * Inserts rows.
   * @param target the table and its columns, as COPY has them
   * @param rows in COPY's text format
   */
  async copy(target: string, rows: Buffer | string): Promise<void> {
    const stream = this.#client.query(copyFrom(`copy ${target} from stdin`));
    // Where the connection ends the stream may fail twice; the second failure, unheard, would end the process.
    stream.on('error', () => undefined);
    stream.end(rows);
    await once(stream, 'finish').catch((cause: unknown) => {
      // It reaches for a connection that is gone.
      throw cause instanceof TypeError
        ? new Error('Connection terminated while rows were sent', { cause })
        : cause;
    });
  }

  /** Commits and gives the connection back. */
  async commit(): Promise<void> {
    try {
      await this.#client.query('commit');
    } catch (error) {
      this.#release(error as Error);
      throw error;
    }
    this.#release();
  }

  /** Rolls back, unless it was committed, and gives the connection back; one that is lost is thrown away. */
  async abandon(): Promise<void> {
    if (!this.#isOpen) return;
    const lost = await this.#client.query('rollback').then(
      () => undefined,
      (error: Error) => error,
    );
    this.#release(lost);
  }

  #release(lost?: Error): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#client.release(lost);
  }
}
