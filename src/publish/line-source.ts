// Which database the lines of a version are read from: a hot standby where there is one and it has that version, else
// the primary. What is in force is always asked of the primary, so nobody is told of a version that is not there; and
// whatever fails on the standby, the primary gives the rest.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export interface LineSourceOptions {
  /** The primary. */
  db: Kysely<DB>;
  standby?: Kysely<DB> | undefined;
  /** Told of each failure of the standby. */
  onError?: (error: unknown) => void;
}

/** A version of a list's epoch; versions do not change. */
export interface HeldVersion {
  list: string;
  epoch: string;
  version: number;
}

/** After a failure, so long without the standby: nobody waits for one that is away. */
const REST_MS = 5000;

export class LineSource {
  readonly #options: LineSourceOptions;
  #restUntil = 0;
  /** Readings from the standby, and those that the primary had to do, or to finish, in its place. */
  readonly counts = { standby: 0, primary: 0 };

  constructor(options: LineSourceOptions) {
    this.#options = options;
  }

  /** The database to read a version from. */
  async at(held: HeldVersion): Promise<Kysely<DB>> {
    const { db, standby } = this.#options;
    if (standby === undefined) return db;
    const from = (await this.#holds(standby, held)) ? standby : db;
    this.counts[from === db ? 'primary' : 'standby']++;
    return from;
  }

  /**
   * The bytes that are made of a version's lines.
   * @param make gives the same bytes from every database that has the version
   */
  async *read(held: HeldVersion, make: (db: Kysely<DB>) => AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const { db } = this.#options;
    const from = await this.at(held);
    let given = 0;
    try {
      for await (const chunk of make(from)) {
        given += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (from === db) throw error;
      this.#fail(error); // such as a conflict with what it replays
    }
    this.counts.primary++;
    yield* beyond(make(db), given);
  }

  async #holds(standby: Kysely<DB>, { list, epoch, version }: HeldVersion): Promise<boolean> {
    if (performance.now() < this.#restUntil) return false;
    try {
      // The rows of a version are committed with it: where it is, they all are.
      const row = await standby
        .selectFrom('version')
        .select('version')
        .where('list_id', '=', list)
        .where('epoch', '=', epoch)
        .where('version', '=', version)
        .executeTakeFirst();
      return row !== undefined;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    this.#restUntil = performance.now() + REST_MS;
    this.#options.onError?.(error);
  }
}

async function* beyond(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}
