// Every request with a token, against forged, foreign, old and revoked ones; and with the database away.
import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthenticator } from '../../src/identity/access-token.ts';
import { generateKey } from '../../src/list/jwk.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import {
  addClient,
  addOrganization,
  type Claims,
  call,
  createInstance,
  firstAdministrator,
  fixedTokenKeys,
  ISSUER,
  type Party,
  pass,
  signIn,
  signJwt,
  tokenKey,
} from './small-exchange.ts';

const clock = { time: new Date('2026-11-24T02:00:00.250Z') };
let database: TestDatabase;
let app: Express;
let admin: Party;
let carriers: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await createInstance(database.db, clock);
  admin = await firstAdministrator(database.db, clock);
  carriers = await addOrganization(app, await signIn(app, admin, clock), 'KT', 'carrier');
});
afterAll(() => database.drop());

const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: tokenKey.kid };

function claims(changes: Claims = {}): Claims {
  const iat = Math.floor(clock.time.getTime() / 1000);
  const { id } = admin;
  return {
    iss: ISSUER,
    aud: ISSUER,
    sub: id,
    client_id: id,
    org: randomUUID(),
    scope: 'admin',
    iat,
    exp: iat + 60,
    jti: randomUUID(),
    ...changes,
  };
}

async function statusWith(token: string, instance = app): Promise<number> {
  const { status, headers, body } = await call(instance, '/v1/organizations', { token });
  if (status === 401) {
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(body.code).toBe('invalid_token');
  }
  return status;
}

test('a token of this exchange is taken', async () => {
  expect(await statusWith(signJwt(HEADER, claims(), tokenKey))).toBe(200);
});

test('no token is answered with a challenge that names no error', async () => {
  const { status, headers } = await call(app, '/v1/organizations');
  expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
});

test('a token with another scope is refused with 403', async () => {
  expect(await statusWith(signJwt(HEADER, claims({ scope: 'submit pull' }), tokenKey))).toBe(403);
});

const manifestKey = generateKey();
const iat = Math.floor(clock.time.getTime() / 1000);
test.each<[string, () => string]>([
  ['has expired', () => signJwt(HEADER, claims({ exp: iat }), tokenKey)],
  ['never expires', () => signJwt(HEADER, claims({ exp: undefined }), tokenKey)],
  ['expires at a text', () => signJwt(HEADER, claims({ exp: '9999999999' }), tokenKey)],
  ['is for another audience', () => signJwt(HEADER, claims({ aud: 'https://other.test' }), tokenKey)],
  ['is for no audience', () => signJwt(HEADER, claims({ aud: undefined }), tokenKey)],
  ['comes from another issuer', () => signJwt(HEADER, claims({ iss: 'https://other.test' }), tokenKey)],
  ['is signed with another key', () => signJwt(HEADER, claims(), generateKey())],
  [
    'is signed with the manifest key',
    () => signJwt({ ...HEADER, kid: manifestKey.kid }, claims(), manifestKey),
  ],
  ['is signed with a client’s key', () => signJwt({ ...HEADER, kid: admin.key.kid }, claims(), admin.key)],
  ['names no key', () => signJwt({ alg: 'ES256', typ: 'at+jwt' }, claims(), tokenKey)],
  ['has no type', () => signJwt({ alg: 'ES256', kid: tokenKey.kid }, claims(), tokenKey)],
  ['is of another type', () => signJwt({ ...HEADER, typ: 'JWT' }, claims(), tokenKey)],
  ['is a manifest', () => signJwt({ ...HEADER, typ: 'manifest+jwt' }, claims(), tokenKey)],
  ['needs an extension', () => signJwt({ ...HEADER, crit: ['exp'] }, claims(), tokenKey)],
  ['stands for another than its subject', () => signJwt(HEADER, claims({ client_id: carriers }), tokenKey)],
  ['stands for nobody', () => signJwt(HEADER, claims({ sub: undefined, client_id: undefined }), tokenKey)],
  ['has an array of scopes', () => signJwt(HEADER, claims({ scope: ['admin'] }), tokenKey)],
  ['belongs to no organisation', () => signJwt(HEADER, claims({ org: undefined }), tokenKey)],
  [
    'is of a client that never was',
    () => {
      const id = randomUUID();
      return signJwt(HEADER, claims({ sub: id, client_id: id }), tokenKey);
    },
  ],
  ['is not signed', () => `${unsigned({ ...HEADER, alg: 'none' })}.`],
  ['says that it is not signed', () => `${unsigned({ ...HEADER, alg: 'none' })}.AA`],
  [
    'is signed with HS256 and the public key',
    () => {
      const input = unsigned({ ...HEADER, alg: 'HS256' });
      const secret = createPublicKey(tokenKey.privateKey).export({ type: 'spki', format: 'pem' });
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    },
  ],
  ['is an assertion', () => signJwt({ alg: 'ES256' }, claims({ iss: admin.id }), admin.key)],
  [
    'was changed',
    () => {
      const [header, , signature] = signJwt(HEADER, claims({ scope: 'pull' }), tokenKey).split('.');
      return `${header}.${unsigned({}).split('.')[1]}.${signature}`;
    },
  ],
  ['is cut', () => signJwt(HEADER, claims(), tokenKey).slice(0, -2)],
  ['is no JWT', () => 'a.b.c'],
])('a token that %s is refused', async (_, make) => {
  expect(await statusWith(make())).toBe(401);
});

function unsigned(header: object): string {
  return [header, claims()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

test('a token that was taken is refused from the second it expires', async () => {
  const own = { time: clock.time };
  const instance = await createInstance(database.db, own);
  const token = await signIn(instance, admin, own);
  pass(own, 599.5);
  expect(await statusWith(token, instance)).toBe(200);
  pass(own, 0.25);
  expect(await statusWith(token, instance)).toBe(401);
});

test('a revoked client is refused at once where it was revoked, and within 5 seconds elsewhere', async () => {
  const own = { time: clock.time };
  const here = await createInstance(database.db, own);
  const there = await createInstance(database.db, own);
  const adminToken = await signIn(here, admin, own);
  const carrier = await addClient(here, adminToken, carriers, 'carrier', 'to be revoked');
  const token = await signIn(here, carrier, own);
  const status = async (instance: Express) => (await call(instance, '/v1/submissions', { token })).status;
  expect([await status(here), await status(there)]).toEqual([200, 200]);
  pass(own, 2);
  expect(
    (await call(here, `/v1/clients/${carrier.id}`, { method: 'delete', token: adminToken })).status,
  ).toBe(204);
  expect(await status(here)).toBe(401);
  pass(own, 5);
  expect(await status(there)).toBe(401);
});

test('a clock that is set back does not prolong what is known of a client', async () => {
  const own = { time: clock.time };
  const there = await createInstance(database.db, own);
  const adminToken = await signIn(app, admin, clock);
  const carrier = await addClient(app, adminToken, carriers, 'carrier', 'in a time warp');
  const token = await signIn(app, carrier, clock);
  expect((await call(there, '/v1/submissions', { token })).status).toBe(200);
  await call(app, `/v1/clients/${carrier.id}`, { method: 'delete', token: adminToken });
  pass(own, -1);
  expect((await call(there, '/v1/submissions', { token })).status).toBe(401);
});

test('many requests of a client at once ask the database once', async () => {
  let asked = 0;
  const { authenticate } = createAuthenticator({
    db: database.db.withPlugin({
      transformQuery: ({ node }) => {
        asked++;
        return node;
      },
      transformResult: async ({ result }) => result,
    }),
    now: () => clock.time,
    issuer: ISSUER,
    tokenKeys: fixedTokenKeys,
  });
  const token = signJwt(HEADER, claims(), tokenKey);
  const callers = await Promise.all(Array.from({ length: 50 }, () => authenticate(token)));
  expect(new Set(callers.map(({ clientId }) => clientId))).toEqual(new Set([admin.id]));
  expect(asked).toBe(1);
});

test('with the database away a client is known for three seconds more, and then nobody comes in', async () => {
  const away = await createTestDatabase();
  const own = { time: clock.time };
  const party = await firstAdministrator(away.db, own);
  const { authenticate } = createAuthenticator({
    db: away.db,
    now: () => own.time,
    issuer: ISSUER,
    tokenKeys: fixedTokenKeys,
  });
  const token = signJwt(HEADER, claims({ sub: party.id, client_id: party.id }), tokenKey);
  await authenticate(token);
  await away.drop();
  pass(own, 3);
  expect((await authenticate(token)).clientId).toBe(party.id);
  pass(own, 0.001);
  await expect(authenticate(token)).rejects.toThrow();
  await expect(authenticate(token)).rejects.not.toMatchObject({ code: 'invalid_token' });
});

test('an answer of the database that took too long lets nobody in', async () => {
  const own = { time: clock.time };
  const { authenticate } = createAuthenticator({
    db: database.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        pass(own, 5);
        return result;
      },
    }),
    now: () => own.time,
    issuer: ISSUER,
    tokenKeys: fixedTokenKeys,
  });
  await expect(authenticate(signJwt(HEADER, claims(), tokenKey))).rejects.toMatchObject({
    code: 'database_unavailable',
    headers: { 'Retry-After': '2' },
  });
});
