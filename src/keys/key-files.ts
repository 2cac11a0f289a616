// The exchange's own private keys, one file each under `<data>/keys`, readable by its user alone: `root.json`, which
// may be kept on another machine, `manifest*.json`, `token*.json` and `authenticator.json`. They are made at the first
// start of an exchange and by `chadan keys rotate`, never otherwise: a server that lost them must not invent new ones.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  exportPrivateJwk,
  generateKey,
  importPrivateJwk,
  type Jwk,
  readJwk,
  type SigningKey,
  thumbprint,
} from '../list/key-set.ts';
import { KeyRing } from './key-ring.ts';

/** What a key signs, by the beginning of its file's name: manifests or access tokens (format §8). */
export type KeyUse = 'manifest' | 'token';

export interface ServerKeys {
  /** The public half that everyone pins. */
  rootPublic: Jwk & { kid: string };
  /** Undefined where the root key is kept elsewhere: then key sets are signed there. */
  root: SigningKey | undefined;
  manifest: KeyRing;
  token: KeyRing;
}

/** Keys that are missing or unreadable; says which file, and quotes nothing of it. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
  readonly code = 'bad_key_file';
}

const ROOT = 'root.json';
const ROOT_PUBLIC = 'root.pub.json';
const OTHERS = 0o077;
const SECRET_BYTES = 32;

/**
 * Opens the keys of a server.
 * @param options create: make those that are missing, only while the exchange has no key set yet;
 *   warn: told of files that turn up later and cannot be read
 * @throws KeyFileError
 */
export async function openKeys(
  directory: string,
  { create, warn }: { create: boolean; warn: (message: string) => void },
): Promise<ServerKeys> {
  if (create) await mkdir(directory, { recursive: true, mode: 0o700 });
  const { root, rootPublic } = await openRoot(directory, create);
  const [manifest, token] = await Promise.all([
    openRing(directory, 'manifest', create, warn),
    openRing(directory, 'token', create, warn),
  ]);
  return { root, rootPublic, manifest, token };
}

/** Makes a further key under a name of its own, durable when this returns. It signs nothing yet. */
export async function createKeyFile(
  directory: string,
  use: KeyUse,
): Promise<{ key: SigningKey; file: string }> {
  const key = generateKey();
  const file = join(directory, `${use}-${key.kid}.json`);
  await writePrivate(file, key);
  return { key, file };
}

/**
 * The key that encrypts authenticator secrets, an `oct` JWK of 256 bits (RFC 7518 §6.4).
 * @param options create: make it where it is missing
 * @throws KeyFileError
 */
export async function openSecretKey(
  directory: string,
  { create }: { create: boolean },
): Promise<{ kid: string; bytes: Buffer }> {
  const file = join(directory, 'authenticator.json');
  if (create) await createOnce(file, { kty: 'oct', k: randomBytes(SECRET_BYTES).toString('base64url') });
  const text = await readOwn(file).catch((error: KeyFileError) => {
    throw isMissing(error) ? missing(file) : error;
  });
  const bytes = Buffer.from(parseJwk(text)?.['k'] ?? '', 'base64url');
  if (bytes.length !== SECRET_BYTES) throw new KeyFileError(`${file} holds no key of 256 bits`);
  const canonical = JSON.stringify({ k: bytes.toString('base64url'), kty: 'oct' });
  return { kid: createHash('sha256').update(canonical).digest('base64url'), bytes };
}

/** A private key of a file that its owner alone can read. Throws KeyFileError. */
export async function readPrivateKey(file: string): Promise<SigningKey> {
  const text = await readOwn(file);
  try {
    return importPrivateJwk(JSON.parse(text));
  } catch {
    // Without the cause: a parser's message may quote the key.
    throw new KeyFileError(`${file} holds no ES256 private key`);
  }
}

/** Writes a new private key, mode 0600; never over another file. Throws KeyFileError. */
export function writePrivate(file: string, key: SigningKey): Promise<void> {
  return writeOwn(file, exportPrivateJwk(key));
}

async function readOwn(file: string): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mode } = await handle.stat();
      if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
        throw new KeyFileError(`others can read ${file}: chmod 600 ${file}`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause;
    throw new KeyFileError(`cannot read ${file} (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

async function writeOwn(file: string, jwk: object): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(jwk, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new KeyFileError(`cannot write ${file} (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

function parseJwk(text: string): Partial<Record<string, string>> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's message may quote the key
  }
}

async function openRing(
  directory: string,
  use: KeyUse,
  create: boolean,
  warn: (message: string) => void,
): Promise<KeyRing> {
  if (create) await createOnce(join(directory, `${use}.json`), exportPrivateJwk(generateKey()));
  const ring = new KeyRing(directory, use, readPrivateKey, warn);
  await ring.load();
  if (ring.keys.length === 0) throw missing(join(directory, `${use}.json`));
  return ring;
}

async function openRoot(
  directory: string,
  create: boolean,
): Promise<Pick<ServerKeys, 'root' | 'rootPublic'>> {
  const file = join(directory, ROOT);
  let pinned = await readPublicKey(join(directory, ROOT_PUBLIC));
  if (create && !pinned) await createOnce(file, exportPrivateJwk(generateKey()));
  const root = await readPrivateKey(file).catch((error: KeyFileError) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (!root && !pinned) throw missing(file);
  if (root && !pinned) {
    // What stays here when the private half is taken away.
    await writeFile(join(directory, ROOT_PUBLIC), `${JSON.stringify(root.publicJwk, null, 2)}\n`, {
      mode: 0o644,
    });
    pinned = root.publicJwk;
  }
  const rootPublic = pinned as Jwk & { kid: string };
  if (root && thumbprint(root.publicJwk) !== thumbprint(rootPublic))
    throw new KeyFileError(`${join(directory, ROOT_PUBLIC)} is not the public half of ${file}`);
  return { root, rootPublic };
}

/** A public key of a file, under its thumbprint; undefined where there is no such file. Throws KeyFileError. */
export async function readPublicKey(file: string): Promise<(Jwk & { kid: string }) | undefined> {
  try {
    const { kty, crv, x, y } = readJwk(JSON.parse(await readFile(file, 'utf8')));
    const bare = { kty, crv, x, y };
    return { ...bare, kid: thumbprint(bare), alg: 'ES256', use: 'sig' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KeyFileError(`${file} holds no ES256 public key`);
  }
}

/** Makes a key file unless it is there; of two servers that start at once one makes it, and both read it. */
async function createOnce(file: string, jwk: object): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  await writeOwn(temporary, jwk);
  try {
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary);
  }
}

function isMissing({ cause }: KeyFileError): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

function missing(file: string): KeyFileError {
  return new KeyFileError(
    `cannot read ${file}: this exchange was founded with other keys; copy the keys directory of its first server here`,
  );
}
