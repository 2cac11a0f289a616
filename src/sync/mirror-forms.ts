// The forms of what a mirror serves: the CSV, the compact form, a diff's JSON, each in every content coding. A file is
// made when it is first asked for, beside the list; all of them can be deleted at any moment and made again.
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Coding, compressor, SUFFIX } from '../list/coding.ts';
import { COMPACT_TYPE, type CompactKind } from '../list/compact.ts';
import { encodeCompact } from '../list/compact-writer.ts';
import { type DiffMeta, diffToJson, parseDiff } from '../list/diff.ts';
import { removeIfThere } from './durable-file.ts';

/** A snapshot or diff that is there as CSV. */
export interface MirrorArtifact {
  kind: CompactKind;
  /** Its path, and by its last part its name: epoch and versions, so what it holds. */
  csv: string;
  /** What a diff lies between. */
  meta?: DiffMeta;
}

export const SNAPSHOT_TYPES = ['text/csv', COMPACT_TYPE] as const;
export const DIFF_TYPES = ['text/csv', 'application/json', COMPACT_TYPE] as const;
export type FormType = (typeof DIFF_TYPES)[number];

const EXTENSION: Record<FormType, string> = {
  'text/csv': '.csv',
  'application/json': '.json',
  [COMPACT_TYPE]: '.compact',
};
const MAX_FILES = 500;
const ABANDONED_MS = 3_600_000;

export class MirrorForms {
  readonly #directory: string;
  readonly #making = new Map<string, Promise<string>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The path of an artifact in a form and coding; whoever asks for the same meanwhile waits for the same making. */
  async file(artifact: MirrorArtifact, type: FormType, coding: Coding): Promise<string> {
    if (coding !== 'identity') {
      const plain = await this.file(artifact, type, 'identity');
      const name = plain.slice(plain.lastIndexOf('/') + 1) + SUFFIX[coding];
      return this.make(name, () => [createReadStream(plain), compressor(coding)]);
    }
    if (type === 'text/csv') return artifact.csv;
    const name = artifact.csv.slice(artifact.csv.lastIndexOf('/') + 1).replace(/\.csv$/, EXTENSION[type]);
    return this.make(name, () => [
      Readable.from(
        type === COMPACT_TYPE
          ? encodeCompact(artifact.kind, createReadStream(artifact.csv))
          : jsonOf(artifact),
      ),
    ]);
  }

  /** The path of a file by its name, made where it is not there. It is written beside and renamed: never half there. */
  async make(name: string, open: () => [Readable, ...NodeJS.ReadWriteStream[]]): Promise<string> {
    const path = join(this.#directory, name);
    const making = this.#making.get(path) ?? this.#make(path, open).finally(() => this.#making.delete(path));
    this.#making.set(path, making);
    return making;
  }

  /** Drops what nobody asks for any more: of other epochs and snapshots, and the oldest of too many. */
  async sweep(epoch: string, snapshotVersion: number): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const kept: { path: string; madeAt: number }[] = [];
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const madeAt = (await stat(path)).mtimeMs;
      const snapshot = /-snapshot-([0-9]+)\./.exec(name)?.[1];
      const isOver = snapshot !== undefined && Number(snapshot) !== snapshotVersion;
      const isAbandoned = name.endsWith('.part') && Date.now() - madeAt > ABANDONED_MS;
      if (!name.startsWith(epoch) || isOver || isAbandoned) await removeIfThere(path);
      else kept.push({ path, madeAt });
    }
    kept.sort((a, b) => b.madeAt - a.madeAt);
    for (const { path } of kept.slice(MAX_FILES)) await removeIfThere(path);
  }

  async #make(path: string, open: () => [Readable, ...NodeJS.ReadWriteStream[]]): Promise<string> {
    if (await exists(path)) return path;
    await mkdir(this.#directory, { recursive: true });
    const part = `${path}.${randomUUID()}.part`;
    try {
      await pipeline([...open(), createWriteStream(part)]);
      await rename(part, path);
    } catch (error) {
      await removeIfThere(part);
      throw error;
    }
    return path;
  }
}

/** Whether there is such a file. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function* jsonOf({ csv, meta }: MirrorArtifact): AsyncGenerator<string> {
  if (meta === undefined) throw new Error('only a diff has a JSON form');
  yield JSON.stringify(diffToJson(meta, parseDiff(await readFile(csv))));
}
