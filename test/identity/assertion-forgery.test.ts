// Assertions that were forged or mangled: whatever is no ES256 signature of the client's, or no JWT at all.
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { Express } from 'express';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import {
  addClient,
  addOrganization,
  askToken,
  assertion,
  assertionClaims,
  type Claims,
  createInstance,
  firstAdministrator,
  type Party,
  signIn,
  signJwt,
} from './small-exchange.ts';

const clock = { time: new Date('2026-11-24T02:00:00.250Z') };
let database: TestDatabase;
let app: Express;
let agency: Party;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await createInstance(database.db, clock);
  const token = await signIn(app, await firstAdministrator(database.db, clock), clock);
  agency = await addClient(app, token, await addOrganization(app, token, 'KISA', 'agency'), 'agency', 'desk');
});
afterAll(() => database.drop());

function unsigned(header: object, claims: Claims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

async function refusal(token: string): Promise<string> {
  const { status, body } = await askToken(app, token);
  return `${status} ${body.error}: ${body.error_description}`;
}

test('an assertion is refused when it has no signature, or one by another algorithm', async () => {
  const claims = assertionClaims(agency, clock);
  const { x, y } = agency.key.publicJwk;
  const pem = createPublicKey(agency.key.privateKey).export({ type: 'spki', format: 'pem' });
  const hmac = (secret: string | Buffer) => {
    const input = unsigned({ alg: 'HS256', kid: agency.key.kid }, claims);
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const good = assertion(agency, clock, claims);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const tokens = [
    `${unsigned({ alg: 'none' }, claims)}.`,
    `${unsigned({ alg: 'none' }, claims)}.${signature}`,
    `${unsigned({ alg: 'ES256' }, claims)}.`,
    hmac(pem),
    hmac(JSON.stringify(agency.key.publicJwk)),
    hmac(Buffer.from(x + y, 'base64url')),
    jsonwebtoken.sign(claims, rsa, { algorithm: 'RS256' }),
    jsonwebtoken.sign(claims, p384, { algorithm: 'ES384' }),
    signJwt({ alg: 'ES256', typ: 'receipt+jwt' }, claims, agency.key),
    signJwt({ alg: 'ES256', typ: ['JWT'] }, claims, agency.key),
    signJwt({ alg: 'ES256', crit: ['exp'] }, claims, agency.key),
    `${header}.${payload}.${signature.slice(0, -4)}`,
    `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
    `${header}.${payload}.${signature}.${signature}`,
    `${header}.${unsigned({}, { ...claims, jti: 'other' }).split('.')[1]}.${signature}`,
  ];
  for (const token of tokens) expect(await refusal(token), token).toMatch(/^401 invalid_client/);
  expect((await askToken(app, good)).status).toBe(200);
});

test('an assertion is refused when it is no JWT at all', async () => {
  const [, , signature] = assertion(agency, clock).split('.');
  const encoded = (text: string | Buffer) => Buffer.from(text).toString('base64url');
  const es256 = encoded('{"alg":"ES256"}');
  const tokens = [
    '.',
    '..',
    'x',
    'é.é.é',
    `${es256}.${encoded('null')}.${signature}`,
    `${es256}.${encoded('[]')}.${signature}`,
    `${es256}.${encoded('"text"')}.${signature}`,
    `${es256}.${encoded('{')}.${signature}`,
    `${es256}.${encoded(Buffer.from([0x7b, 0xff, 0x7d]))}.${signature}`,
    `${encoded('{"alg":"ES256","typ":"JWT"}')}.${encoded('x')}.${signature}`,
    `${encoded('[]')}.${encoded('{}')}.${signature}`,
    `${encoded('{"alg":["ES256"]}')}.${encoded('{}')}.${signature}`,
    'a'.repeat(8192),
    `${encoded(`{"alg":"ES256","x":${'['.repeat(5000)}`)}.e30.AA`,
  ];
  for (const token of tokens) expect(await refusal(token), token.slice(0, 60)).toMatch(/^401 invalid_client/);
});

test('an assertion is refused by the contract when it is huge', async () => {
  expect(await refusal('a'.repeat(8193))).toMatch(/^400 invalid_request/);
  expect(await refusal('a'.repeat(2_000_000))).toMatch(/^413 invalid_request/);
});
