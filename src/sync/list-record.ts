// `current.json`: the one file that says which list is in force. It names the files that make the list up and
// holds the signatures by which all of it is verified again at each start; nothing in it is believed by itself.
import { isEpoch } from '../list/digest.ts';
import type { ListId } from '../list/entry.ts';

export interface StoredFile {
  name: string;
  bytes: number;
}

export interface StoredDiff extends StoredFile {
  from: number;
  to: number;
}

export interface ListRecord {
  list: ListId;
  issuer: string;
  /** The list that the diffs lead on from, in order: its leaf file, or a snapshot (format 1). */
  base: StoredFile;
  diffs: StoredDiff[];
  /** The manifest in force. */
  manifest: string;
  /** The key set that it was verified with: a later one may have dropped its key. */
  keySet: string;
  /** What to send as If-None-Match. */
  etag: string | null;
  /** The epochs that were held before this one, the last first: none of them comes back (format §7.1). */
  leftEpochs: readonly string[];
}

/** A text that is not a record; the message says in which way. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

const FORMAT = 2;
/** What may stand in a record, and is data of this list's. */
export const FILE_NAME = /^(?:leaves-[0-9a-z-]{1,80}\.txt|(?:snapshot|diff)-[0-9a-z-]{1,80}\.csv)$/;

/** Whether a base is a snapshot, as older programs wrote it. */
export function isSnapshot({ name }: StoredFile): boolean {
  return name.startsWith('snapshot-');
}

/** The version of which a base has the list. */
export function versionOf({ name }: StoredFile): number {
  return Number(name.split('-', 2)[1]);
}

export function formatRecord(record: ListRecord): string {
  return `${JSON.stringify({ format: FORMAT, ...record }, null, 1)}\n`;
}

/** Reads a record, strictly. Throws RecordError. */
export function parseRecord(text: string, list: ListId): ListRecord {
  const record = parseJson(text);
  // Format 1 knew no leaf files.
  if (record['format'] !== 1 && record['format'] !== FORMAT)
    throw new RecordError('it has another format: a newer chadan wrote it');
  if (record['list'] !== list) throw new RecordError('it is of another list');
  // Older programs wrote no epochs.
  const { issuer, manifest, keySet, etag, base, diffs, leftEpochs = [] } = record;
  if (typeof issuer !== 'string' || typeof manifest !== 'string' || typeof keySet !== 'string') {
    throw new RecordError('a signature is missing');
  }
  if (!isStoredFile(base) || !Array.isArray(diffs) || !diffs.every(isStoredDiff)) {
    throw new RecordError('it names no files');
  }
  if (!Array.isArray(leftEpochs) || !leftEpochs.every(isEpoch))
    throw new RecordError('it names what is no epoch');
  return {
    list,
    issuer,
    base,
    diffs,
    manifest,
    keySet,
    etag: typeof etag === 'string' ? etag : null,
    leftEpochs,
  };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // said below: where the text breaks off tells nobody anything
  }
  throw new RecordError('it is not JSON');
}

/** A name never leads out of the directory. */
function isStoredFile(value: unknown): value is StoredFile {
  const { name, bytes } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && FILE_NAME.test(name) && Number.isSafeInteger(bytes);
}

function isStoredDiff(value: unknown): value is StoredDiff {
  const { from, to } = (value ?? {}) as Record<string, unknown>;
  return isStoredFile(value) && Number.isSafeInteger(from) && Number.isSafeInteger(to);
}
