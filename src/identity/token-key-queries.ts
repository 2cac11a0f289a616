// SQL on the public halves of the keys that sign access tokens.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { ClientKey } from './public-key.ts';

export interface TokenKeyRow {
  kid: string;
  jwk: ClientKey;
  createdAt: Date;
}

/** Those that are accepted, the newest first. */
export async function selectTokenKeys(db: Kysely<DB>): Promise<TokenKeyRow[]> {
  const { rows } = await sql<TokenKeyRow>`
    select kid, jwk, created_at as "createdAt" from token_key
     where removed_at is null order by created_at desc, kid`.execute(db);
  return rows;
}

/** Whether any was ever registered, removed ones too. */
export async function hasTokenKeys(db: Kysely<DB>): Promise<boolean> {
  const { rows } = await sql`select 1 from token_key limit 1`.execute(db);
  return rows.length > 0;
}

/** False when this key is there already, or was and is removed. */
export async function insertTokenKey(db: Kysely<DB>, key: ClientKey, at: Date): Promise<boolean> {
  const { rows } = await sql`
    insert into token_key (kid, jwk, created_at) values (${key.kid}, ${JSON.stringify(key)}::jsonb, ${at})
    on conflict do nothing returning kid`.execute(db);
  return rows.length > 0;
}

/** False when there is no such key, or it is removed already. */
export async function markTokenKeyRemoved(db: Kysely<DB>, kid: string, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update token_key set removed_at = ${at} where kid = ${kid} and removed_at is null returning kid`.execute(
    db,
  );
  return rows.length > 0;
}
