// Whom a directory believes: the root key pinned at the first sync, and the key set that it signed. Everything
// from the exchange or from disk passes here before it counts for anything.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPublicKey, type Pinned } from '../client/credentials.ts';
import type { ListId } from '../list/entry.ts';
import { FormatError, type FormatErrorCode } from '../list/format-error.ts';
import { type Jwk, type KeySet, readJwk, thumbprint, verifyKeySet } from '../list/key-set.ts';
import { type Manifest, verifyManifest } from '../list/manifest.ts';
import { replaceFile } from './durable-file.ts';
import type { ListRecord } from './list-record.ts';
import { SyncError, type SyncErrorCode } from './sync-error.ts';
import { withWriterLock } from './writer-lock.ts';

/** A key set that was verified, with its signed text. */
export interface TrustedKeySet {
  jws: string;
  keySet: KeySet;
}

/** A manifest that was verified, with its signed text and that of the key set which vouches for it. */
export interface TrustedManifest {
  jws: string;
  keySetJws: string;
  manifest: Manifest;
  /** What the exchange called this answer; null where it did not. */
  etag: string | null;
}

const ROOT = 'root.jwk';
const KEY_SET = 'key-set.jwt';
/** A key set is renewed when less than this share of its life is left. */
const RENEW_SHARE = 0.2;

export class Trust {
  readonly #directory: string;
  readonly #root: Jwk;

  private constructor(directory: string, root: Jwk) {
    this.#directory = directory;
    this.#root = root;
  }

  /** The pinned root key. */
  get rootKey(): Jwk {
    return this.#root;
  }

  /**
   * Trust as the directory is pinned; `nothing_held` where it is not pinned yet.
   * @throws SyncError `root_changed` where the credentials pin another root key
   */
  static async open(directory: string, credentials?: Pinned): Promise<Trust> {
    const pinned = await readPinned(directory);
    if (pinned === undefined)
      throw new SyncError('nothing_held', `${directory} holds no list yet: run chadan sync`);
    if (credentials && thumbprint(credentials.rootKey) !== thumbprint(pinned)) {
      throw new SyncError(
        'root_changed',
        `${directory} trusts another root key than the credentials: use another directory, or find out why`,
      );
    }
    return new Trust(directory, pinned);
  }

  /** As `open`; pins the credentials' root key where none is pinned yet. */
  static async pin(directory: string, credentials: Pinned): Promise<Trust> {
    if ((await readPinned(directory)) === undefined) {
      await writing(directory, async () => {
        await mkdir(directory, { recursive: true });
        await withWriterLock(directory, async () => {
          // Another process may have pinned meanwhile: the first one stands.
          if ((await readPinned(directory)) !== undefined) return;
          await replaceFile(join(directory, ROOT), `${JSON.stringify(readJwk(credentials.rootKey))}\n`);
        });
      });
    }
    return Trust.open(directory, credentials);
  }

  /** The manifest of a record, verified from the root on; its age does not matter. Throws SyncError `store_corrupt`. */
  verifyRecord(record: ListRecord, corrupt: (reason: string, cause: unknown) => SyncError): TrustedManifest {
    try {
      const { issuer, list } = record;
      // In force is what was good when it was taken: expiry is reported as staleness, not as a broken store.
      const { keys } = verifyKeySet(record.keySet, this.#root, { issuer, minimumSequence: 0, nowSeconds: 0 });
      const manifest = verifyManifest(record.manifest, { keys, issuer, list });
      return { jws: record.manifest, keySetJws: record.keySet, manifest, etag: record.etag };
    } catch (error) {
      throw error instanceof FormatError
        ? corrupt(`its signatures do not hold: ${error.message}`, error)
        : error;
    }
  }

  /** The key set in force, undefined where there is none that is good now. */
  async readKeySet(issuer: string, nowSeconds: number): Promise<TrustedKeySet | undefined> {
    const stored = await this.#readStored(issuer);
    return stored && nowSeconds < stored.keySet.exp ? stored : undefined;
  }

  /** Whether a key set should be fetched anew before it expires. */
  expiresSoon({ keySet }: TrustedKeySet, nowSeconds: number): boolean {
    return nowSeconds > keySet.exp - (keySet.exp - keySet.iat) * RENEW_SHARE;
  }

  /**
   * Takes a key set from the exchange: verified with the root, never older than one accepted before.
   * @throws SyncError `key_set_refused`, `key_set_rollback`, `key_set_expired`, `wrong_issuer`
   */
  async acceptKeySet(jws: string, issuer: string, nowSeconds: number, list: ListId): Promise<TrustedKeySet> {
    const accept = async (): Promise<TrustedKeySet> => {
      const stored = await this.#readStored(issuer);
      // format §8: a sequence lower than the last that was accepted is refused.
      const minimumSequence = stored?.keySet.sequence ?? 0;
      const keySet = verified('key_set_refused', list, () =>
        verifyKeySet(jws, this.#root, { issuer, minimumSequence, nowSeconds }),
      );
      if (jws !== stored?.jws) await replaceFile(join(this.#directory, KEY_SET), `${jws}\n`);
      return { jws, keySet };
    };
    return writing(this.#directory, () => withWriterLock(this.#directory, accept));
  }

  /**
   * Verifies a manifest from the exchange; undefined where its key is not in the key set: a newer one may have it.
   * @throws SyncError `manifest_refused`, `wrong_issuer`
   */
  verifyManifest(
    jws: string,
    etag: string | null,
    { jws: keySetJws, keySet }: TrustedKeySet,
    list: ListId,
  ): TrustedManifest | undefined {
    const { keys, iss: issuer } = keySet;
    return verified('manifest_refused', list, () => {
      try {
        return { jws, keySetJws, manifest: verifyManifest(jws, { keys, issuer, list }), etag };
      } catch (error) {
        if (error instanceof FormatError && error.code === 'unknown_kid') return undefined;
        throw error;
      }
    });
  }

  async #readStored(issuer: string): Promise<TrustedKeySet | undefined> {
    const jws = (await readText(join(this.#directory, KEY_SET)))?.trim();
    if (jws === undefined) return undefined;
    try {
      return { jws, keySet: verifyKeySet(jws, this.#root, { issuer, minimumSequence: 0, nowSeconds: 0 }) };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (error.code !== 'wrong_issuer') return undefined; // damaged: as good as none, it is fetched again
      const message = `${this.#directory} holds the lists of another exchange: use another directory`;
      throw new SyncError('wrong_issuer', message, { cause: error });
    }
  }
}

const OWN_CODE: Partial<Record<FormatErrorCode, SyncErrorCode>> = {
  wrong_issuer: 'wrong_issuer',
  key_set_rollback: 'key_set_rollback',
  key_set_expired: 'key_set_expired',
};

function verified<T>(code: 'key_set_refused' | 'manifest_refused', list: ListId, verify: () => T): T {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const what = code === 'key_set_refused' ? 'the key set' : 'the manifest';
    throw new SyncError(OWN_CODE[error.code] ?? code, `${what} is refused: ${error.message}`, {
      list,
      cause: error,
    });
  }
}

async function readPinned(directory: string): Promise<Jwk | undefined> {
  const text = await readText(join(directory, ROOT));
  if (text === undefined) return undefined;
  try {
    const jwk: unknown = JSON.parse(text);
    if (isPublicKey(jwk)) return jwk;
  } catch {
    // said below
  }
  throw new SyncError(
    'store_corrupt',
    `${join(directory, ROOT)} is no public key: start with an empty directory`,
  );
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SyncError('store_failed', `cannot read ${path} (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}

async function writing<T>(directory: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof SyncError || syscall === undefined) throw error;
    throw new SyncError('store_failed', `cannot ${syscall} in ${directory} (${code})`, { cause: error });
  }
}
