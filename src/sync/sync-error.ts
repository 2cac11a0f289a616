// Every way in which a relay's list can fail to advance, in one place. Whatever the code, the list that was in
// force stays in force.
import type { ListId } from '../list/entry.ts';

/** Stable, for programs. A code, once published, keeps its meaning. */
export type SyncErrorCode =
  // The exchange was not reached, or did not answer as it should.
  /** No connection, no answer in time, 429 or 5xx. Retryable. */
  | 'unreachable'
  /** The client or its token is refused (401, 403, OAuth errors): look at the credentials. */
  | 'access_refused'
  /** An answer that fits nothing in the contract, or an address that does not exist. */
  | 'bad_response'
  /** It redirects to another origin, or too often. */
  | 'redirect_refused'
  /** A body that was cut off, or stalled. Retryable. */
  | 'incomplete'
  /** A body above the bound that the signed manifest sets. */
  | 'too_large'
  // Verification refused: alarms (exit code 3).
  /** The credentials' root key is not the one that the directory is pinned to. */
  | 'root_changed'
  /** Signed for another exchange. */
  | 'wrong_issuer'
  /** The key set is not signed by the root key, or malformed. */
  | 'key_set_refused'
  /** The key set is older than one that was accepted (format §8). */
  | 'key_set_rollback'
  /** The key set is expired and no newer one is served. */
  | 'key_set_expired'
  /** The manifest's signature, type or claims are wrong, or its key is in no key set. */
  | 'manifest_refused'
  /** A lower version of the same epoch, or an epoch that was left for a newer one (format §9.3). */
  | 'rollback'
  /** Another history than the one that is held (format §9.3). */
  | 'split_view'
  /** What was downloaded is not what the manifest signs, and the snapshot did not mend it (format §9.6). */
  | 'digest_mismatch'
  // Time.
  /** The newest manifest that is served has expired (exit code 2). */
  | 'manifest_expired'
  // The directory.
  /** What is on disk is not what its signed manifest says; the next sync repairs it. */
  | 'store_corrupt'
  /** The directory cannot be read or written: space, permissions. */
  | 'store_failed'
  /** Another process is at work on the list. Retryable. */
  | 'store_locked'
  /** The directory holds no such list yet. */
  | 'nothing_held';

const RETRYABLE: ReadonlySet<SyncErrorCode> = new Set([
  'unreachable',
  'incomplete',
  'store_locked',
  'manifest_expired',
]);

const VERIFICATION: ReadonlySet<SyncErrorCode> = new Set([
  'root_changed',
  'wrong_issuer',
  'key_set_refused',
  'key_set_rollback',
  'key_set_expired',
  'manifest_refused',
  'rollback',
  'split_view',
  'digest_mismatch',
]);

export interface SyncErrorExtra {
  list?: ListId | undefined;
  /** What the exchange asked to wait. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** A sync that failed. `retryable`: the same may succeed soon, without anyone doing anything. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: SyncErrorCode;
  readonly list: ListId | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: SyncErrorCode, message: string, extra: SyncErrorExtra = {}) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.code = code;
    this.list = extra.list;
    this.retryable = RETRYABLE.has(code);
    this.retryAfterMs = extra.retryAfterMs;
  }

  /** Whether something was shown that is not what the agency signed: someone should look. */
  get isAlarm(): boolean {
    return VERIFICATION.has(this.code);
  }
}
