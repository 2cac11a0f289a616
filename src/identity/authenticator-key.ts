// The key of the authenticator secrets: every server has the same, and the database says which. What rests there
// unencrypted, from a time before the key, is encrypted at the start.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { AuthenticatorSecrets } from './authenticator-secrets.ts';

export interface SecretKey {
  /** RFC 7638 thumbprint. */
  kid: string;
  bytes: Buffer;
}

/**
 * Opens the secrets with the key that the database names; the first server names its own.
 * @param readKey this server's key; `create` makes it where it is missing
 * @throws Error where this server holds another key
 */
export async function openAuthenticatorSecrets(
  db: Kysely<DB>,
  now: Date,
  readKey: (options: { create: boolean }) => Promise<SecretKey>,
): Promise<AuthenticatorSecrets> {
  const named = await selectKid(db);
  const { kid, bytes } = await readKey({ create: named === undefined });
  if (named === undefined)
    await sql`
      insert into authenticator_key (kid, registered_at) values (${kid}, ${now}) on conflict do nothing`.execute(
      db,
    );
  if ((await selectKid(db)) !== kid)
    throw new Error(
      'authenticator.json is not the key of this exchange: copy the file of its first server into the keys directory',
    );
  const secrets = new AuthenticatorSecrets(bytes);
  await sealPlain(db, secrets);
  return secrets;
}

async function selectKid(db: Kysely<DB>): Promise<string | undefined> {
  return (await db.selectFrom('authenticator_key').select('kid').executeTakeFirst())?.kid;
}

/** Base32 has no full stop; whatever is encrypted has one. Two servers that start at once do it one after the other. */
async function sealPlain(db: Kysely<DB>, secrets: AuthenticatorSecrets): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const people = await sql<{ id: string; secret: string }>`
      select id, totp_secret as secret from person where totp_secret not like '%.%' for update`.execute(trx);
    for (const { id, secret } of people.rows)
      await sql`update person set totp_secret = ${secrets.seal(id, secret)} where id = ${id}`.execute(trx);
    const invitations = await sql<{ id: string; secret: string }>`
      select person_id as id, totp_secret as secret from invitation where totp_secret not like '%.%' for update`.execute(
      trx,
    );
    for (const { id, secret } of invitations.rows)
      await sql`update invitation set totp_secret = ${secrets.seal(id, secret)} where person_id = ${id}`.execute(
        trx,
      );
  });
}
