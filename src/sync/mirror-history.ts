// What a mirror serves of one list: the diffs that its own syncs took, kept beyond the store's needs, and the snapshot
// that the manifest in force names. Everything lies beside the list under names that say the content; it can all be
// deleted at any moment, and is only ever handed to readers who verify it themselves.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ExchangeError } from '../client/exchange-client.ts';
import { COMPACT_TYPE } from '../list/compact.ts';
import { composeDiffs, DIFF_HEADER, type Diff, formatDiff, parseDiff } from '../list/diff.ts';
import type { ListId } from '../list/entry.ts';
import { ListTree } from '../list/tree.ts';
import { FileSink, removeIfThere } from './durable-file.ts';
import { type ExchangeSource, GoneError } from './exchange-source.ts';
import type { ListInForce } from './list-in-force.ts';
import { isSnapshot, type StoredFile, versionOf } from './list-record.ts';
import { exists, type MirrorArtifact, MirrorForms } from './mirror-forms.ts';
import { SyncError } from './sync-error.ts';

/** Diffs are kept while they weigh no more than this, or than the snapshot. */
const KEPT_BYTES = 64 * 1024 * 1024;
const MAX_DIFF_BYTES = 500 * 1024 * 1024;

interface Edge extends StoredFile {
  from: number;
  to: number;
}

export class MirrorHistory {
  readonly #store: string;
  /** Where all of it lies. */
  readonly directory: string;
  readonly #upstream: () => ExchangeSource | undefined;
  readonly #fetching = new Map<string, Promise<boolean>>();
  readonly forms: MirrorForms;
  /** Diffs of the epoch in force. */
  #edges: Edge[] = [];
  #epoch = '';

  /** @param store the list's directory */
  constructor(store: string, upstream: () => ExchangeSource | undefined) {
    this.#store = store;
    this.directory = join(store, 'mirror');
    this.#upstream = upstream;
    this.forms = new MirrorForms(join(this.directory, 'made'));
  }

  /**
   * Takes up what is newly in force: links its diffs, and sees to the snapshot that its manifest names and to a way
   * on from there. Throws the system's errors, ExchangeError, SyncError.
   */
  async take(inForce: ListInForce): Promise<void> {
    const { manifest, current } = inForce;
    await mkdir(this.directory, { recursive: true });
    if (manifest.epoch !== this.#epoch) await this.#begin(manifest.epoch);
    for (const diff of current.record.diffs) await this.#keep(diff);
    await this.#prepareSnapshot(inForce);
    const { snapshot, version, epoch } = manifest;
    if (snapshot.version < version && this.#path(snapshot.version, version) === undefined) {
      await this.#fetchDiff(snapshot.version, version, epoch, current.record.list);
    }
    await this.#prune(snapshot);
    await this.forms.sweep(epoch, snapshot.version);
  }

  /** The snapshot that the manifest names; undefined where it is another version, or not there. */
  async snapshot(epoch: string, version: number): Promise<MirrorArtifact | undefined> {
    const csv = this.#snapshotPath(epoch, version);
    return (await exists(csv)) ? { kind: 'snapshot', csv } : undefined;
  }

  /** The net diff; undefined where no way leads from that version, here or upstream. */
  async diff(list: ListId, from: number, to: number): Promise<MirrorArtifact | undefined> {
    const epoch = this.#epoch;
    let path = this.#path(from, to);
    if (path === undefined && (await this.#fetchOnce(list, from, to))) path = this.#path(from, to);
    if (path === undefined) return undefined;
    const [only, ...rest] = path;
    const meta = { list, epoch, from, to };
    if (only !== undefined && rest.length === 0)
      return { kind: 'diff', csv: join(this.directory, only.name), meta };
    const edges = path.map((edge) => join(this.directory, edge.name));
    const csv = await this.forms.make(diffName(epoch, from, to), () => [Readable.from(compose(edges))]);
    return { kind: 'diff', csv, meta };
  }

  /** Asks upstream for a diff that no sync here took, once for all who want it; whether it came. */
  #fetchOnce(list: ListId, from: number, to: number): Promise<boolean> {
    const name = diffName(this.#epoch, from, to);
    const fetching =
      this.#fetching.get(name) ??
      this.#fetchDiff(from, to, this.#epoch, list)
        .catch((error: unknown) => {
          // It is too old, or upstream is away: the reader takes the snapshot.
          if (error instanceof GoneError || error instanceof SyncError) return false;
          throw error;
        })
        .finally(() => this.#fetching.delete(name));
    this.#fetching.set(name, fetching);
    return fetching;
  }

  /** The fewest diffs that lead from one version to another; undefined where none do. */
  #path(from: number, to: number): Edge[] | undefined {
    const best = new Map<number, Edge[]>([[from, []]]);
    // In the order of where they begin: whatever leads to a version is known before what leads on.
    for (const edge of this.#edges) {
      const before = best.get(edge.from);
      if (before === undefined || edge.to > to) continue;
      const known = best.get(edge.to);
      if (known === undefined || before.length + 1 < known.length) best.set(edge.to, [...before, edge]);
    }
    return best.get(to);
  }

  /** Another epoch: what was kept of others is of no use. */
  async #begin(epoch: string): Promise<void> {
    const edges: Edge[] = [];
    for (const entry of await readdir(this.directory, { withFileTypes: true })) {
      const { name } = entry;
      if (!entry.isFile()) continue;
      const [, from, to] = name.startsWith(epoch) ? (/-diff-([0-9]+)-([0-9]+)\.csv$/.exec(name) ?? []) : [];
      if (from !== undefined && to !== undefined) {
        const { size } = await stat(join(this.directory, name));
        edges.push({ name, bytes: size, from: Number(from), to: Number(to) });
      } else if (!name.startsWith(epoch) || name.endsWith('.part')) {
        await removeIfThere(join(this.directory, name));
      }
    }
    this.#edges = edges.sort((a, b) => a.from - b.from);
    this.#epoch = epoch;
  }

  async #keep({ name: stored, bytes, from, to }: Edge): Promise<void> {
    if (this.#edges.some((edge) => edge.from === from && edge.to === to)) return;
    const name = diffName(this.#epoch, from, to);
    try {
      await link(join(this.#store, stored), join(this.directory, name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return; // compacted away meanwhile
      if (code !== 'EEXIST') throw error;
    }
    this.#add({ name, bytes, from, to });
  }

  #add(edge: Edge): void {
    this.#edges.push(edge);
    this.#edges.sort((a, b) => a.from - b.from);
  }

  /** From the store where it holds that very version, otherwise from upstream; only what has the signed hash. */
  async #prepareSnapshot({ manifest, current }: ListInForce): Promise<void> {
    const { epoch, snapshot } = manifest;
    const path = this.#snapshotPath(epoch, snapshot.version);
    if (await exists(path)) return;
    const { base, list } = current.record;
    const chunks =
      versionOf(base) === snapshot.version
        ? await this.#heldSnapshot(base)
        : this.#upstream()?.snapshot(list, snapshot.version, epoch, snapshot.bytes);
    if (chunks === undefined) return;
    const hash = createHash('sha256');
    await this.#write(path, chunks, (chunk) => hash.update(chunk));
    if (hash.digest('hex') !== snapshot.sha256) {
      await removeIfThere(path);
      throw new ExchangeError(
        'bad_response',
        `snapshot ${snapshot.version} has another SHA-256 than signed`,
        {
          retryable: true,
        },
      );
    }
    await this.#dropSnapshotsBut(snapshot.version);
    // What relays of ours ask for; the other forms are made when somebody does.
    await this.forms.file({ kind: 'snapshot', csv: path }, COMPACT_TYPE, 'br');
  }

  async #heldSnapshot(base: StoredFile): Promise<Iterable<Uint8Array> | AsyncIterable<Uint8Array>> {
    const bytes: AsyncIterable<Uint8Array> = createReadStream(join(this.#store, base.name));
    if (isSnapshot(base)) return bytes;
    // A tree of its own: the one in force goes on while this one is written.
    return (await ListTree.fromLeaves(bytes)).snapshot();
  }

  async #dropSnapshotsBut(version: number): Promise<void> {
    for (const name of await readdir(this.directory)) {
      const other = /-snapshot-([0-9]+)\.csv/.exec(name)?.[1];
      if (other !== undefined && Number(other) !== version) await removeIfThere(join(this.directory, name));
    }
  }

  async #fetchDiff(from: number, to: number, epoch: string, list: ListId): Promise<boolean> {
    const upstream = this.#upstream();
    if (upstream === undefined) return false;
    const name = diffName(epoch, from, to);
    const path = join(this.directory, name);
    await this.#write(path, upstream.diff(list, from, to, epoch, MAX_DIFF_BYTES));
    if (epoch === this.#epoch) this.#add({ name, bytes: (await stat(path)).size, from, to });
    return true;
  }

  async #write(
    path: string,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    look: (chunk: Uint8Array) => void = () => {},
  ): Promise<void> {
    const part = `${path}.part`;
    await removeIfThere(part);
    const sink = await FileSink.create(part);
    try {
      for await (const chunk of chunks) {
        look(chunk);
        await sink.write(chunk);
      }
      await sink.close();
      await rename(part, path);
    } catch (error) {
      await sink.discard();
      throw error;
    }
  }

  /** The oldest diffs go, but for those that lead on from the snapshot. */
  async #prune(snapshot: { version: number; bytes: number }): Promise<void> {
    let bytes = this.#edges.reduce((sum, edge) => sum + edge.bytes, 0);
    const most = Math.max(KEPT_BYTES, snapshot.bytes);
    for (const edge of [...this.#edges]) {
      if (bytes <= most) return;
      if (edge.from === snapshot.version) continue;
      this.#edges.splice(this.#edges.indexOf(edge), 1);
      bytes -= edge.bytes;
      await removeIfThere(join(this.directory, edge.name));
    }
  }

  #snapshotPath(epoch: string, version: number): string {
    return join(this.directory, `${epoch}-snapshot-${version}.csv`);
  }
}

function diffName(epoch: string, from: number, to: number): string {
  return `${epoch}-diff-${from}-${to}.csv`;
}

/** The net of diffs that follow one another; of none, the diff that changes nothing. */
async function* compose(paths: readonly string[]): AsyncGenerator<string> {
  let diff: Diff = parseDiff(DIFF_HEADER);
  for (const path of paths) diff = composeDiffs(diff, parseDiff(await readFile(path)));
  yield* formatDiff(diff);
}
