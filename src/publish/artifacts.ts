// Snapshots and diffs as files under the data directory: made once, or fetched from object storage, served many times
// with ranges, in each content coding asked for. Only a cache: every file can be made again from the database.
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Coding, compressor, SUFFIX } from '../list/coding.ts';
import { type HeldList, sweepArtifacts } from './artifact-sweep.ts';
import type { StoredArtifacts } from './stored-artifacts.ts';

const MAX_BYTES = 4 * 1024 ** 3;
const PRUNE_EVERY_MS = 60_000;
/** A file is marked as used no more often. */
const TOUCH_EVERY_MS = 1000;
const MAX_TOUCHED = 1000;

/** What never changes under its name; `private`, for only those who may pull are to have it. */
export const IMMUTABLE = 'private, max-age=31536000, immutable';

/** Something that is made once and served as often as one likes. */
export interface Artifact {
  /** Path below the directory, and key in object storage, by which the content is fully determined. */
  name: string;
  /** Media type. */
  type: string;
  produce: () => AsyncIterable<Buffer>;
}

/** Where an artifact is: a file here, or a location that only the cache in front knows to read. */
export type Place = { file: string } | { front: string };

/** What a file is made of, and what it goes through. */
type Source = [NodeJS.ReadableStream, ...NodeJS.ReadWriteStream[]];

export class Artifacts {
  readonly #directory: string;
  readonly #stored: StoredArtifacts | undefined;
  readonly #making = new Map<string, Promise<void>>();
  readonly #touched = new Map<string, number>();
  #prunedAt = 0;

  /**
   * @param directory is created when the first file is made
   * @param stored where artifacts are kept for all servers, if anywhere
   */
  constructor(directory: string, stored?: StoredArtifacts) {
    this.#directory = directory;
    this.#stored = stored;
  }

  /** Where to serve an artifact from; what is not in object storage yet is put there in the background. */
  async place(artifact: Artifact, coding: Coding): Promise<Place> {
    const name = artifact.name + SUFFIX[coding];
    const front = await this.#stored?.address(name);
    if (front !== undefined) return { front };
    const file = await this.file(artifact.name, coding, artifact.produce);
    this.#stored?.keep(name, file, {
      'Content-Type': artifact.type.startsWith('text/') ? `${artifact.type}; charset=utf-8` : artifact.type,
      'Cache-Control': IMMUTABLE,
      ...(coding !== 'identity' && { 'Content-Encoding': coding }),
    });
    return { file };
  }

  /**
   * The path of a file, made if it is not there; whoever asks meanwhile waits for the same making.
   * @param name path below the directory, by which the content is fully determined
   */
  async file(name: string, coding: Coding, produce: () => AsyncIterable<Buffer>): Promise<string> {
    if (coding === 'identity') return this.#ensure(name, async () => [Readable.from(produce())]);
    return this.#ensure(name + SUFFIX[coding], async () => {
      const plain = await this.file(name, 'identity', produce);
      return [createReadStream(plain), compressor(coding)];
    });
  }

  /** The path of a file that is there, in no coding. */
  async find(name: string): Promise<string | undefined> {
    const path = join(this.#directory, name);
    return (await this.#touch(path)) ? path : undefined;
  }

  /** Removes the files that nobody may ask for any more; gives how many. */
  sweep(lists: readonly HeldList[]): Promise<number> {
    return sweepArtifacts(this.#directory, lists);
  }

  async #ensure(name: string, open: () => Promise<Source>): Promise<string> {
    const path = join(this.#directory, name);
    if (!this.#making.has(path) && (await this.#touch(path))) return path;
    const work =
      this.#making.get(path) ?? this.#make(name, path, open).finally(() => this.#making.delete(path));
    this.#making.set(path, work);
    await work;
    return path;
  }

  async #make(name: string, path: string, open: () => Promise<Source>): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await this.#prune();
    if (await this.#fetch(name, path)) return;
    await write(path, await open());
  }

  /** Whether the file could be fetched from object storage; whatever goes wrong there, it can be made here. */
  async #fetch(name: string, path: string): Promise<boolean> {
    const bytes = await this.#stored?.read(name);
    if (bytes === undefined) return false;
    try {
      await write(path, [bytes]);
      return true;
    } catch (error) {
      this.#stored?.fail(error);
      return false;
    }
  }

  /** Whether the file is there; marks it as used, for those used longest ago go first. */
  async #touch(path: string): Promise<boolean> {
    const now = new Date();
    // Asked at once: a tenth of what a turn through the thread pool costs, on the path of every pull.
    if (now.getTime() - (this.#touched.get(path) ?? 0) < TOUCH_EVERY_MS) return existsSync(path);
    try {
      await utimes(path, now, now);
      if (this.#touched.size >= MAX_TOUCHED) this.#touched.clear();
      this.#touched.set(path, now.getTime());
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  async #prune(): Promise<void> {
    const now = Date.now();
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    const names = await readdir(this.#directory, { recursive: true });
    const files: { path: string; bytes: number; usedAt: number }[] = [];
    for (const name of names) {
      const path = join(this.#directory, name);
      const found = await stat(path).catch(() => undefined); // pruned by another instance meanwhile
      if (!found?.isFile()) continue;
      // What a killed process left half made is nobody's.
      if (path.endsWith('.part') && now - found.mtimeMs > 3_600_000) await rm(path, { force: true });
      else files.push({ path, bytes: found.size, usedAt: found.mtimeMs });
    }
    files.sort((a, b) => b.usedAt - a.usedAt);
    let bytes = 0;
    for (const file of files) {
      bytes += file.bytes;
      if (bytes > MAX_BYTES && now - file.usedAt > PRUNE_EVERY_MS) await rm(file.path, { force: true });
    }
  }
}

/** Written beside and renamed: a file under its name is whole, whatever happens in between. */
async function write(path: string, source: Source): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    await pipeline([...source, createWriteStream(temporary, { mode: 0o600 })]);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
