// Who comes in first: the administrator's credentials for programs, and an invitation for a person. Both are files
// that nobody else may read; they are written before what they stand for comes into being.
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { DB } from './database/generated/schema.ts';
import { ensureAdministrator } from './identity/administrator.ts';
import { ensureInvitation } from './identity/first-administrator.ts';
import type { PeopleDeps } from './identity/people.ts';
import type { ServerKeys } from './keys/key-files.ts';

/** Makes the first client where there is none; true when it was made now. */
export async function makeAdministrator(
  db: Kysely<DB>,
  now: () => Date,
  file: string,
  issuer: string,
  keys: ServerKeys,
): Promise<boolean> {
  const rootKey = keys.rootPublic;
  const made = await ensureAdministrator({
    db,
    now,
    keep: ({ clientId, privateKey }) => keepJson(file, { issuer, clientId, privateKey, rootKey }),
  });
  if (made) return true;
  // Our own file follows the issuer: a server on a free port has another one at each start.
  const held = await readFile(file, 'utf8').catch(() => undefined); // it may have been moved to a safe place
  if (held === undefined) return false;
  const credentials = JSON.parse(held) as { issuer: string };
  if (credentials.issuer !== issuer) await keepJson(file, { ...credentials, issuer });
  return false;
}

/** Invites a person as administrator while none can sign in; true when the file holds such an invitation. */
export async function inviteAdministrator(people: PeopleDeps, file: string): Promise<boolean> {
  const held = await readFile(file, 'utf8').catch(() => ''); // none is there at first
  return ensureInvitation(people, held.startsWith(`${people.issuer}/#`), ({ url }) => keep(file, `${url}\n`));
}

function keepJson(file: string, value: object): Promise<void> {
  return keep(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Written beside and renamed: the file is whole or not there. */
async function keep(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  await rename(temporary, file);
}
