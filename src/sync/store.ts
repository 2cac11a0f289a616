// A list's directory on disk: its leaf file, diffs on top of it, and `current.json`, which names them. Data
// files are written first and never changed; renaming current.json is the one moment at which a list takes
// force. What current.json does not name is rubbish from a crash, which the next writer sweeps.
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDiff } from '../list/diff.ts';
import type { ListId } from '../list/entry.ts';
import { ListTree } from '../list/tree.ts';
import { FileSink, removeIfThere, replaceFile, syncDirectory } from './durable-file.ts';
import {
  FILE_NAME,
  formatRecord,
  isSnapshot,
  type ListRecord,
  parseRecord,
  RecordError,
  type StoredDiff,
  type StoredFile,
} from './list-record.ts';
import { SyncError } from './sync-error.ts';
import { readNotes, type SyncNotes, writeNotes } from './sync-notes.ts';
import { type LockOptions, withWriterLock } from './writer-lock.ts';

/** A record and the very text it was read from, by which a change by another process is noticed. */
export interface CurrentRecord {
  record: ListRecord;
  text: string;
}

type DataKind = 'leaves' | 'diff';

const RECORD = 'current.json';
const EXTENSIONS: Readonly<Record<DataKind, string>> = { leaves: 'txt', diff: 'csv' };
const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: ': the disk is full',
  EACCES: ': permission denied',
  EROFS: ': the disk is read-only',
};
const READ_CHUNK = 1 << 18;

export class ListStore {
  readonly list: ListId;
  readonly directory: string;

  /** @param root the directory of all lists; this one's own is below it */
  constructor(root: string, list: ListId) {
    this.list = list;
    this.directory = join(root, list);
  }

  /** Runs an action as the only writer. Throws SyncError `store_locked`, `store_failed`. */
  async asWriter<T>(action: () => Promise<T>, options: LockOptions): Promise<T> {
    return this.#guard(async () => {
      await mkdir(this.directory, { recursive: true });
      return withWriterLock(this.directory, action, options);
    });
  }

  /** What is in force, undefined where nothing is yet. Throws SyncError `store_corrupt`, `store_failed`. */
  async readRecord(): Promise<CurrentRecord | undefined> {
    let text: string;
    try {
      text = await readFile(join(this.directory, RECORD), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.failure(error);
    }
    try {
      return { record: parseRecord(text, this.list), text };
    } catch (error) {
      if (error instanceof RecordError) throw this.corrupt(`current.json: ${error.message}`, error);
      throw error;
    }
  }

  /**
   * Builds the list of a record; what it is worth is for the caller to verify. Throws FormatError where a file is not
   * what it should be, and the system's error where it cannot be read (ENOENT: a writer may have moved on).
   */
  async load(record: ListRecord): Promise<ListTree> {
    const { base } = record;
    const bytes = createReadStream(join(this.directory, base.name), { highWaterMark: READ_CHUNK });
    const tree = await (isSnapshot(base) ? ListTree.fromSnapshotStream(bytes) : ListTree.fromLeaves(bytes));
    for (const diff of record.diffs) tree.apply(parseDiff(await this.readDiff(diff)));
    return tree;
  }

  async readDiff(diff: StoredDiff): Promise<Buffer> {
    return readFile(join(this.directory, diff.name));
  }

  /** Begins a data file that no record names yet. */
  async createFile(kind: DataKind, version: string): Promise<FileSink> {
    const name = `${kind}-${version}-${randomBytes(5).toString('hex')}.${EXTENSIONS[kind]}`;
    return this.#guard(() => FileSink.create(join(this.directory, name)));
  }

  /** Writes a data file whole. Throws SyncError `store_failed`; then nothing is left of it. */
  async writeFile(kind: DataKind, version: string, chunks: Iterable<Uint8Array>): Promise<StoredFile> {
    const sink = await this.createFile(kind, version);
    try {
      for (const chunk of chunks) await sink.write(chunk);
      return await this.finish(sink);
    } catch (error) {
      await sink.discard();
      throw this.failure(error);
    }
  }

  /** Makes a data file durable. Throws SyncError `store_failed`. */
  async finish(sink: FileSink): Promise<StoredFile> {
    await this.#guard(() => sink.finish());
    return { name: sink.path.slice(this.directory.length + 1), bytes: sink.bytes };
  }

  /**
   * Puts a record in force: the data files it names must be finished. A crash before the rename leaves the old
   * list in force, one after it the new.
   */
  async commit(record: ListRecord): Promise<CurrentRecord> {
    const text = formatRecord(record);
    await this.#guard(async () => {
      const ready = syncDirectory(this.directory);
      ready.catch(() => {}); // met before the rename
      await replaceFile(join(this.directory, RECORD), text, { ready });
    });
    return { record, text };
  }

  /**
   * Deletes what the record does not name. Only for the writer, and before it writes: a reader that has just
   * read an older record finds its files gone at worst, and reads the record again.
   */
  async sweep(record: ListRecord | undefined): Promise<void> {
    const named = new Set(record ? [record.base.name, ...record.diffs.map(({ name }) => name)] : []);
    await this.#guard(async () => {
      for (const name of await readdir(this.directory)) {
        const isData = FILE_NAME.test(name) || name.endsWith('.tmp');
        if (isData && !named.has(name)) await removeIfThere(join(this.directory, name));
      }
    });
  }

  /** What the last syncs met with; empty where nothing is known. It is only ever shown, or sent again. */
  async readNotes(): Promise<SyncNotes> {
    return readNotes(this.directory);
  }

  async writeNotes(notes: SyncNotes): Promise<void> {
    await this.#guard(() => writeNotes(this.directory, notes));
  }

  corrupt(reason: string, cause?: unknown): SyncError {
    return new SyncError(
      'store_corrupt',
      `${this.directory} is damaged (${reason}): run chadan sync to repair it`,
      {
        list: this.list,
        cause,
      },
    );
  }

  async #guard<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** The system's refusal as SyncError `store_failed`; anything else as it is. */
  failure(error: unknown): unknown {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof SyncError || syscall === undefined) return error;
    const hint = HINTS[code ?? ''] ?? '';
    return new SyncError('store_failed', `cannot ${syscall} in ${this.directory} (${code})${hint}`, {
      list: this.list,
      cause: error,
    });
  }
}
