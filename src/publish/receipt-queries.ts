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
  /** Null: of another epoch, which cannot be compared. */
  matches: boolean | null;
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
  /** The newest receipt; null when there is none. */
  epoch: string | null;
  version: number | null;
  matches: boolean | null;
  receivedAt: Date | null;
  /** Whether that receipt is of the present epoch. */
  isPresent: boolean | null;
  /** When the first version that it lacks was published; null when it lacks none. */
  behindSince: Date | null;
  /** The newest receipt that was wrong. */
  wrongAt: Date | null;
  pulledAt: Date | null;
  followedAt: Date | null;
}

/** Every relay client with its newest receipt of each list, and when it last came. */
export async function selectRelays(db: Kysely<DB>): Promise<RelayRow[]> {
  const { rows } = await sql<RelayRow>`
    select c.id as "clientId", o.name as organization, c.name, l.id as list, l.version as current,
           r.epoch, r.version, r.matches, r.received_at as "receivedAt", r.epoch = l.epoch as "isPresent",
           v.published_at as "behindSince", w.received_at as "wrongAt",
           k.pulled_at as "pulledAt", k.followed_at as "followedAt"
    from client c
    join organization o on o.id = c.organization_id
    cross join list l
    left join lateral (
      select epoch, version, matches, received_at from receipt
      where client_id = c.id and list_id = l.id
      order by id desc limit 1
    ) r on true
    left join lateral (
      select received_at from receipt
      where client_id = c.id and list_id = l.id and not matches
      order by id desc limit 1
    ) w on true
    left join version v on v.list_id = l.id and v.epoch = l.epoch and r.epoch = l.epoch and v.version = r.version::bigint + 1
    left join relay_contact k on k.client_id = c.id and k.list_id = l.id
    where c.role = 'relay' and c.revoked_at is null
    order by o.name, c.name, l.id`.execute(db);
  return rows;
}

export interface ContactRow {
  clientId: string;
  list: string;
  pulledAt: Date | null;
  followedAt: Date | null;
}

/** Keeps the later of what is known and what is new; in one order, so that two servers do not wait for each other. */
export async function upsertContacts(db: Kysely<DB>, contacts: readonly ContactRow[]): Promise<void> {
  if (contacts.length === 0) return;
  await sql`
    insert into relay_contact as known (client_id, list_id, pulled_at, followed_at)
    select * from unnest(${contacts.map((one) => one.clientId)}::uuid[], ${contacts.map((one) => one.list)}::text[],
                         ${contacts.map((one) => one.pulledAt)}::timestamptz[],
                         ${contacts.map((one) => one.followedAt)}::timestamptz[]) as t(client_id, list_id, pulled_at, followed_at)
    order by client_id, list_id
    on conflict (client_id, list_id) do update
      set pulled_at = greatest(known.pulled_at, excluded.pulled_at),
          followed_at = greatest(known.followed_at, excluded.followed_at)`.execute(db);
}
