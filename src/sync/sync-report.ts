// What a sync tells: its result for one list, and the events on the way.
import type { ListId } from '../list/entry.ts';
import type { SyncError } from './sync-error.ts';

export interface SyncReport {
  list: ListId;
  /** `current`: nothing newer; `updated`: another version is in force; `failed`: the old list stays in force. */
  outcome: 'current' | 'updated' | 'failed';
  /** By which way the version was reached. */
  how: 'unchanged' | 'diff' | 'snapshot';
  /** The version held before, 0 where there was none. */
  from: number;
  /** What is in force now; absent where nothing ever was. */
  epoch?: string;
  version?: number;
  count?: number;
  digest?: string;
  /** Entries that changed in force, an entry with other terms counting as both. */
  added: number;
  removed: number;
  /** The manifest in force has expired: the list may be out of date. */
  stale: boolean;
  /** The exchange began a new history (format §6). */
  epochChanged: boolean;
  /** What was on disk was damaged, and is whole again. */
  repaired: boolean;
  error?: SyncError;
}

/** A download under way. `received` and `total` are bytes after decompression. */
export interface SyncProgress {
  list: ListId;
  what: 'snapshot' | 'diff';
  received: number;
  /** Unknown for a diff. */
  total?: number;
}

export interface RelayEvents {
  progress: [SyncProgress];
  /** After each sync, whatever came of it. */
  synced: [SyncReport];
  /** Another version is in force. */
  changed: [SyncReport];
  /** A new epoch is served: the list is taken anew (format §9.3). */
  epoch_changed: [{ list: ListId; from: string; to: string }];
  /** A diff did not lead to the signed digest: the snapshot is taken instead, once (format §9.6). */
  diff_refused: [{ list: ListId; reason: string }];
  /** The directory was damaged and is taken anew. */
  repairing: [SyncError];
  /** Something was shown that is not what the agency signed. Someone should look. */
  alarm: [SyncError];
  /** The exchange did not take the receipt; the list is in force all the same. */
  receipt_failed: [{ list: ListId; code: string; message: string }];
  /** A failure that costs no sync: no room to compact, no event stream. */
  warning: [{ list?: ListId; message: string }];
}

/** Tells an event to whoever listens. */
export type Emit = <Name extends keyof RelayEvents>(name: Name, ...args: RelayEvents[Name]) => void;
