// Files that are either whole or not there, whatever happens while they are written.
// Order: write beside, fsync the file, rename, fsync the directory. A crash leaves the old file, or a stray
// `.tmp` that the next writer sweeps.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file under construction that nobody knows of until `finish`. */
export class FileSink {
  readonly path: string;
  readonly #handle: FileHandle;
  /** The write under way. */
  #writing: Promise<void> = Promise.resolve();
  bytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Creates a new file; it must not exist. */
  static async create(path: string): Promise<FileSink> {
    return new FileSink(path, await open(path, 'wx', 0o644));
  }

  /** Takes the next bytes, which must not change until the next call has resolved: they are written while the caller goes on. */
  async write(chunk: Uint8Array): Promise<void> {
    await this.#writing;
    this.bytes += chunk.length;
    this.#writing = this.#writeAll(chunk);
    // Whoever writes next, or finishes, meets the failure.
    this.#writing.catch(() => {});
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(chunk, at, chunk.length - at);
      at += bytesWritten;
    }
  }

  /** Resolves when the system has all that was written, durable or not. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Durable when this returns; the directory's entry with the next `syncDirectory`. */
  async finish(): Promise<void> {
    try {
      await this.#writing;
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
  }

  /** Ends it without waiting for the disk: it may be lost, but never half there under its final name. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  /** Gives it up. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#handle.close();
    await removeIfThere(this.path);
  }
}

/**
 * Replaces a file's content atomically, and not before `ready` resolves. `durable` is given up only for what may be lost.
 */
export async function replaceFile(
  path: string,
  content: string,
  { durable = true, ready }: { durable?: boolean; ready?: Promise<void> } = {},
): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const sink = await FileSink.create(beside);
  try {
    await sink.write(Buffer.from(content));
    if (durable) await sink.finish();
    else await sink.close();
    await ready;
    await rename(beside, path);
  } catch (error) {
    await sink.discard();
    throw error;
  }
  if (durable) await syncDirectory(dirname(path));
}

/** Makes renames and creations in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory for this, and needs not.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Deletes a file; one that is gone already is as good. */
export async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
