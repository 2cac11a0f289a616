// Contract ↔ domain for organisations, clients and tokens. No rule is made here.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { notFound, Problem } from '../http/problem.ts';
import { lifeSeconds, signAccessToken, type TokenSettings } from './access-token.ts';
import { authenticateClient } from './assertion.ts';
import { parseId } from './id.ts';
import { OAuthError } from './oauth-error.ts';
import {
  type ClientRow,
  type OrganizationRow,
  selectClient,
  selectClients,
  selectOrganization,
  selectOrganizations,
} from './queries.ts';
import {
  Refusal,
  registerClient,
  registerKey,
  registerOrganization,
  removeKey,
  revokeClient,
} from './registration.ts';
import { ALL_SCOPES, grantScopes, scopesOf } from './roles.ts';
import { tokenKeyHandlers } from './token-key-handlers.ts';
import type { TokenKeyStore } from './token-keys.ts';

type Schemas = components['schemas'];

export interface IdentityDeps extends TokenSettings {
  db: Kysely<DB>;
  now: () => Date;
  tokenKeys: TokenKeyStore;
  /** Told of each client revoked here, and of each that lost a key; give `Authenticator.forget`, so that this instance knows at once. */
  onRevoked?: (clientId: string) => void;
}

export type IdentityHandlers = Pick<
  Handlers,
  | 'createToken'
  | 'getAuthorizationServerMetadata'
  | 'getTokenKeys'
  | 'createOrganization'
  | 'listOrganizations'
  | 'createClient'
  | 'listClients'
  | 'revokeClient'
  | 'addClientKey'
  | 'removeClientKey'
  | keyof ReturnType<typeof tokenKeyHandlers>
>;

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export function identityHandlers(deps: IdentityDeps): IdentityHandlers {
  return {
    ...tokenHandlers(deps),
    ...tokenKeyHandlers(deps),
    ...organizationHandlers(deps),
    ...clientHandlers(deps),
  };
}

function tokenHandlers(deps: IdentityDeps): Pick<Handlers, 'createToken' | 'getAuthorizationServerMetadata'> {
  const metadata = toMetadata(deps.issuer);
  return {
    createToken: async ({ body }) => ({
      status: 200,
      headers: { 'Cache-Control': 'no-store' },
      body: await issueToken(deps, body),
    }),
    getAuthorizationServerMetadata: async () => ({ status: 200, body: metadata }),
  };
}

function organizationHandlers({
  db,
  now,
}: IdentityDeps): Pick<Handlers, 'createOrganization' | 'listOrganizations'> {
  return {
    createOrganization: async ({ body, author }) => {
      const row = accepted(await registerOrganization(db, author, body, now()));
      return { status: 201, body: toOrganization(row) };
    },
    listOrganizations: async ({ query: { cursor, limit = 50 } }) => {
      const after = await readId(cursor, async (id) => (await selectOrganization(db, id)) !== undefined);
      const rows = await selectOrganizations(db, after, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toOrganization, ({ id }) => [id]) };
    },
  };
}

function clientHandlers({
  db,
  now,
  onRevoked,
}: IdentityDeps): Pick<
  Handlers,
  'createClient' | 'listClients' | 'revokeClient' | 'addClientKey' | 'removeClientKey'
> {
  return {
    createClient: async ({ body, author }) => {
      const row = accepted(await registerClient(db, author, body, now()));
      return { status: 201, body: toClient(row) };
    },
    listClients: async ({ query: { cursor, limit = 50 } }) => {
      const after = await readId(cursor, async (id) => (await selectClient(db, id)) !== undefined);
      const rows = await selectClients(db, after, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toClient, ({ id }) => [id]) };
    },
    revokeClient: async ({ path, author }) => {
      const clientId = parseId(path.clientId);
      if (clientId === undefined || !(await revokeClient(db, author, clientId, now())))
        throw notFound('client');
      onRevoked?.(clientId);
      return { status: 204 };
    },
    addClientKey: async ({ path, body, author }) => {
      const row = accepted(await registerKey(db, author, path.clientId, body.publicKey, now()));
      return { status: 201, body: toClient(row) };
    },
    removeClientKey: async ({ path, author }) => {
      const refusal = await removeKey(db, author, path.clientId, path.kid, now());
      if (refusal) accepted(refusal);
      onRevoked?.(path.clientId.toLowerCase());
      return { status: 204 };
    },
  };
}

/** RFC 6749 §4.4.2; a field without a value counts as not sent (§3.1). */
async function issueToken(deps: IdentityDeps, request: Schemas['TokenRequest']): Promise<Schemas['Token']> {
  if (request.grant_type !== 'client_credentials') {
    throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials.');
  }
  if (request.client_assertion_type !== ASSERTION_TYPE) {
    throw new OAuthError('invalid_client', `client_assertion_type must be ${ASSERTION_TYPE}.`);
  }
  const now = deps.now();
  const client = await authenticateClient(deps.db, request.client_assertion, {
    audiences: [deps.issuer, tokenEndpoint(deps.issuer)],
    now,
  });
  if (request.client_id && request.client_id !== client.id) {
    throw new OAuthError('invalid_client', 'client_id is not the one of the assertion.'); // RFC 7521 §4.2
  }
  const scopes = grantScopes(client.role, request.scope);
  if (!scopes)
    throw new OAuthError('invalid_scope', `This client may have: ${scopesOf(client.role).join(' ')}.`);
  const grant = { clientId: client.id, organizationId: client.organizationId, scopes };
  return {
    access_token: await signAccessToken(deps, grant, now),
    token_type: 'Bearer',
    expires_in: lifeSeconds(deps.tokenLifeSeconds),
    scope: scopes.join(' '),
  };
}

/** The id that a cursor holds. Ids, not names: a cursor has 512 characters, a name in Hangul may need more. */
async function readId(
  cursor: string | undefined,
  exists: (id: string) => Promise<boolean>,
): Promise<string | undefined> {
  const [id] = readCursor<[string]>(cursor, ['string']) ?? [];
  if (id !== undefined && !(parseId(id) === id && (await exists(id)))) {
    throw new Problem(
      'invalid_cursor',
      'The cursor is not one that this call gave out: begin again without it.',
    );
  }
  return id;
}

function accepted<Row extends object>(result: Row | Refusal): Row {
  if (!(result instanceof Refusal)) return result;
  const { code, detail } = result;
  if (code !== 'invalid_key') throw new Problem(code, detail);
  throw new Problem('invalid_request', 'The request is not as the contract says; see errors.', {
    errors: [{ pointer: '/publicKey', code: 'invalid_key', detail }],
  });
}

function toOrganization({ id, name, kind, createdAt }: OrganizationRow): Schemas['Organization'] {
  return { id, name, kind, createdAt: createdAt.toISOString() };
}

function toClient(row: ClientRow): Schemas['Client'] {
  const { id, organizationId, organization, name, role, keys, createdAt, revokedAt } = row;
  return {
    id,
    organizationId,
    organization,
    name,
    role,
    scopes: [...scopesOf(role)],
    keys: keys.map(toJsonWebKey),
    createdAt: createdAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

function toJsonWebKey({ kty, crv, x, y, kid, use, alg }: ClientRow['keys'][number]): Schemas['JsonWebKey'] {
  return { kty, crv, x, y, kid, use, alg };
}

/** RFC 8414 §2. */
function toMetadata(issuer: string): Schemas['AuthorizationServerMetadata'] {
  return {
    issuer,
    token_endpoint: tokenEndpoint(issuer),
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    scopes_supported: [...ALL_SCOPES],
    service_documentation: `${issuer}/docs`,
  };
}

function tokenEndpoint(issuer: string): string {
  return `${issuer}/oauth/token`;
}
