// Every operation of the contract asked by every role of clients and of people, and by who is neither: the answer
// follows from `security` alone.
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadContract, type Operation } from '../../src/http/contract.ts';
import { CONTRACT_FILE } from '../../src/server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

/** As outsiders were told; on purpose not read from the program. */
const CLIENTS = {
  carrier: ['submit'],
  relay: ['pull'],
  agency: ['review', 'publish'],
  auditor: ['audit'],
  admin: ['admin'],
} as const;
const PEOPLE = {
  reviewer: ['review'],
  lead: ['review', 'publish'],
  auditor: ['audit'],
  admin: ['admin'],
} as const;
type ClientRole = keyof typeof CLIENTS;
type PersonRole = keyof typeof PEOPLE;

const { operations } = loadContract(CONTRACT_FILE);
const PLACES: Record<string, string> = {
  list: 'sender-numbers',
  value: '01022223333',
  version: '0',
  clientId: randomUUID(),
  userId: randomUUID(),
  passkeyId: randomUUID(),
};
/** These end the session that asks; each has tests of its own. */
const ENDING = new Set(['revokeSession', 'revokeSessions']);

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

/** The status of the least request that reaches the check of the scopes. */
async function ask(operation: Operation, headers: Record<string, string>): Promise<number> {
  const path = operation.path.replaceAll(/\{([A-Za-z]+)\}/g, (_, name: string) => PLACES[name] ?? '999999');
  const stop = new AbortController();
  const method = operation.method.toUpperCase();
  const response = await fetch(exchange.url + path, { method, headers, signal: stop.signal });
  const { status } = response;
  // A stream of events has no end of its own.
  if (operation.id === 'followList' && status === 200) stop.abort();
  else await response.arrayBuffer();
  return status;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

async function clientOf(role: ClientRole) {
  return role === 'admin' ? exchange.admin : exchange.party(role);
}

async function sessionOf(role: PersonRole): Promise<Record<string, string>> {
  const person = await exchange.person(role);
  return { Cookie: await person.cookie(), 'X-CSRF-Token': await person.csrfToken() };
}

function mayCall(operation: Operation, scheme: 'oauth' | 'session', own: readonly string[]): boolean {
  return operation.security.some(
    (one) => one.scheme === scheme && one.scopes.every((scope) => own.includes(scope)),
  );
}

const secured = operations.filter(({ security }) => security.length > 0);
const open = operations.filter(({ security }) => security.length === 0);
const named = (some: Operation[]) => some.map((operation) => [operation.id, operation] as const);

describe.each(Object.keys(CLIENTS) as ClientRole[])('a client of the role %s', (role) => {
  test.each(named(secured))('calls %s only if it may', async (_, operation) => {
    const party = await clientOf(role);
    const status = await ask(operation, bearer(await party.token()));
    if (mayCall(operation, 'oauth', CLIENTS[role])) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
  });
});

describe.each(Object.keys(PEOPLE) as PersonRole[])('a person of the role %s', (role) => {
  const harmless = secured.filter(({ id }) => !ENDING.has(id));
  test.each(named(harmless))('calls %s only if they may', async (_, operation) => {
    const status = await ask(operation, await sessionOf(role));
    if (mayCall(operation, 'session', PEOPLE[role])) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
  });

  test.each(named(harmless.filter(({ method }) => method !== 'get')))(
    'is not taken for who sends %s from another page',
    async (_, operation) => {
      const { Cookie = '', ...proof } = await sessionOf(role);
      expect(await ask(operation, { Cookie })).toBe(403);
      expect(await ask(operation, { Cookie, 'X-CSRF-Token': 'guessed' })).toBe(403);
      expect(await ask(operation, { Cookie, ...proof, Origin: 'https://elsewhere.example' })).toBe(403);
      expect(await ask(operation, { Cookie, ...proof, 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
    },
  );
});

/** Tokens that are no good, each in another way, for the claims of a good one. */
function forgedTokens(good: string, tokenKeyOf: KeyObject): Record<string, string> {
  const [header = '', claims = ''] = good.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  const write = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const es256 = (text: string, key: KeyObject) =>
    `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  const hs256 = `${write({ ...read(header), alg: 'HS256' })}.${claims}`;
  const publicPem = tokenKeyOf.export({ format: 'pem', type: 'spki' });
  return {
    'signed with another key': es256(`${header}.${claims}`, privateKey),
    'for another audience': es256(
      `${header}.${write({ ...read(claims), aud: 'https://other.example' })}`,
      privateKey,
    ),
    'with no signature, as `none`': `${write({ ...read(header), alg: 'none' })}.${claims}.`,
    'signed with the public key as a secret': `${hs256}.${createHmac('sha256', publicPem).update(hs256).digest('base64url')}`,
    'cut off': good.slice(0, -8),
  };
}

describe('nobody comes in', () => {
  const mayNot = async (operation: Operation, headers: Record<string, string>) =>
    expect(await ask(operation, headers)).toBe(401);

  test.each(named(secured))('to %s without token or session', (_, operation) => mayNot(operation, {}));

  test.each(named(secured))('to %s with a token or session that is none', async (_, operation) => {
    const { createPublicKey } = await import('node:crypto');
    const jwks = (await (await fetch(`${exchange.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    const publicKey = createPublicKey({ key: jwks.keys[0] as never, format: 'jwk' });
    const scopes = operation.security[0]?.scopes ?? [];
    const role = (Object.keys(CLIENTS) as ClientRole[]).find((one) =>
      scopes.every((scope) => CLIENTS[one].some((own) => own === scope)),
    );
    const good = await (await clientOf(role ?? 'admin')).token();
    for (const [how, token] of Object.entries(forgedTokens(good, publicKey)))
      expect(await ask(operation, bearer(token)), how).toBe(401);
    await mayNot(operation, { Authorization: 'Basic YTpi' });
    await mayNot(operation, { Cookie: `chadan_session=${'A'.repeat(43)}`, 'X-CSRF-Token': 'x' });
  });

  test.each(named(open))('but all may call %s', async (_, operation) => {
    expect([401, 403]).not.toContain(await ask(operation, {}));
  });
});

describe('what was good once', () => {
  test.each(named(secured))('is no good for %s any more', async (_, operation) => {
    const other = await stale();
    expect(await ask(operation, bearer(other.token)), 'a revoked client').toBe(401);
    expect(await ask(operation, other.suspended), 'a suspended person').toBe(401);
    expect(await ask(operation, other.signedOut), 'who signed out').toBe(401);
  });

  let made: ReturnType<typeof makeStale> | undefined;
  const stale = () => (made ??= makeStale());

  async function makeStale() {
    const client = await exchange.party('relay', 'revoked relay');
    const token = await client.token();
    await exchange.admin.delete(`/v1/clients/${client.clientId}`).expect(204);
    const headersOf = async (name: string) => {
      const person = await exchange.person('lead', name);
      const headers = { Cookie: await person.cookie(), 'X-CSRF-Token': await person.csrfToken() };
      return { person, headers };
    };
    const gone = await headersOf('gone');
    await gone.person.delete('/v1/session').expect(204);
    const shut = await headersOf('shut out');
    const admin = await exchange.person('admin');
    await admin.patch(`/v1/users/${shut.person.id}`, { suspended: true }).expect(200);
    return { token, suspended: shut.headers, signedOut: gone.headers };
  }
});

test('each secured operation can be called by someone', () => {
  for (const operation of secured) {
    const clients = Object.values(CLIENTS).filter((scopes) => mayCall(operation, 'oauth', scopes));
    const people = Object.values(PEOPLE).filter((scopes) => mayCall(operation, 'session', scopes));
    expect(clients.length + people.length, operation.id).toBeGreaterThan(0);
  }
});

test('who audits can read what others may, and change nothing', () => {
  const private_ = ['listOutcomes']; // a carrier's own feed
  const isOwn = ({ security }: Operation) => security.every(({ scopes }) => scopes.length === 0);
  for (const operation of secured.filter((one) => !isOwn(one))) {
    const reads = operation.method === 'get' && !private_.includes(operation.id);
    expect(mayCall(operation, 'oauth', CLIENTS.auditor), operation.id).toBe(reads);
    // Events are for systems: a session's end could not be told to a connection that stays open.
    const readsAsPerson = reads && operation.id !== 'followList';
    expect(mayCall(operation, 'session', PEOPLE.auditor), operation.id).toBe(readsAsPerson);
  }
});

test('what is open to everyone is known by name', () => {
  expect(open.map(({ id }) => id).toSorted()).toEqual([
    'acceptInvitation',
    'createPasskeyChallenge',
    'createPasskeySession',
    'createProviderRequest',
    'createProviderSession',
    'createSession',
    'createToken',
    'getAuthorizationServerMetadata',
    'getContract',
    'getDocs',
    'getDocsScript',
    'getHealth',
    'getKeySet',
    'getMetrics',
    'getReadiness',
    'getSignInMethods',
    'getTokenKeys',
    'openInvitation',
  ]);
});
