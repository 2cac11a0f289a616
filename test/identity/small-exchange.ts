// An exchange that has identity alone: every other operation answers an empty page to whoever may call it.
// Each answer is checked against the contract.
import { sign } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import type { Kysely } from 'kysely';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import request, { type Response } from 'supertest';
import { createApp } from '../../src/app.ts';
import type { DB } from '../../src/database/generated/schema.ts';
import { BodyBudget } from '../../src/http/body-budget.ts';
import { loadContract } from '../../src/http/contract.ts';
import type { Handlers } from '../../src/http/handler.ts';
import { createAuthenticator, type TokenKeys } from '../../src/identity/access-token.ts';
import { type Administrator, ensureAdministrator } from '../../src/identity/administrator.ts';
import { identityHandlers } from '../../src/identity/handlers.ts';
import { TokenKeyStore } from '../../src/identity/token-keys.ts';
import { generateKey, importPrivateJwk, type SigningKey } from '../../src/list/jwk.ts';
import { RequestMetrics } from '../../src/operate/request-watch.ts';

export const ISSUER = 'https://exchange.test';
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const contract = loadContract(fileURLToPath(new URL('../../openapi.yaml', import.meta.url)));
export const tokenKey = generateKey();
/** The token keys of an exchange that has but one, without a database. */
export const fixedTokenKeys: TokenKeys = {
  signingKey: async () => tokenKey,
  find: async (kid) => (kid === tokenKey.kid ? tokenKey.publicJwk : undefined),
};

/** A directory with these private keys in it. */
function holding(keys: SigningKey[]) {
  const has = (kid: string) => keys.some((key) => key.kid === kid);
  const firstOf = async (kids: readonly string[]) => keys.find(({ kid }) => kid === kids.find(has));
  return { keys, has, firstOf };
}

export interface Clock {
  time: Date;
}

/** Moves a clock on. */
export function pass(clock: Clock, seconds: number): void {
  clock.time = new Date(clock.time.getTime() + seconds * 1000);
}

/** One instance; several on one database and one clock make a fleet. */
export async function createInstance(
  db: Kysely<DB>,
  clock: Clock,
  issuer = ISSUER,
  held = [tokenKey],
): Promise<Express> {
  const now = () => clock.time;
  const tokenKeys = new TokenKeyStore({ db, now, held: holding(held) });
  await tokenKeys.found();
  const deps = { db, now, issuer, tokenKeys, tokenLifeSeconds: 600 };
  const { authenticate, forget } = createAuthenticator(deps);
  const stub = async () => ({ status: 200, body: { items: [], next: null } });
  const stubs = Object.fromEntries(contract.operations.map(({ id }) => [id, stub]));
  const handlers = { ...stubs, ...identityHandlers({ ...deps, onRevoked: forget }) } as unknown as Handlers;
  return createApp({
    contract,
    handlers,
    authenticate: { token: authenticate, session: () => Promise.reject(new Error('nobody signs in here')) },
    origin: new URL(issuer).origin,
    log: pino({ level: 'silent' }),
    watch: new RequestMetrics(new Registry()),
    limits: { count: async () => undefined },
    bodies: new BodyBudget({ bytes: 2 ** 20, waitMs: 10_000, patienceMs: 60_000 }),
  });
}

export interface Call {
  method?: 'get' | 'post' | 'delete';
  token?: string;
  body?: object;
  form?: Record<string, string>;
}

/** Sends a request and checks the answer against the contract. */
export async function call(
  app: Express,
  path: string,
  { method = 'get', token, body, form }: Call = {},
): Promise<Response> {
  const sent = request(app)[method](path);
  if (token !== undefined) sent.set('Authorization', `Bearer ${token}`);
  if (form) sent.type('form').send(form);
  else if (body) sent.send(body);
  const response = await sent;
  checkAnswer(method, path, response);
  return response;
}

function checkAnswer(method: string, path: string, response: Response): void {
  const segments = path.split('?', 1)[0]?.split('/') ?? [];
  const operation = contract.operations.find((candidate) => {
    const parts = candidate.path.split('/');
    const fits = parts.every((part, i) => part.startsWith('{') || part === segments[i]);
    return candidate.method === method && parts.length === segments.length && fits;
  });
  const shape = operation?.responses.get(response.status);
  if (!shape)
    throw new Error(`${method} ${path}: the contract has no answer ${response.status}: ${response.text}`);
  if (shape.types.size === 0) return;
  const type = response.headers['content-type']?.split(';')[0] ?? '';
  const validate = shape.types.get(type);
  if (!validate?.(response.body)) {
    throw new Error(
      `${method} ${path}: not as the contract says (${type}): ${JSON.stringify(validate?.errors)}`,
    );
  }
}

/** A client with its private key, as the tests act for it. */
export interface Party {
  id: string;
  key: SigningKey;
}

/** The first administrator of a database. */
export async function firstAdministrator(db: Kysely<DB>, clock: Clock): Promise<Party> {
  let kept: Administrator | undefined;
  const keep = async (administrator: Administrator) => {
    kept = administrator;
  };
  await ensureAdministrator({ db, now: () => clock.time, keep });
  if (!kept) throw new Error('there was an administrator already');
  return { id: kept.clientId, key: importPrivateJwk(kept.privateKey) };
}

export type Claims = Record<string, unknown>;

let serial = 0;

/** Claims of a good assertion, but for the changes; an undefined one is left out. */
export function assertionClaims(party: Party, clock: Clock, changes: Claims = {}): Claims {
  const now = Math.floor(clock.time.getTime() / 1000);
  const jti = `assertion-${++serial}`;
  const claims = { iss: party.id, sub: party.id, aud: ISSUER, iat: now, exp: now + 60, jti, ...changes };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** A compact ES256 JWT built by hand: libraries refuse to sign what is wrong. */
export function signJwt(header: object, claims: Claims, key: SigningKey): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** A good assertion, but for the changes. */
export function assertion(party: Party, clock: Clock, changes: Claims = {}, header: object = {}): string {
  return signJwt({ alg: 'ES256', ...header }, assertionClaims(party, clock, changes), party.key);
}

/** Asks for a token with this assertion. */
export function askToken(
  app: Express,
  clientAssertion: string,
  fields: Record<string, string> = {},
): Promise<Response> {
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: clientAssertion,
    ...fields,
  };
  return call(app, '/oauth/token', { method: 'post', form });
}

/** An access token of the party's. */
export async function signIn(app: Express, party: Party, clock: Clock, issuer = ISSUER): Promise<string> {
  const { status, body, text } = await askToken(app, assertion(party, clock, { aud: issuer }));
  if (status !== 200) throw new Error(`no token: ${text}`);
  return body.access_token;
}

/** Registers an organisation and gives back its id. */
export async function addOrganization(
  app: Express,
  token: string,
  name: string,
  kind: string,
): Promise<string> {
  const { status, body, text } = await call(app, '/v1/organizations', {
    method: 'post',
    token,
    body: { name, kind },
  });
  if (status !== 201) throw new Error(`not registered: ${text}`);
  return body.id;
}

/** Registers a client with a new key. */
export async function addClient(
  app: Express,
  token: string,
  organizationId: string,
  role: string,
  name: string,
): Promise<Party> {
  const key = generateKey();
  const body = { organizationId, role, name, publicKey: key.publicJwk };
  const response = await call(app, '/v1/clients', { method: 'post', token, body });
  if (response.status !== 201) throw new Error(`not registered: ${response.text}`);
  return { id: response.body.id, key };
}
