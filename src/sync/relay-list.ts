// One list of a relay: what is in force, its syncs one after another, look-ups at any moment between.
import type { Pinned } from '../client/credentials.ts';
import type { ApiClient } from '../client/exchange-client.ts';
import type { Entry, ListId } from '../list/entry.ts';
import { isStale, type Manifest } from '../list/manifest.ts';
import type { SenderKey } from '../list/sender-key.ts';
import { ExchangeSource, type SourceLimits } from './exchange-source.ts';
import { type ListInForce, openList } from './list-in-force.ts';
import { ListSync, type SyncStep } from './list-sync.ts';
import type { Receipts } from './receipts.ts';
import { ListStore } from './store.ts';
import { SyncError } from './sync-error.ts';
import type { SyncNotes } from './sync-notes.ts';
import type { Emit, SyncReport } from './sync-report.ts';
import { Trust } from './trust.ts';

/** What the lists of one relay share. */
export interface RelayContext {
  directory: string;
  /** Absent where the relay only looks up what is there. */
  source?: { pinned: Pinned; client: ApiClient };
  /** Absent where it is no client of the exchange. */
  receipts?: Receipts;
  limits: Partial<SourceLimits>;
  lockWaitMs?: number | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
  emit: Emit;
}

export interface ListStatus {
  list: ListId;
  epoch?: string;
  version?: number;
  count?: number;
  digest?: string;
  /** RFC 3339 UTC. */
  publishedAt?: string;
  /** When the manifest in force expires, RFC 3339 UTC. */
  expiresAt?: string;
  stale: boolean;
  /** Why there is no list in force. */
  fault?: { code: string; message: string };
  notes: SyncNotes;
}

export class RelayList {
  readonly list: ListId;
  readonly #context: RelayContext;
  readonly #store: ListStore;
  #inForce: ListInForce | undefined;
  #fault: SyncError | undefined;
  /** The end of the last operation that may change what is in force. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(list: ListId, context: RelayContext) {
    this.list = list;
    this.#context = context;
    this.#store = new ListStore(context.directory, list);
  }

  /** Opens what is on disk, or what another process put there since. A fault is kept for whoever looks up. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        const { directory, source } = this.#context;
        this.#inForce = await openList(
          this.#store,
          await Trust.open(directory, source?.pinned),
          this.#inForce,
        );
        this.#fault = undefined;
      } catch (error) {
        // What memory holds was verified: damage to the disk does not undo it.
        if (!(error instanceof SyncError) || error.code === 'root_changed') throw error;
        this.#fault = error;
      }
    });
  }

  get inForce(): ListInForce | undefined {
    return this.#inForce;
  }

  /** The manifest in force, undefined where there is none. */
  get manifest(): Manifest | undefined {
    return this.#inForce?.manifest;
  }

  get stale(): boolean {
    return this.#inForce !== undefined && isStale(this.#inForce.manifest, this.#context.now() / 1000);
  }

  /** The entry of a canonical value (see ListTree). Throws SyncError `nothing_held`, `store_corrupt` where no list is in force. */
  get(value: string): Entry | undefined {
    return this.#held().tree.get(value);
  }

  /** As `get`, of what a key has read. */
  getByKey(key: SenderKey): Entry | undefined {
    return this.#held().tree.getByKey(key);
  }

  /** Every entry, in no particular order; the list must not be synced meanwhile. Throws as `get`. */
  entries(): Generator<Entry> {
    return this.#held().tree.entries();
  }

  /** The snapshot's bytes (format §3), in order; the list must not be synced meanwhile. Throws as `get`. */
  snapshot(): Generator<Uint8Array> {
    return this.#held().tree.snapshot();
  }

  /** Every line in order; the list must not be synced meanwhile. Throws as `get`. */
  sortedLines(): Generator<string> {
    return this.#held().tree.sortedLines();
  }

  /** Brings the list up to date. What can be foreseen to fail is in the report; the signal's reason is thrown. */
  sync(signal?: AbortSignal): Promise<SyncReport> {
    return this.#inTurn(async () => {
      const { emit } = this.#context;
      const report = await this.#sync(signal);
      if (report.error?.isAlarm) emit('alarm', report.error);
      if (report.outcome === 'updated') emit('changed', report);
      emit('synced', report);
      return report;
    });
  }

  async status(): Promise<ListStatus> {
    const { list, stale, manifest } = this;
    const fault = manifest ? undefined : (this.#fault ?? this.#nothing());
    const notes = await this.#store.readNotes();
    if (fault || !manifest) {
      return { list, stale, notes, ...(fault && { fault: { code: fault.code, message: fault.message } }) };
    }
    const { epoch, version, count, digest, publishedAt, exp } = manifest;
    return {
      list,
      epoch,
      version,
      count,
      digest,
      publishedAt: time(publishedAt),
      expiresAt: time(exp),
      stale,
      notes,
    };
  }

  async #sync(signal: AbortSignal | undefined): Promise<SyncReport> {
    const { directory, limits, lockWaitMs } = this.#context;
    const from = this.#context.source;
    if (!from) throw new Error('a relay without credentials cannot sync');
    const before = this.#inForce?.manifest;
    try {
      const trust = await Trust.pin(directory, from.pinned);
      const source = new ExchangeSource(from.client, limits, signal);
      return await this.#store.asWriter(() => this.#syncAlone(trust, source, from.pinned.issuer, signal), {
        waitMs: lockWaitMs,
        signal,
      });
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      return this.#report({ outcome: 'failed', how: 'unchanged', from: before?.version ?? 0, error });
    }
  }

  async #syncAlone(
    trust: Trust,
    source: ExchangeSource,
    issuer: string,
    signal: AbortSignal | undefined,
  ): Promise<SyncReport> {
    const { now, emit } = this.#context;
    const notes = await this.#store.readNotes();
    const checkedAt = new Date(now()).toISOString();
    try {
      const sync = new ListSync({ store: this.#store, trust, source, issuer, now, emit });
      const step = await sync.run(this.#inForce);
      this.#inForce = step.inForce;
      this.#fault = undefined;
      // In force from here on, whatever becomes of the receipt and the notes.
      const receipt = await this.#acknowledge(step, notes, signal);
      await this.#note({ checkedAt, confirmedAt: checkedAt, ...receipt });
      return this.#reportStep(step);
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      const failure = { code: error.code, message: error.message, at: checkedAt };
      await this.#note({ ...notes, checkedAt, failure });
      throw error;
    }
  }

  async #acknowledge(
    step: SyncStep,
    notes: SyncNotes,
    signal: AbortSignal | undefined,
  ): Promise<Pick<SyncNotes, 'receipt'>> {
    const { receipts, limits, emit } = this.#context;
    if (!receipts) return {};
    // To the exchange itself, wherever the list was read.
    const exchange = new ExchangeSource(receipts.client, limits, signal);
    const receipt = await receipts.deliver(this.#store, exchange, step.inForce.manifest, notes.receipt, emit);
    return { receipt };
  }

  /** Notes may be lost: a full disk is told, but fails nothing. */
  async #note(notes: SyncNotes): Promise<void> {
    await this.#store.writeNotes(notes).catch((error: unknown) => {
      if (!(error instanceof SyncError)) throw error;
      this.#context.emit('warning', { list: this.list, message: error.message });
    });
  }

  #reportStep({ how, before, added, removed, repaired, inForce }: SyncStep): SyncReport {
    const { manifest } = inForce;
    const epochChanged = before !== undefined && before.epoch !== manifest.epoch;
    const isSame = before?.version === manifest.version && !epochChanged;
    const outcome = isSame ? 'current' : 'updated';
    return this.#report({ outcome, how, from: before?.version ?? 0, added, removed, epochChanged, repaired });
  }

  #report(part: Pick<SyncReport, 'outcome' | 'how' | 'from'> & Partial<SyncReport>): SyncReport {
    const { list, stale, manifest } = this;
    const { epoch, version, count, digest } = manifest ?? {};
    const held = manifest ? { epoch, version, count, digest } : {};
    return {
      list,
      ...held,
      added: 0,
      removed: 0,
      stale,
      epochChanged: false,
      repaired: false,
      ...part,
    } as SyncReport;
  }

  #held(): ListInForce {
    if (this.#inForce) return this.#inForce;
    throw this.#fault ?? this.#nothing();
  }

  #nothing(): SyncError {
    const { directory } = this.#store;
    return new SyncError('nothing_held', `${directory} holds no list yet: run chadan sync`, {
      list: this.list,
    });
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action, action);
    // A failure belongs to who asked for it, not to who comes next.
    this.#last = turn.catch(() => {});
    return turn;
  }
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
