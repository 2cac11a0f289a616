// What a mirror serves of one list: the diffs that its own syncs took, kept beyond the store's needs, and the snapshot
// that the manifest in force names. Everything lies beside the list under names that say the content, and can all be
// deleted at any moment. What upstream sends for readers is kept only where it fits what was signed: readers would find
// a lie too, but each of them anew, and long after upstream was put right.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { COMPACT_TYPE } from '../list/compact.ts';
import { formatDiff } from '../list/diff.ts';
import { digestOf } from '../list/digest.ts';
import type { ListId } from '../list/entry.ts';
import { FormatError } from '../list/format-error.ts';
import { ListTree } from '../list/tree.ts';
import { leadsTo, readNet } from './diff-files.ts';
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

export interface MirrorHistoryOptions {
  /** The list's directory. */
  store: string;
  upstream: () => ExchangeSource | undefined;
  inForce: () => ListInForce | undefined;
  /** The digest of a version of the epoch in force, where the history that the mirror verified has it. */
  digestOf: (version: number) => string | undefined;
}

export class MirrorHistory {
  readonly #options: MirrorHistoryOptions;
  readonly #store: string;
  /** Where all of it lies. */
  readonly directory: string;
  readonly #fetching = new Map<string, Promise<void>>();
  readonly forms: MirrorForms;
  /** Diffs of the epoch in force. */
  #edges: Edge[] = [];
  #epoch = '';

  constructor(options: MirrorHistoryOptions) {
    this.#options = options;
    this.#store = options.store;
    this.directory = join(options.store, 'mirror');
    this.forms = new MirrorForms(join(this.directory, 'made'));
  }

  /**
   * Takes up what is newly in force: links its diffs, and sees to the snapshot that its manifest names and to a way
   * on from there. Throws the system's errors, SyncError.
   */
  async take(inForce: ListInForce): Promise<void> {
    const { manifest, current } = inForce;
    await mkdir(this.directory, { recursive: true });
    if (manifest.epoch !== this.#epoch) await this.#begin(manifest.epoch);
    for (const diff of current.record.diffs) await this.#keep(diff);
    await this.#prepareSnapshot(inForce);
    const { snapshot, version, epoch } = manifest;
    if (snapshot.version < version && this.#path(snapshot.version, version) === undefined) {
      await this.#fetchOnce(current.record.list, snapshot.version, version);
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
    if (path === undefined) {
      await this.#fetchOnce(list, from, to).catch((error: unknown) => {
        // It is too old or not what was signed, or upstream is away: the reader takes the snapshot.
        if (!(error instanceof GoneError || error instanceof SyncError)) throw error;
      });
      path = this.#path(from, to);
    }
    if (path === undefined) return undefined;
    const [only, ...rest] = path;
    const meta = { list, epoch, from, to };
    if (only !== undefined && rest.length === 0)
      return { kind: 'diff', csv: join(this.directory, only.name), meta };
    const edges = path.map((edge) => join(this.directory, edge.name));
    const csv = await this.forms.make(diffName(epoch, from, to), () => [Readable.from(netOf(edges))]);
    return { kind: 'diff', csv, meta };
  }

  /** Asks upstream for a diff that no sync here took, once for all who want it. Throws as `#fetchDiff`. */
  #fetchOnce(list: ListId, from: number, to: number): Promise<void> {
    const name = diffName(this.#epoch, from, to);
    const fetching =
      this.#fetching.get(name) ??
      this.#fetchDiff(from, to, this.#epoch, list).finally(() => this.#fetching.delete(name));
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
        : this.#options.upstream()?.snapshot(list, snapshot.version, epoch, snapshot.bytes);
    if (chunks === undefined) return;
    await this.#write(path, chunks, async (part) => {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer);
      if (hash.digest('hex') !== snapshot.sha256) throw notSigned(list, `snapshot ${snapshot.version}`);
    });
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

  async #fetchDiff(from: number, to: number, epoch: string, list: ListId): Promise<void> {
    const upstream = this.#options.upstream();
    if (upstream === undefined) return;
    const name = diffName(epoch, from, to);
    const path = join(this.directory, name);
    const check = async (part: string): Promise<void> => {
      if (!(await this.#isSigned(part, from, to, epoch, list)))
        throw notSigned(list, `the diff from ${from} to ${to}`);
    };
    try {
      await this.#write(path, upstream.diff(list, from, to, epoch, MAX_DIFF_BYTES), check);
    } catch (error) {
      throw error instanceof FormatError ? notSigned(list, `the diff from ${from} to ${to}`, error) : error;
    }
    if (epoch === this.#epoch) this.#add({ name, bytes: (await stat(path)).size, from, to });
  }

  /** Whether a diff, and what is known to follow it, leads from a version with its digest to the list in force. */
  async #isSigned(path: string, from: number, to: number, epoch: string, list: ListId): Promise<boolean> {
    const digest = await this.#digestOf(from);
    const target = this.#options.inForce()?.manifest.version ?? to;
    // It ends at the list in force, and so needs nothing beyond itself.
    if (this.#path(to, target) === undefined) await this.#fetchOnce(list, to, target);
    const onward = this.#path(to, target);
    if (digest === undefined || onward === undefined) return false;
    const whole = await readNet([path, ...onward.map(({ name }) => join(this.directory, name))]);
    const now = this.#options.inForce();
    if (now?.manifest.epoch !== epoch || now.manifest.version !== target) return false;
    return leadsTo(now.tree, whole, digest);
  }

  async #digestOf(version: number): Promise<string | undefined> {
    const { inForce, digestOf: told } = this.#options;
    const digest = version === 0 ? digestOf([]) : told(version);
    const { epoch, snapshot } = inForce()?.manifest ?? {};
    if (digest !== undefined || epoch === undefined || snapshot?.version !== version) return digest;
    const path = this.#snapshotPath(epoch, version);
    if (!(await exists(path))) return undefined;
    return (await ListTree.fromSnapshotStream(createReadStream(path))).digest();
  }

  /** Writes a file beside and renames it when `check`, which is given its path meanwhile, did not throw. */
  async #write(
    path: string,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    check: (part: string) => Promise<void>,
  ): Promise<void> {
    const part = `${path}.part`;
    await removeIfThere(part);
    const sink = await FileSink.create(part);
    try {
      for await (const chunk of chunks) await sink.write(chunk);
      await sink.close();
      await check(part);
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

async function* netOf(paths: readonly string[]): AsyncGenerator<string> {
  yield* formatDiff(await readNet(paths));
}

function notSigned(list: ListId, what: string, cause?: unknown): SyncError {
  return new SyncError('digest_mismatch', `${what} that upstream serves is not what was signed`, {
    list,
    cause,
  });
}
