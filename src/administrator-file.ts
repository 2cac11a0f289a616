// The credentials file of the first administrator: written before the client comes into being, and kept true to the
// issuer, which on a free port is another one at each start.
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Database } from './database/connection.ts';
import { ensureAdministrator } from './identity/administrator.ts';
import type { ServerKeys } from './keys/key-files.ts';

/** Makes the administrator where there is none; whether it did. */
export async function makeAdministrator(
  database: Database,
  now: () => Date,
  file: string,
  issuer: string,
  keys: ServerKeys,
): Promise<boolean> {
  const rootKey = keys.rootPublic;
  const made = await ensureAdministrator({
    db: database.db,
    now,
    keep: ({ clientId, privateKey }) => keepCredentials(file, { issuer, clientId, privateKey, rootKey }),
  });
  if (made) return true;
  // Our own file follows the issuer: a server on a free port has another one at each start.
  const held = await readFile(file, 'utf8').catch(() => undefined); // it may have been moved to a safe place
  if (held === undefined) return false;
  const credentials = JSON.parse(held) as { issuer: string };
  if (credentials.issuer !== issuer) await keepCredentials(file, { ...credentials, issuer });
  return false;
}

/** Written beside and renamed: the file is whole or not there. */
async function keepCredentials(file: string, credentials: object): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(temporary, file);
}
