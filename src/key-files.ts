// The exchange's own private keys, one file each under `<data>/keys`, readable by its user alone. They are made
// at the first start of an exchange, never afterwards: a server that lost them must not invent new ones.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportPrivateJwk, generateKey, importPrivateJwk, type SigningKey } from './list/key-set.ts';

const NAMES = ['root', 'manifest', 'token'] as const;

/** Signs key sets; signs manifests; signs access tokens (format §8: each with a key of its own). */
export type ServerKeys = Record<(typeof NAMES)[number], SigningKey>;

/** Keys that are missing or unreadable; says which file. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/**
 * Loads the keys.
 * @param create make those that are missing: only while the exchange has no key set yet
 * @throws KeyFileError
 */
export async function loadKeys(directory: string, create: boolean): Promise<ServerKeys> {
  if (create) await mkdir(directory, { recursive: true, mode: 0o700 });
  const keys = await Promise.all(
    NAMES.map(async (name) => [name, await loadKey(join(directory, `${name}.json`), create)]),
  );
  return Object.fromEntries(keys) as ServerKeys;
}

async function loadKey(path: string, create: boolean): Promise<SigningKey> {
  if (create) await createKey(path);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new KeyFileError(
      `cannot read ${path}: this exchange was founded with other keys; copy the keys directory of its first server here`,
      { cause },
    );
  }
  try {
    return importPrivateJwk(JSON.parse(text));
  } catch {
    // Without the cause: a parser's message may quote the key.
    throw new KeyFileError(`${path} holds no ES256 private key`);
  }
}

/** Makes a key file unless it is there; of two servers that start at once one makes it, and both read it. */
async function createKey(path: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(exportPrivateJwk(generateKey()), null, 2)}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary);
  }
}
