// SQL on organisations, clients and their keys. They are only ever inserted; clients and keys are marked, never deleted.
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { ClientKey } from './public-key.ts';
import type { ClientRole, OrganizationKind } from './roles.ts';

export interface OrganizationRow {
  id: string;
  name: string;
  kind: OrganizationKind;
  createdAt: Date;
}

export interface ClientRow {
  id: string;
  organizationId: string;
  organization: string;
  name: string;
  role: ClientRole;
  /** Newest first. */
  keys: ClientKey[];
  createdAt: Date;
  revokedAt: Date | null;
}

/** What decides whether, and as what, a client may come in. */
export interface ClientState {
  organizationId: string;
  role: ClientRole;
  revoked: boolean;
  /** Tokens issued up to then are refused; null: none is. */
  tokensFrom: Date | null;
}

// Numbers of advisory locks are shared by all of one database: these are random, and identity's alone.
const KEY_LOCK = 1_480_326_741;
const ADMINISTRATOR_LOCK = 712_904_663_281;

const organizationColumns = sql<OrganizationRow>`id, name, kind, created_at as "createdAt"`;

function clients(where: RawBuilder<unknown>): RawBuilder<ClientRow> {
  return sql<ClientRow>`
    select c.id, c.organization_id as "organizationId", o.name as organization, c.name, c.role,
           c.created_at as "createdAt", c.revoked_at as "revokedAt",
           (select coalesce(jsonb_agg(k.jwk order by k.created_at desc, k.kid), '[]')
              from client_key k where k.client_id = c.id and k.removed_at is null) as keys
      from client c join organization o on o.id = c.organization_id ${where}`;
}

/** Undefined when the name is taken. */
export async function insertOrganization(
  db: Kysely<DB>,
  row: { name: string; kind: OrganizationKind; at: Date },
): Promise<OrganizationRow | undefined> {
  const { rows } = await sql<OrganizationRow>`
    insert into organization (name, kind, created_at) values (${row.name}, ${row.kind}, ${row.at})
    on conflict (name) do nothing returning ${organizationColumns}`.execute(db);
  return rows[0];
}

export async function selectOrganization(db: Kysely<DB>, id: string): Promise<OrganizationRow | undefined> {
  const { rows } = await sql<OrganizationRow>`
    select ${organizationColumns} from organization where id = ${id}`.execute(db);
  return rows[0];
}

/** The organisation of a kind that was registered first. */
export async function selectFirstOrganization(
  db: Kysely<DB>,
  kind: OrganizationKind,
): Promise<OrganizationRow | undefined> {
  const { rows } = await sql<OrganizationRow>`
    select ${organizationColumns} from organization where kind = ${kind} order by created_at, id limit 1`.execute(
    db,
  );
  return rows[0];
}

/** By name, after the organisation of this id. */
export async function selectOrganizations(
  db: Kysely<DB>,
  after: string | undefined,
  limit: number,
): Promise<OrganizationRow[]> {
  const where =
    after === undefined ? sql`` : sql`where name > (select name from organization where id = ${after})`;
  const { rows } = await sql<OrganizationRow>`
    select ${organizationColumns} from organization ${where} order by name limit ${limit}`.execute(db);
  return rows;
}

/** The new client's id; undefined when the organisation has a client of this name. */
export async function insertClient(
  db: Kysely<DB>,
  row: { organizationId: string; name: string; role: ClientRole; at: Date },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into client (organization_id, name, role, created_at)
    values (${row.organizationId}, ${row.name}, ${row.role}, ${row.at})
    on conflict (organization_id, name) do nothing returning id`.execute(db);
  return rows[0]?.id;
}

export async function insertClientKey(
  db: Kysely<DB>,
  clientId: string,
  key: ClientKey,
  at: Date,
): Promise<void> {
  await sql`
    insert into client_key (client_id, kid, jwk, created_at)
    values (${clientId}, ${key.kid}, ${JSON.stringify(key)}::jsonb, ${at})`.execute(db);
}

/** Holds, until the transaction ends, everyone else off who would register this key. */
export async function lockKey(db: Kysely<DB>, kid: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${KEY_LOCK}::int, hashtext(${kid}))`.execute(db);
}

/** Marks a key as removed, and all tokens issued so far as refused. */
export async function markKeyRemoved(db: Kysely<DB>, clientId: string, kid: string, at: Date): Promise<void> {
  await sql`update client_key set removed_at = ${at} where client_id = ${clientId} and kid = ${kid}`.execute(
    db,
  );
  await sql`update client set tokens_from = ${at} where id = ${clientId}`.execute(db);
}

/** The client that has this key, a revoked or removed one too: it may have been stolen. */
export async function selectKeyOwner(db: Kysely<DB>, kid: string): Promise<string | undefined> {
  const { rows } = await sql<{
    client_id: string;
  }>`select client_id from client_key where kid = ${kid}`.execute(db);
  return rows[0]?.client_id;
}

export async function selectClient(db: Kysely<DB>, id: string): Promise<ClientRow | undefined> {
  const { rows } = await clients(sql`where c.id = ${id}`).execute(db);
  return rows[0];
}

/** The client; nobody else changes it until the transaction ends. */
export async function selectClientForUpdate(db: Kysely<DB>, id: string): Promise<ClientRow | undefined> {
  const { rows } = await clients(sql`where c.id = ${id} for update of c`).execute(db);
  return rows[0];
}

/** In the order they were registered, after the client of this id. */
export async function selectClients(
  db: Kysely<DB>,
  after: string | undefined,
  limit: number,
): Promise<ClientRow[]> {
  const where =
    after === undefined
      ? sql``
      : sql`where (c.created_at, c.id) > (select created_at, id from client where id = ${after})`;
  const { rows } = await clients(sql`${where} order by c.created_at, c.id limit ${limit}`).execute(db);
  return rows;
}

/** False when there is no such client. The time of a first revocation stays. */
export async function revoke(db: Kysely<DB>, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update client set revoked_at = coalesce(revoked_at, ${at}) where id = ${id} returning id`.execute(db);
  return rows.length > 0;
}

export async function selectClientState(db: Kysely<DB>, id: string): Promise<ClientState | undefined> {
  const { rows } = await sql<ClientState>`
    select organization_id as "organizationId", role, revoked_at is not null as revoked, tokens_from as "tokensFrom"
      from client where id = ${id}`.execute(db);
  return rows[0];
}

/** The keys to try on an assertion: the one that it names first, then the newest. */
export async function selectKeysToTry(
  db: Kysely<DB>,
  clientId: string,
  kid: string,
  limit: number,
): Promise<ClientKey[]> {
  const { rows } = await sql<{ jwk: ClientKey }>`
    select jwk from client_key where client_id = ${clientId} and removed_at is null
     order by kid = ${kid} desc, created_at desc, kid limit ${limit}`.execute(db);
  return rows.map((row) => row.jwk);
}

/**
 * Admits an assertion in one statement, hence one transaction: the client is not revoked and the jti is new, or
 * nothing comes back. Of two at the same instant the second waits for the first and then finds its row.
 * Each also takes away two rows that expired, so the table holds about as many as are alive.
 */
export async function admitAssertion(
  db: Kysely<DB>,
  use: { clientId: string; jti: string; expiresAt: Date; purgeBefore: Date },
): Promise<ClientState | undefined> {
  const { rows } = await sql<ClientState>`
    with purged as (
      delete from used_assertion where (client_id, jti) in (
        select client_id, jti from used_assertion where expires_at < ${use.purgeBefore}
         order by expires_at limit 2 for update skip locked)
    ), admitted as (
      insert into used_assertion (client_id, jti, expires_at)
      select id, ${use.jti}, ${use.expiresAt} from client where id = ${use.clientId} and revoked_at is null
      on conflict do nothing returning client_id
    )
    select c.organization_id as "organizationId", c.role, false as revoked, c.tokens_from as "tokensFrom"
      from client c join admitted a on a.client_id = c.id`.execute(db);
  return rows[0];
}

/** Until the transaction ends, no other server looks for or makes the first administrator. */
export async function lockAdministrator(db: Kysely<DB>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADMINISTRATOR_LOCK}::bigint)`.execute(db);
}

export async function hasAdministrator(db: Kysely<DB>): Promise<boolean> {
  const { rows } = await sql`
    select 1 from client where role = 'admin' and revoked_at is null limit 1`.execute(db);
  return rows.length > 0;
}

/** Which of these clients are revoked, or are none at all. */
export async function selectRevoked(db: Kysely<DB>, clientIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from client where id = any(${clientIds}::uuid[]) and revoked_at is null`.execute(db);
  const good = new Set(rows.map(({ id }) => id));
  return new Set(clientIds.filter((id) => !good.has(id)));
}
