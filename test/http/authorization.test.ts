// Every operation of the contract asked by every role of clients and of people, and by who is neither: the status follows
// from the contract, and from the few exceptions that are listed here. A new operation is in it by itself.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientKey } from '../../src/client/client-key.ts';
import { readCredentials } from '../../src/client/credentials.ts';
import type { Operation } from '../../src/http/contract.ts';
import { generateKey, importPrivateJwk, publicKeyOf, type SigningKey } from '../../src/list/jwk.ts';
import { signJwt } from '../identity/small-exchange.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import {
  ask,
  bearer,
  CLIENTS,
  type ClientRole,
  expectedOf,
  mayCall,
  named,
  operations,
  PEOPLE,
  type PersonRole,
} from './least-request.ts';

/** These end the session that asks; each has tests of its own. */
const ENDING = new Set(['revokeSession', 'revokeSessions']);

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

async function clientOf(role: ClientRole) {
  return role === 'admin' ? exchange.admin : exchange.party(role);
}

async function sessionOf(role: PersonRole): Promise<Record<string, string>> {
  const person = await exchange.person(role);
  return { Cookie: await person.cookie(), 'X-CSRF-Token': await person.csrfToken() };
}

const secured = operations.filter(({ security }) => security.length > 0);
const open = operations.filter(({ security }) => security.length === 0);

describe.each(Object.keys(CLIENTS) as ClientRole[])('a client of the role %s', (role) => {
  test.each(named(secured))('calls %s only if it may', async (_, operation) => {
    const party = await clientOf(role);
    const status = await ask(exchange.url, operation, bearer(await party.token()));
    expect(status).toBe(mayCall(operation, 'oauth', CLIENTS[role]) ? expectedOf(operation) : 403);
  });
});

describe.each(Object.keys(PEOPLE) as PersonRole[])('a person of the role %s', (role) => {
  const harmless = secured.filter(({ id }) => !ENDING.has(id));
  test.each(named(harmless))('calls %s only if they may', async (_, operation) => {
    const status = await ask(exchange.url, operation, await sessionOf(role));
    expect(status).toBe(mayCall(operation, 'session', PEOPLE[role]) ? expectedOf(operation) : 403);
  });

  test.each(named(harmless.filter(({ method }) => method !== 'get')))(
    'is not taken for who sends %s from another page',
    async (_, operation) => {
      const { Cookie = '', ...proof } = await sessionOf(role);
      expect(await ask(exchange.url, operation, { Cookie })).toBe(403);
      expect(await ask(exchange.url, operation, { Cookie, 'X-CSRF-Token': 'guessed' })).toBe(403);
      expect(
        await ask(exchange.url, operation, { Cookie, ...proof, Origin: 'https://elsewhere.example' }),
      ).toBe(403);
      expect(await ask(exchange.url, operation, { Cookie, ...proof, 'Sec-Fetch-Site': 'cross-site' })).toBe(
        403,
      );
    },
  );
});

/** Tokens that are no good, each in another way; but for that one thing each would be. */
function forgedTokens(good: string, tokenKey: SigningKey): Record<string, string> {
  const [header = '', payload = '', signature = ''] = good.split('.');
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const write = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = read(payload);
  const iat = Number(claims['iat']);
  const own = (changes: object) => signJwt(read(header), { ...claims, ...changes }, tokenKey);
  const hs256 = `${write({ ...read(header), alg: 'HS256' })}.${payload}`;
  const publicPem = publicKeyOf(tokenKey.publicJwk).export({ format: 'pem', type: 'spki' });
  return {
    expired: own({ iat: iat - 1000, exp: iat - 400 }),
    'for another audience': own({ aud: 'https://other.example' }),
    'of another issuer': own({ iss: 'https://other.example' }),
    'signed with another key': signJwt(read(header), claims, generateKey()),
    'with no signature, as `none`': `${write({ ...read(header), alg: 'none' })}.${payload}.`,
    'signed with the public key as a secret': `${hs256}.${createHmac('sha256', publicPem).update(hs256).digest('base64url')}`,
    'with more scopes than were signed': `${header}.${write({ ...claims, scope: 'submit pull review publish audit admin' })}.${signature}`,
    'cut off': good.slice(0, -8),
  };
}

describe('nobody comes in', () => {
  const mayNot = async (operation: Operation, headers: Record<string, string>) =>
    expect(await ask(exchange.url, operation, headers)).toBe(401);

  test.each(named(secured))('to %s without token or session', (_, operation) => mayNot(operation, {}));

  test.each(named(secured))('to %s with a token or session that is none', async (_, operation) => {
    const file = await readFile(join(exchange.directory, 'keys', 'token.json'), 'utf8');
    const tokenKey = importPrivateJwk(JSON.parse(file));
    const scopes = operation.security[0]?.scopes ?? [];
    const role = (Object.keys(CLIENTS) as ClientRole[]).find((one) =>
      scopes.every((scope) => CLIENTS[one].some((own) => own === scope)),
    );
    const good = await (await clientOf(role ?? 'admin')).token();
    for (const [how, token] of Object.entries(forgedTokens(good, tokenKey)))
      expect(await ask(exchange.url, operation, bearer(token)), how).toBe(401);
    await mayNot(operation, { Authorization: 'Basic YTpi' });
    await mayNot(operation, { Cookie: `chadan_session=${'A'.repeat(43)}`, 'X-CSRF-Token': 'x' });
  });

  test.each(named(open))('but all may call %s', async (_, operation) => {
    expect(await ask(exchange.url, operation, {})).toBe(expectedOf(operation));
  });
});

describe.each(Object.keys(CLIENTS) as ClientRole[])('an assertion of a client of the role %s', (role) => {
  test('buys one token, and never a second', async () => {
    const credentials = await readCredentials((await clientOf(role)).credentialsFile);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: new ClientKey(credentials).signAssertion(exchange.now().getTime()),
    });
    const buy = async () =>
      (await fetch(`${exchange.url}/oauth/token`, { method: 'POST', body: form })).status;
    expect(await buy()).toBe(200);
    expect(await buy()).toBe(401);
  });
});

describe('what was good once', () => {
  test.each(named(secured))('is no good for %s any more', async (_, operation) => {
    const other = await stale();
    expect(await ask(exchange.url, operation, bearer(other.token)), 'a revoked client').toBe(401);
    expect(await ask(exchange.url, operation, other.suspended), 'a suspended person').toBe(401);
    expect(await ask(exchange.url, operation, other.signedOut), 'who signed out').toBe(401);
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
  const private_ = ['listOutcomes', 'getUndo']; // a carrier's own feed, a reviewer's own undo
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
