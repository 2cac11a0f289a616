// The ways to a signed version: stay, diff, snapshot (format §9.4, §9.5). Data files are finished before the
// record names them; the tree in use changes only together with a check that takes it back when it fails.
import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { DIFF_HEADER, type Diff, parseDiff } from '../list/diff.ts';
import { FormatError } from '../list/format-error.ts';
import type { Manifest } from '../list/manifest.ts';
import { SNAPSHOT_HEADER } from '../list/snapshot.ts';
import { ListTree } from '../list/tree.ts';
import { compact } from './compaction.ts';
import type { FileSink } from './durable-file.ts';
import type { ExchangeSource } from './exchange-source.ts';
import { countChanges } from './list-change.ts';
import { type ListInForce, mismatchOf } from './list-in-force.ts';
import type { ListRecord, StoredDiff, StoredFile } from './list-record.ts';
import type { ListStore } from './store.ts';
import { SyncError } from './sync-error.ts';
import type { Emit } from './sync-report.ts';
import type { TrustedManifest } from './trust.ts';

export interface ReachOptions {
  store: ListStore;
  source: ExchangeSource;
  issuer: string;
  emit: Emit;
}

export interface Advance {
  inForce: ListInForce;
  how: 'unchanged' | 'diff' | 'snapshot';
  added: number;
  removed: number;
}

/** A line of a diff is no longer: op, value, category, day, three commas and a newline. */
const MAX_DIFF_LINE = 1 + 64 + 32 + 10 + 4;
/** The longest text that a string can hold, less a margin. */
const MAX_DIFF_BYTES = 500 * 1024 * 1024;
/** A list has a new epoch after a restore: this many are never seen. */
const MAX_LEFT_EPOCHS = 100;

export class ListReach {
  readonly #options: ReachOptions;
  readonly #trusted: TrustedManifest;
  readonly #manifest: Manifest;
  readonly #leftEpochs: readonly string[];

  /** @param leftEpochs those held before the one that this leads to, the last first */
  constructor(options: ReachOptions, trusted: TrustedManifest, leftEpochs: readonly string[]) {
    this.#options = options;
    this.#trusted = trusted;
    this.#manifest = trusted.manifest;
    this.#leftEpochs = leftEpochs.slice(0, MAX_LEFT_EPOCHS);
  }

  /** The same version: at most its signature is newer. */
  async stay(held: ListInForce): Promise<Advance> {
    const { record } = held.current;
    const isNewer = this.#manifest.iat >= held.manifest.iat && this.#trusted.jws !== record.manifest;
    const inForce = isNewer ? await this.#commit(held.tree, record.base, record.diffs) : held;
    return { inForce, how: 'unchanged', added: 0, removed: 0 };
  }

  /** @throws SyncError `digest_mismatch`, `too_large` where the diff is no way there; GoneError */
  async byDiff(held: ListInForce): Promise<Advance> {
    const { tree, current, manifest } = held;
    const { diff, bytes } = await this.#fetchDiff(manifest.version, tree.count);
    const stored = await this.#beginDiff(bytes, manifest.version);
    // No await between the change and its check: whoever looks up meanwhile sees the old list or the signed one.
    this.#apply(tree, diff);
    const mismatch = mismatchOf(tree, this.#manifest);
    if (mismatch !== undefined) {
      tree.revert(diff);
      throw this.#mismatch(`after the diff from version ${manifest.version} ${mismatch}`);
    }
    const { base, diffs } = current.record;
    const inForce = await stored()
      .then((file) => this.#commit(tree, base, [...diffs, file]))
      .catch((error: unknown) => {
        // The disk did not take it: memory goes back to what the disk says.
        tree.revert(diff);
        throw error;
      });
    return {
      inForce: await this.#compactIfDue(inForce),
      how: 'diff',
      added: diff.added.length,
      removed: diff.removed.length,
    };
  }

  /** @throws SyncError `digest_mismatch`; GoneError where that snapshot is not served any more */
  async bySnapshot(held: ListInForce | undefined): Promise<Advance> {
    try {
      return await this.#takeSnapshot(held);
    } catch (error) {
      // format §14.1: it comes as CSV this time.
      if (!isUndecodable(error)) throw error;
      const { store, emit } = this.#options;
      emit('warning', { list: store.list, message: `asking for the CSV: ${(error as SyncError).message}` });
      return this.#takeSnapshot(held);
    }
  }

  async #takeSnapshot(held: ListInForce | undefined): Promise<Advance> {
    const { store } = this.#options;
    const { snapshot } = this.#manifest;
    const sink = await store.createFile('leaves', String(snapshot.version));
    const { tree, base, diffs } = await this.#build(sink).catch(async (error: unknown) => {
      await sink.discard();
      throw error;
    });
    const changes = held ? await countChanges(held.tree, tree) : { added: tree.count, removed: 0 };
    // From here on nothing is deleted: a commit that fails late may have named the files.
    const inForce = await this.#commit(tree, base, diffs);
    return { inForce: await this.#compactIfDue(inForce), how: 'snapshot', ...changes };
  }

  /** The signed version, as a tree that is verified and as files that are finished. */
  async #build(sink: FileSink): Promise<{ tree: ListTree; base: StoredFile; diffs: StoredDiff[] }> {
    const { snapshot, version } = this.#manifest;
    const tree = await this.#fetchSnapshot(sink);
    // The disk takes its time meanwhile; nothing names the file before it has.
    const finishing = this.#options.store.finish(sink);
    // Its failure is met below, perhaps later than it happens.
    finishing.catch(() => {});
    try {
      const diffs = snapshot.version < version ? [await this.#applyFurtherDiff(tree)] : [];
      const mismatch = mismatchOf(tree, this.#manifest);
      if (mismatch !== undefined) throw this.#mismatch(`after the snapshot ${mismatch}`);
      return { tree, base: await finishing, diffs };
    } catch (error) {
      await finishing.catch(() => {});
      throw error;
    }
  }

  /** The diff from the snapshot's version to the signed one. */
  async #applyFurtherDiff(tree: ListTree): Promise<StoredDiff> {
    const { version } = this.#manifest.snapshot;
    const { diff, bytes } = await this.#fetchDiff(version, tree.count);
    this.#apply(tree, diff);
    return (await this.#beginDiff(bytes, version))();
  }

  /** Reads the snapshot while it is hashed, then builds its tree while that is written. */
  async #fetchSnapshot(sink: FileSink): Promise<ListTree> {
    const { store } = this.#options;
    const { snapshot } = this.#manifest;
    try {
      const tree = await ListTree.fromSnapshotStream(this.#snapshotBytes(), (leaves) => sink.write(leaves));
      if (tree.count !== snapshot.count) throw this.#mismatch('the snapshot has another count than signed');
      return tree;
    } catch (error) {
      if (error instanceof FormatError) throw this.#mismatch(`the snapshot is none: ${error.message}`, error);
      throw store.failure(error);
    }
  }

  /** The bytes as signed, or it throws after the last of them. */
  async *#snapshotBytes(): AsyncGenerator<Uint8Array> {
    const { source, store, emit } = this.#options;
    const { epoch, snapshot } = this.#manifest;
    const { list } = store;
    // The empty list is known without asking; that it is what was signed is checked as for any other.
    const isEmpty = snapshot.bytes === SNAPSHOT_HEADER.length;
    const chunks = isEmpty
      ? [Buffer.from(SNAPSHOT_HEADER)]
      : source.snapshot(list, snapshot.version, epoch, snapshot.bytes);
    const hash = createHash('sha256');
    let received = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
      received += chunk.length;
      emit('progress', { list, what: 'snapshot', received, total: snapshot.bytes });
    }
    if (received !== snapshot.bytes) throw this.#mismatch('the snapshot has another length than signed');
    if (hash.digest('hex') !== snapshot.sha256)
      throw this.#mismatch('the snapshot has another SHA-256 than signed');
  }

  /** The net diff to the manifest's version, and the bytes that it came in. */
  async #fetchDiff(from: number, count: number): Promise<{ diff: Diff; bytes: Buffer }> {
    try {
      const bytes = await this.#diffBytes(from, count);
      return { diff: parseDiff(bytes), bytes };
    } catch (error) {
      if (error instanceof FormatError)
        throw this.#mismatch(`the diff from version ${from} is none: ${error.message}`, error);
      throw error;
    }
  }

  /**
   * Writes a diff. Resolves when the disk is at work, which may take as long as to check the list meanwhile; what it
   * gives waits until the file is durable.
   */
  async #beginDiff(bytes: Buffer, from: number): Promise<() => Promise<StoredDiff>> {
    const { store } = this.#options;
    const { version: to } = this.#manifest;
    const sink = await store.createFile('diff', `${from}-${to}`);
    try {
      await sink.write(bytes);
      await sink.flush();
    } catch (error) {
      await sink.discard();
      throw store.failure(error);
    }
    const finishing = store.finish(sink);
    // Its failure is met by who waits, perhaps later than it happens.
    finishing.catch(() => {});
    await breathe();
    return async () => ({ ...(await finishing), from, to });
  }

  async #diffBytes(from: number, count: number): Promise<Buffer> {
    const { source, store, emit } = this.#options;
    const { epoch, version: to } = this.#manifest;
    // It cannot remove more than is held nor add more than is signed, so what is longer is a bomb.
    const bound = DIFF_HEADER.length + (count + this.#manifest.count) * MAX_DIFF_LINE;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of source.diff(store.list, from, to, epoch, Math.min(bound, MAX_DIFF_BYTES))) {
      chunks.push(chunk);
      received += chunk.length;
      emit('progress', { list: store.list, what: 'diff', received });
    }
    return Buffer.concat(chunks);
  }

  #apply(tree: ListTree, diff: Diff): void {
    try {
      tree.apply(diff);
    } catch (error) {
      // format §4: a copy that the diff does not fit is not the version it says.
      if (error instanceof FormatError)
        throw this.#mismatch(`the diff does not fit: ${error.message}`, error);
      throw error;
    }
  }

  async #commit(tree: ListTree, base: StoredFile, diffs: StoredDiff[]): Promise<ListInForce> {
    const { store, issuer } = this.#options;
    const { jws: manifest, keySetJws: keySet, etag } = this.#trusted;
    const leftEpochs = this.#leftEpochs;
    const record: ListRecord = { list: store.list, issuer, base, diffs, manifest, keySet, etag, leftEpochs };
    return { tree, manifest: this.#manifest, current: await store.commit(record) };
  }

  async #compactIfDue(inForce: ListInForce): Promise<ListInForce> {
    try {
      return await compact(this.#options.store, inForce);
    } catch (error) {
      // The list is in force and on disk as it is; the next sync tries again.
      if (!(error instanceof SyncError)) throw error;
      this.#options.emit('warning', {
        list: this.#options.store.list,
        message: `not compacted: ${error.message}`,
      });
      return inForce;
    }
  }

  #mismatch(reason: string, cause?: unknown): SyncError {
    return new SyncError('digest_mismatch', reason, { list: this.#options.store.list, cause });
  }
}

/** Whether a body came in the compact form, and was none. */
function isUndecodable(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return cause instanceof FormatError && cause.code === 'bad_compact';
}
