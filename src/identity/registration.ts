// Who is registered as what. A refusal is a value with a code of the contract; nothing is written then.
import type { Kysely } from 'kysely';
import { changesOf, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import { parseId } from './id.ts';
import { type ClientKey, readPublicKey } from './public-key.ts';
import {
  type ClientRow,
  insertClient,
  insertClientKey,
  insertOrganization,
  lockKey,
  markKeyRemoved,
  type OrganizationRow,
  revoke,
  selectClient,
  selectClientForUpdate,
  selectKeyOwner,
  selectOrganization,
} from './queries.ts';
import { type ClientRole, describeMisfit, type OrganizationKind } from './roles.ts';

export class Refusal {
  readonly code:
    | 'not_found'
    | 'already_exists'
    | 'role_does_not_fit'
    | 'client_revoked'
    | 'invalid_key'
    | 'last_key';
  readonly detail: string;

  constructor(code: Refusal['code'], detail: string) {
    this.code = code;
    this.detail = detail;
  }
}

export interface NewClient {
  organizationId: string;
  name: string;
  role: ClientRole;
  /** A public JWK, unchecked. */
  publicKey: object;
}

const NO_ORGANIZATION = new Refusal('not_found', 'There is no such organisation.');
const NO_CLIENT = new Refusal('not_found', 'There is no such client.');
const BAD_KEY = new Refusal('invalid_key', 'is no public key on the curve P-256');
const NO_KEY = new Refusal('not_found', 'This client has no such key.');
const LAST_KEY = new Refusal('last_key', 'It is the only key of this client: revoke the client instead.');
// Two clients with one key could sign for each other; and the key of a revoked one may be stolen.
const KEY_TAKEN = new Refusal(
  'already_exists',
  'This key is registered already: make a new one for each client.',
);

/** Registers an organisation under a name that is not taken. */
export function registerOrganization(
  db: Kysely<DB>,
  author: Author,
  organization: { name: string; kind: OrganizationKind },
  at: Date,
): Promise<OrganizationRow | Refusal> {
  return db.transaction().execute(async (transaction) => {
    const row = await insertOrganization(transaction, { ...organization, at });
    if (!row) return new Refusal('already_exists', 'There is an organisation of this name already.');
    const changes = changesOf(null, organization);
    await recordAct(transaction, author, { target: `organizations/${row.id}`, at, changes });
    return row;
  });
}

/** Registers a client with its first key. */
export async function registerClient(
  db: Kysely<DB>,
  author: Author,
  client: NewClient,
  at: Date,
): Promise<ClientRow | Refusal> {
  const key = readPublicKey(client.publicKey);
  if (!key) return BAD_KEY;
  const organizationId = parseId(client.organizationId);
  if (organizationId === undefined) return NO_ORGANIZATION;
  return db.transaction().execute(async (transaction) => {
    const organization = await selectOrganization(transaction, organizationId);
    if (!organization) return NO_ORGANIZATION;
    const misfit = describeMisfit(client.role, organization.kind);
    if (misfit) return new Refusal('role_does_not_fit', misfit);
    if (await isKeyTaken(transaction, key)) return KEY_TAKEN;
    const id = await insertClient(transaction, { ...client, at });
    if (id === undefined)
      return new Refusal('already_exists', 'This organisation has a client of this name already.');
    await insertClientKey(transaction, id, key, at);
    const { name, role } = client;
    const changes = changesOf(null, { organizationId, name, role, key: key.kid });
    await recordAct(transaction, author, { target: `clients/${id}`, at, changes });
    return (await selectClient(transaction, id)) ?? NO_CLIENT;
  });
}

/** Registers a further key; the ones before it stay good. */
export async function registerKey(
  db: Kysely<DB>,
  author: Author,
  id: string,
  publicKey: object,
  at: Date,
): Promise<ClientRow | Refusal> {
  const key = readPublicKey(publicKey);
  if (!key) return BAD_KEY;
  const clientId = parseId(id);
  if (clientId === undefined) return NO_CLIENT;
  return db.transaction().execute(async (transaction) => {
    const client = await selectClientForUpdate(transaction, clientId);
    if (!client) return NO_CLIENT;
    if (client.revokedAt) return new Refusal('client_revoked', 'A revoked client gets no further key.');
    if (await isKeyTaken(transaction, key)) return KEY_TAKEN;
    await insertClientKey(transaction, clientId, key, at);
    const changes = changesOf(null, { key: key.kid });
    await recordAct(transaction, author, { target: `clients/${clientId}`, at, changes });
    return (await selectClient(transaction, clientId)) ?? NO_CLIENT;
  });
}

/** Removes a key of a client; undefined when that is done. */
export async function removeKey(
  db: Kysely<DB>,
  author: Author,
  id: string,
  kid: string,
  at: Date,
): Promise<Refusal | undefined> {
  const clientId = parseId(id);
  if (clientId === undefined) return NO_CLIENT;
  return db.transaction().execute(async (transaction) => {
    const client = await selectClientForUpdate(transaction, clientId);
    if (!client) return NO_CLIENT;
    if (!client.keys.some((key) => key.kid === kid)) return NO_KEY;
    if (client.keys.length === 1) return LAST_KEY;
    await markKeyRemoved(transaction, clientId, kid, at);
    const changes = changesOf(null, { keyRemoved: kid });
    await recordAct(transaction, author, { target: `clients/${clientId}`, at, changes });
    return undefined;
  });
}

/** Revokes a client for good; false when there is none. */
export function revokeClient(db: Kysely<DB>, author: Author, clientId: string, at: Date): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    if (!(await revoke(transaction, clientId, at))) return false;
    const changes = changesOf(null, { revoked: true });
    await recordAct(transaction, author, { target: `clients/${clientId}`, at, changes });
    return true;
  });
}

async function isKeyTaken(transaction: Kysely<DB>, key: ClientKey): Promise<boolean> {
  await lockKey(transaction, key.kid);
  return (await selectKeyOwner(transaction, key.kid)) !== undefined;
}
