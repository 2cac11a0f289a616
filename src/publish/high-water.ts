// What this server knows to have been signed, kept in a file beside the database: a database that has less was set
// back, by a restore above all, and nothing may be signed on it before a new epoch is made (format §11.5).
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { DB } from '../database/generated/schema.ts';
import { Problem } from '../http/problem.ts';
import { type ListRow, selectVersion } from './version-queries.ts';

interface Mark {
  epoch: string;
  version: number;
  chain: string;
  /** When it was published, RFC 3339. */
  at: string;
}

interface Marks {
  lists: Record<string, Mark>;
  /** The newest key set seen: after a restore, the way back to the keys in force without the root key. */
  keySet: { sequence: number; jws: string } | null;
}

export class HighWater {
  readonly #file: string | undefined;
  readonly #onError: (error: Error) => void;
  #marks: Marks = { lists: {}, keySet: null };
  #writing: Promise<void> | undefined;
  #isDirty = false;

  /**
   * @param file undefined: kept in memory alone
   * @param onError told of a write that failed; what is not written is not noticed after a restart
   */
  constructor(file: string | undefined, onError: (error: Error) => void) {
    this.#file = file;
    this.#onError = onError;
  }

  /** Reads the file; without one nothing is known. Throws Error where it is damaged. */
  async load(): Promise<void> {
    if (this.#file === undefined) return;
    try {
      const { lists, keySet } = JSON.parse(await readFile(this.#file, 'utf8')) as Marks;
      this.#marks = { lists: { ...lists }, keySet: keySet ?? null };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw new Error(
        `${this.#file} is damaged: run chadan restore-epoch if the database was restored, or remove it`,
        {
          cause: error,
        },
      );
    }
  }

  /** Hears of what other servers publish. */
  async start(database: Database): Promise<void> {
    const read = async () => {
      const rows = await database.db
        .selectFrom('list')
        .selectAll()
        .execute()
        .catch(() => []); // away: told again
      for (const row of rows) this.#note(row);
    };
    await database.listen('chadan_version', read, { onReconnect: read });
    await read();
  }

  /** Waits for what is being written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  get keySet(): Marks['keySet'] {
    return this.#marks.keySet;
  }

  /**
   * Call before anything is signed.
   * @throws Problem `history_set_back` where the database does not hold what is known to have been signed
   */
  async check(db: Kysely<DB>, row: ListRow): Promise<void> {
    const mark = this.#marks.lists[row.id];
    if (!mark) return;
    if (mark.epoch !== row.epoch) {
      // A new epoch is right if it was made after what is known here, by whichever server.
      const first = await selectVersion(db, row, 0);
      if (first && first.published_at > new Date(mark.at)) return;
      throw setBack(row, mark);
    }
    const version = mark.version > row.version ? undefined : await selectVersion(db, row, mark.version);
    if (version?.chain.toString('hex') !== mark.chain) throw setBack(row, mark);
  }

  /** A state that was signed and committed. */
  #note({ id, epoch, version, chain, published_at: publishedAt }: ListRow): void {
    const mark = this.#marks.lists[id];
    // What was set back is no news.
    if (mark && (mark.epoch === epoch ? mark.version >= version : new Date(mark.at) >= publishedAt)) return;
    this.#marks.lists[id] = { epoch, version, chain: chain.toString('hex'), at: publishedAt.toISOString() };
    this.#save();
  }

  noteKeySet({ jws, keySet }: { jws: string; keySet: { sequence: number } }): void {
    if (keySet.sequence <= (this.#marks.keySet?.sequence ?? 0)) return;
    this.#marks.keySet = { sequence: keySet.sequence, jws };
    this.#save();
  }

  /** One write at a time; what is noted meanwhile goes with the next. */
  #save(): void {
    this.#isDirty = true;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#isDirty && this.#file !== undefined) {
      this.#isDirty = false;
      await write(this.#file, JSON.stringify(this.#marks)).catch(this.#onError);
    }
  }
}

/** Written beside and renamed: after a crash the file is the old or the new one. */
async function write(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function setBack(row: ListRow, mark: Mark): Problem {
  return new Problem(
    'history_set_back',
    `${row.id}: version ${mark.version} of epoch ${mark.epoch} was signed, and the database does not hold it: it stands at version ${row.version} of epoch ${row.epoch}. If it was restored from a backup, stop the servers and run chadan restore-epoch; otherwise DATABASE_URL names another database.`,
    { headers: { 'Retry-After': '60' } },
  );
}
