// One sync of one list: format §9, steps 1 to 6. Its one promise: whatever it meets, the list that was in force
// is in force afterwards, or a newer one that the agency signed. The caller holds the writer's lock.
import type { ListId } from '../list/entry.ts';
import { isStale, type Manifest } from '../list/manifest.ts';
import { GoneError } from './exchange-source.ts';
import { checkHistory } from './history-check.ts';
import { type ListInForce, openList } from './list-in-force.ts';
import { type Advance, ListReach, type ReachOptions } from './list-reach.ts';
import { SyncError } from './sync-error.ts';
import type { Trust, TrustedKeySet, TrustedManifest } from './trust.ts';

export interface ListSyncOptions extends ReachOptions {
  trust: Trust;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface SyncStep extends Advance {
  /** What was in force before, as far as it could be read. */
  before: Manifest | undefined;
  repaired: boolean;
}

/** What is known when a sync begins. */
interface Known {
  inForce: ListInForce | undefined;
  /** The newest manifest that was ever accepted, for format §9.3; known even where the data is damaged. */
  accepted: TrustedManifest | undefined;
  /** The epochs that were held before that manifest's. */
  leftEpochs: readonly string[];
  etag: string | null;
  damage: SyncError | undefined;
}

/** A manifest may be outrun by the next publication while its snapshot is asked for; not again and again. */
const MAX_ROUNDS = 2;

export class ListSync {
  readonly #options: ListSyncOptions;
  readonly #list: ListId;
  #keySetFetched = false;

  constructor(options: ListSyncOptions) {
    this.#options = options;
    this.#list = options.store.list;
  }

  /**
   * Brings the list up to date.
   * @param held what this process has open
   * @throws SyncError; then what was in force still is
   */
  async run(held: ListInForce | undefined): Promise<SyncStep> {
    const known = await this.#open(held);
    for (let round = 1; ; round++) {
      try {
        const trusted = await this.#fetchManifest(known, round);
        const before = known.accepted?.manifest;
        this.#judge(trusted.manifest, known);
        const advance = await this.#reach(known, trusted);
        return { ...advance, before, repaired: known.damage !== undefined };
      } catch (error) {
        if (!(error instanceof GoneError)) throw error;
        if (round >= MAX_ROUNDS) throw this.#error('bad_response', `not served: ${error.message}`, error);
      }
    }
  }

  /** Opens what is on disk; where it is damaged, what can still be known of it. */
  async #open(held: ListInForce | undefined): Promise<Known> {
    const { store, trust } = this.#options;
    try {
      const inForce = await openList(store, trust, held);
      await store.sweep(inForce?.current.record);
      const record = inForce?.current.record;
      return {
        inForce,
        accepted: inForce && trustedOf(inForce),
        leftEpochs: record?.leftEpochs ?? [],
        etag: record?.etag ?? null,
        damage: undefined,
      };
    } catch (damage) {
      if (!(damage instanceof SyncError) || damage.code !== 'store_corrupt') throw damage;
      this.#options.emit('repairing', damage);
      // Memory still holds what was verified before the disk was damaged.
      const accepted = held
        ? { accepted: trustedOf(held), leftEpochs: held.current.record.leftEpochs }
        : await this.#readAccepted();
      return { inForce: held, ...accepted, etag: null, damage };
    }
  }

  /** The manifest in a record whose data is damaged, and the epochs before; none where it is damaged too. */
  async #readAccepted(): Promise<Pick<Known, 'accepted' | 'leftEpochs'>> {
    const { store, trust } = this.#options;
    const none = { accepted: undefined, leftEpochs: [] };
    try {
      const { record } = (await store.readRecord()) ?? {};
      if (record === undefined) return none;
      return {
        accepted: trust.verifyRecord(record, store.corrupt.bind(store)),
        leftEpochs: record.leftEpochs,
      };
    } catch (error) {
      if (error instanceof SyncError && error.code === 'store_corrupt') return none;
      throw error;
    }
  }

  // format §9.1 and §9.2: the key set, then the manifest, verified.
  async #fetchManifest(known: Known, round: number): Promise<TrustedManifest> {
    const { source, trust } = this.#options;
    const keySet = await this.#keySet();
    let answer = await source.manifest(this.#list, round === 1 ? known.etag : null);
    // Only what is whole has an etag to send. A key that was dropped since vouches for nothing, 304 or not.
    if (!answer.changed && known.accepted) {
      if (isVouchedFor(known.accepted, keySet)) return known.accepted;
      answer = await source.manifest(this.#list, null);
    }
    if (!answer.changed) throw this.#error('bad_response', 'the exchange confirms what is not held');
    const { jws, etag } = answer;
    const trusted = trust.verifyManifest(jws, etag, keySet, this.#list);
    // format §9.1: an unknown kid may be a new key; the key set is asked for at most once in a sync.
    const again = trusted ?? (await this.#verifyWithNewKeys(jws, etag));
    if (again) return again;
    throw this.#error('manifest_refused', 'the manifest is refused: its key is in no key set');
  }

  async #verifyWithNewKeys(jws: string, etag: string | null): Promise<TrustedManifest | undefined> {
    if (this.#keySetFetched) return undefined;
    return this.#options.trust.verifyManifest(jws, etag, await this.#fetchKeySet(), this.#list);
  }

  /** format §9.1: the stored key set, fetched where there is none or it expires soon. */
  async #keySet(): Promise<TrustedKeySet> {
    const { trust, issuer, now, emit } = this.#options;
    const stored = await trust.readKeySet(issuer, now() / 1000);
    if (stored && (this.#keySetFetched || !trust.expiresSoon(stored, now() / 1000))) return stored;
    try {
      return await this.#fetchKeySet();
    } catch (error) {
      // One that is still good will do until the exchange is back; a forged one is an alarm all the same.
      if (!stored || !(error instanceof SyncError) || error.isAlarm) throw error;
      emit('warning', { list: this.#list, message: `the key set was not renewed: ${error.message}` });
      return stored;
    }
  }

  async #fetchKeySet(): Promise<TrustedKeySet> {
    const { source, trust, issuer, now } = this.#options;
    this.#keySetFetched = true;
    return trust.acceptKeySet(await source.keySet(this.#list), issuer, now() / 1000, this.#list);
  }

  /** Whether this manifest may follow the one in force. Alarms come before age. */
  #judge(manifest: Manifest, { accepted, leftEpochs }: Known): void {
    const before = accepted?.manifest;
    checkHistory(manifest, before, this.#list);
    // Its signature may be good for hours yet. Who shows it hides all that came after the restore.
    if (leftEpochs.includes(manifest.epoch))
      throw this.#error('rollback', `the epoch ${manifest.epoch} is served, which was left for a newer one`);
    // format §9.2: a stale manifest is reported and changes nothing.
    if (isStale(manifest, this.#options.now() / 1000)) {
      const since = new Date(manifest.exp * 1000).toISOString();
      throw this.#error('manifest_expired', `the manifest expired ${since}: the list may be out of date`);
    }
    if (before !== undefined && before.epoch !== manifest.epoch) {
      this.#options.emit('epoch_changed', { list: this.#list, from: before.epoch, to: manifest.epoch });
    }
  }

  // format §9.4: the same version is done; else by a diff where one is served, else by the snapshot.
  async #reach(known: Known, trusted: TrustedManifest): Promise<Advance> {
    const { manifest } = trusted;
    const { inForce, accepted, leftEpochs } = known;
    const hasLeft = accepted !== undefined && accepted.manifest.epoch !== manifest.epoch;
    const left = hasLeft ? [accepted.manifest.epoch, ...leftEpochs] : leftEpochs;
    const reach = new ListReach(this.#options, trusted, left);
    const isWhole = inForce !== undefined && known.damage === undefined;
    if (!isWhole || inForce.manifest.epoch !== manifest.epoch) return reach.bySnapshot(inForce);
    if (inForce.manifest.version === manifest.version) return reach.stay(inForce);
    if (inForce.manifest.version < manifest.oldestDiff) return reach.bySnapshot(inForce);
    try {
      return await reach.byDiff(inForce);
    } catch (error) {
      const reason = diffRefusal(error);
      if (reason === undefined) throw error;
      // format §9.6: after a diff that does not fit, the snapshot, once.
      this.#options.emit('diff_refused', { list: this.#list, reason });
      return reach.bySnapshot(inForce);
    }
  }

  #error(code: SyncError['code'], message: string, cause?: unknown): SyncError {
    return new SyncError(code, message, { list: this.#list, cause });
  }
}

/** Whether the key that signed a manifest is in this key set. */
function isVouchedFor({ jws, keySetJws }: TrustedManifest, keySet: TrustedKeySet): boolean {
  if (keySetJws === keySet.jws) return true;
  const header = JSON.parse(Buffer.from(jws.slice(0, jws.indexOf('.')), 'base64url').toString()) as {
    kid?: string;
  };
  return keySet.keySet.keys.some(({ kid }) => kid === header.kid);
}

/** Why a diff is of no use, where the snapshot can help; undefined for what would fail the snapshot as well. */
function diffRefusal(error: unknown): string | undefined {
  if (error instanceof GoneError) return error.message;
  const mended =
    error instanceof SyncError && (error.code === 'digest_mismatch' || error.code === 'too_large');
  return mended ? error.message : undefined;
}

function trustedOf({ manifest, current }: ListInForce): TrustedManifest {
  const { manifest: jws, keySet: keySetJws, etag } = current.record;
  return { jws, keySetJws, manifest, etag };
}
