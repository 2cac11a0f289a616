// SQL on what relays acknowledged.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';

export interface ReceiptRow {
  list: string;
  clientId: string;
  epoch: string;
  version: number;
  digest: string;
  count: number;
  matches: boolean;
  issuedAt: Date;
  receivedAt: Date;
  jws: string;
}

export async function insertReceipt(db: Kysely<DB>, row: ReceiptRow): Promise<void> {
  await db
    .insertInto('receipt')
    .values({
      list_id: row.list,
      client_id: row.clientId,
      epoch: row.epoch,
      version: row.version,
      digest: row.digest,
      count: row.count,
      matches: row.matches,
      issued_at: row.issuedAt,
      received_at: row.receivedAt,
      jws: row.jws,
    })
    .execute();
}

export function selectClientKeys(db: Kysely<DB>, clientId: string) {
  return db
    .selectFrom('client_key')
    .select('jwk')
    .where('client_id', '=', clientId)
    .where('removed_at', 'is', null)
    .execute();
}

export interface RelayRow {
  clientId: string;
  organization: string;
  name: string;
  list: string;
  current: number;
  version: number | null;
  matches: boolean | null;
  receivedAt: Date | null;
  /** When the first version that it lacks was published; null when it lacks none. */
  behindSince: Date | null;
}

/** Every relay client with its newest receipt of each list; receipts of another epoch count as none. */
export async function selectRelays(db: Kysely<DB>): Promise<RelayRow[]> {
  const { rows } = await sql<RelayRow>`
    select c.id as "clientId", o.name as organization, c.name, l.id as list, l.version as current,
           r.version, r.matches, r.received_at as "receivedAt", v.published_at as "behindSince"
    from client c
    join organization o on o.id = c.organization_id
    cross join list l
    left join lateral (
      select version, matches, received_at from receipt
      where client_id = c.id and list_id = l.id and epoch = l.epoch
      order by id desc limit 1
    ) r on true
    left join version v on v.list_id = l.id and v.epoch = l.epoch and v.version = coalesce(r.version, 0) + 1
    where c.role = 'relay' and c.revoked_at is null
    order by o.name, c.name, l.id`.execute(db);
  return rows;
}
