// `state.json`: what the last syncs met with, for `chadan status`, and whether the receipt was delivered.
// Nothing depends on it: it may be lost or stale, and is never trusted with what is in force.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './durable-file.ts';

/** Times RFC 3339 UTC. */
export interface SyncNotes {
  /** When the exchange last confirmed that the list in force is current, or gave a newer one. */
  confirmedAt?: string;
  /** When it was last asked. */
  checkedAt?: string;
  /** Why the last sync failed; absent when it did not. */
  failure?: { code: string; message: string; at: string };
  /** The last version that was acknowledged, and how that went. */
  receipt?: {
    epoch: string;
    version: number;
    digest: string;
    state: 'delivered' | 'refused' | 'pending';
    code?: string;
  };
}

const NOTES = 'state.json';

export async function readNotes(directory: string): Promise<SyncNotes> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(directory, NOTES), 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as SyncNotes) : {};
  } catch {
    // Not there yet, or written by half when the machine lost power: as good as none.
    return {};
  }
}

export async function writeNotes(directory: string, notes: SyncNotes): Promise<void> {
  await replaceFile(join(directory, NOTES), `${JSON.stringify(notes)}\n`, { durable: false });
}
