// SQL on passkeys.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export interface PasskeyRow {
  id: string;
  personId: string;
  credentialId: string;
  publicKey: Buffer;
  signCount: number;
  name: string;
  createdAt: Date;
  usedAt: Date | null;
}

const columns = sql<PasskeyRow>`
  id, person_id as "personId", credential_id as "credentialId", public_key as "publicKey", sign_count as "signCount",
  name, created_at as "createdAt", used_at as "usedAt"`;

export async function selectPasskeys(db: Kysely<DB>, personId: string): Promise<PasskeyRow[]> {
  const { rows } = await sql<PasskeyRow>`
    select ${columns} from passkey where person_id = ${personId} order by created_at, id`.execute(db);
  return rows;
}

export async function selectPasskey(db: Kysely<DB>, credentialId: string): Promise<PasskeyRow | undefined> {
  const { rows } = await sql<PasskeyRow>`
    select ${columns} from passkey where credential_id = ${credentialId}`.execute(db);
  return rows[0];
}

/** Undefined when the credential is registered already. */
export async function insertPasskey(
  db: Kysely<DB>,
  row: Omit<PasskeyRow, 'id' | 'usedAt'>,
): Promise<PasskeyRow | undefined> {
  const { rows } = await sql<PasskeyRow>`
    insert into passkey (person_id, credential_id, public_key, sign_count, name, created_at)
    values (${row.personId}, ${row.credentialId}, ${row.publicKey}, ${row.signCount}, ${row.name}, ${row.createdAt})
    on conflict (credential_id) do nothing returning ${columns}`.execute(db);
  return rows[0];
}

export async function markPasskeyUsed(
  db: Kysely<DB>,
  id: string,
  signCount: number,
  at: Date,
): Promise<void> {
  await sql`update passkey set sign_count = ${signCount}, used_at = ${at} where id = ${id}`.execute(db);
}

export async function deletePasskey(db: Kysely<DB>, personId: string, id: string): Promise<boolean> {
  const { rows } = await sql`
    delete from passkey where person_id = ${personId} and id = ${id} returning id`.execute(db);
  return rows.length > 0;
}
