// The token endpoint against everything a client, or someone who would like to be one, can send it.
import { createPublicKey, randomUUID } from 'node:crypto';
import type { Express } from 'express';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateKey } from '../../src/list/jwk.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import {
  addClient,
  addOrganization,
  askToken,
  assertion,
  assertionClaims,
  type Claims,
  call,
  createInstance,
  firstAdministrator,
  ISSUER,
  type Party,
  pass,
  signIn,
  tokenKey,
} from './small-exchange.ts';

const clock = { time: new Date('2026-11-24T02:00:00.250Z') };
const NOW = Math.floor(clock.time.getTime() / 1000);
let database: TestDatabase;
let app: Express;
let admin: Party;
let agency: Party;
let carrier: Party;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await createInstance(database.db, clock);
  admin = await firstAdministrator(database.db, clock);
  const token = await signIn(app, admin, clock);
  agency = await addClient(app, token, await addOrganization(app, token, 'KISA', 'agency'), 'agency', 'desk');
  carrier = await addClient(
    app,
    token,
    await addOrganization(app, token, 'KT', 'carrier'),
    'carrier',
    'intake',
  );
});
afterAll(() => database.drop());

async function refusal(token: string, fields: Record<string, string> = {}): Promise<string> {
  const { status, body, headers } = await askToken(app, token, fields);
  expect(headers['cache-control']).toBe('no-store');
  return `${status} ${body.error}: ${body.error_description}`;
}

describe('a good assertion', () => {
  test('buys a bearer token that nobody caches, with the scopes of the role', async () => {
    const { status, body, headers } = await askToken(app, assertion(agency, clock));
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'review publish' });
    const { header, payload } = jsonwebtoken.verify(body.access_token, createPublicKey(tokenKey.privateKey), {
      complete: true,
      clockTimestamp: NOW,
    });
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: tokenKey.kid });
    expect(payload).toMatchObject({
      iss: ISSUER,
      aud: ISSUER,
      sub: agency.id,
      client_id: agency.id,
      iat: NOW,
      exp: NOW + 600,
      scope: 'review publish',
      jti: expect.any(String),
      org: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('may be made by any JWT library', async () => {
    const token = jsonwebtoken.sign({ jti: randomUUID(), iat: NOW }, carrier.key.privateKey, {
      algorithm: 'ES256',
      issuer: carrier.id,
      subject: carrier.id,
      audience: ISSUER,
      expiresIn: 60,
    });
    const { status, body } = await askToken(app, token);
    expect([status, body.scope]).toEqual([200, 'submit']);
  });

  test.each<[string, Claims, object]>([
    ['names the token endpoint as audience', { aud: `${ISSUER}/oauth/token` }, {}],
    ['names several audiences, us among them', { aud: ['https://other.test', ISSUER] }, {}],
    ['expires in exactly five minutes', { exp: NOW + 300 }, {}],
    ['comes from a clock that is 25 s behind', { iat: NOW - 40, exp: NOW - 25 }, {}],
    ['comes from a clock that is 25 s ahead', { iat: NOW + 25, nbf: NOW + 25, exp: NOW + 325 }, {}],
    ['has times with fractions and no iat', { iat: undefined, exp: NOW + 60.5 }, {}],
    ['states the type JWT', {}, { typ: 'JWT' }],
    ['states the type client-authentication+jwt', {}, { typ: 'client-authentication+jwt' }],
    ['calls its key by a name of its own', {}, { kid: 'my \u0000 key' }],
  ])('is taken when it %s', async (_, claims, header) => {
    expect((await askToken(app, assertion(agency, clock, claims, header))).status).toBe(200);
  });

  test('is taken with the kid of its key, and with its client_id beside it', async () => {
    const token = assertion(agency, clock, {}, { kid: agency.key.kid });
    expect((await askToken(app, token, { client_id: agency.id, scope: '' })).status).toBe(200);
  });
});

describe('the scope', () => {
  test('is narrowed to what was asked for', async () => {
    const { body } = await askToken(app, assertion(agency, clock), { scope: 'publish' });
    expect(body.scope).toBe('publish');
    expect(jsonwebtoken.decode(body.access_token)).toMatchObject({ scope: 'publish' });
  });

  test('beyond the role is refused', async () => {
    expect(await refusal(assertion(carrier, clock), { scope: 'submit admin' })).toMatch(/^400 invalid_scope/);
  });
});

describe('an assertion is refused', () => {
  test.each<[string, Claims, RegExp]>([
    ['expired', { iat: NOW - 90, exp: NOW - 31 }, /expired/],
    ['good for longer than five minutes', { exp: NOW + 331 }, /5 minutes/],
    ['without an end', { exp: undefined }, /exp/],
    ['whose end is no number', { exp: String(NOW + 60) }, /exp/],
    ['for another audience', { aud: 'https://other.test' }, /aud/],
    ['for an audience that only begins like us', { aud: `${ISSUER}/` }, /aud/],
    ['without an audience', { aud: undefined }, /aud/],
    ['with more audiences than anyone has', { aud: Array(11).fill(ISSUER) }, /aud/],
    ['whose audience is an object', { aud: { [ISSUER]: true } }, /aud/],
    ['issued by someone else than its subject', { iss: randomUUID() }, /iss and sub/],
    ['without iss and sub', { iss: undefined, sub: undefined }, /iss and sub/],
    ['whose subject is a number', { iss: 7, sub: 7 }, /iss and sub/],
    ['without a jti', { jti: undefined }, /jti/],
    ['with an empty jti', { jti: '' }, /jti/],
    ['with a jti of 256 characters', { jti: 'x'.repeat(256) }, /jti/],
    ['with a jti that no database takes', { jti: 'a\u0000b' }, /jti/],
    ['with an array for a jti', { jti: ['a'] }, /jti/],
    ['not yet in force', { nbf: NOW + 45 }, /nbf/],
    ['issued in the future', { iat: NOW + 45 }, /iat/],
    ['issued at no time', { iat: 'now' }, /iat/],
    ['issued after its end', { iat: NOW + 20, exp: NOW + 10 }, /iat/],
  ])('when it is %s', async (_, claims, reason) => {
    const answer = await refusal(assertion(agency, clock, claims));
    expect(answer).toMatch(/^401 invalid_client: /);
    expect(answer).toMatch(reason);
  });

  test('when it was used before', async () => {
    const token = assertion(agency, clock);
    expect((await askToken(app, token)).status).toBe(200);
    expect(await refusal(token)).toMatch(/^401 invalid_client: .*used before/);
  });

  test('when its jti was used before in another assertion of the client, but not in another client’s', async () => {
    const jti = randomUUID();
    expect((await askToken(app, assertion(agency, clock, { jti }))).status).toBe(200);
    expect(await refusal(assertion(agency, clock, { jti, exp: NOW + 90 }))).toMatch(/used before/);
    expect((await askToken(app, assertion(carrier, clock, { jti }))).status).toBe(200);
  });

  test('all but once when it is sent ten times at the same instant to two instances', async () => {
    const token = assertion(agency, clock);
    const other = await createInstance(database.db, clock);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => askToken(i % 2 ? app : other, token)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(401)]);
  });

  test('when it is signed with another key, even one of another client', async () => {
    const claims = assertionClaims(agency, clock);
    for (const key of [generateKey(), carrier.key, tokenKey]) {
      expect(await refusal(assertion({ id: agency.id, key }, clock, claims))).toMatch(/not signed/);
    }
    expect(
      await refusal(assertion({ id: agency.id, key: carrier.key }, clock, {}, { kid: agency.key.kid })),
    ).toMatch(/not signed/);
    expect((await askToken(app, assertion(agency, clock, claims))).status, 'a forger burns no jti').toBe(200);
  });

  test('in the same words when the client is unknown and when the key is wrong', async () => {
    const stranger = { id: randomUUID(), key: generateKey() };
    const answers = [
      await refusal(assertion({ id: agency.id, key: stranger.key }, clock)),
      await refusal(assertion(stranger, clock)),
      await refusal(assertion({ id: "' or 1=1 --\u0000", key: stranger.key }, clock)),
      await refusal(assertion({ id: agency.id.toUpperCase(), key: agency.key }, clock)),
    ];
    expect(new Set(answers).size).toBe(1);
  });

  test('when client_id names another client', async () => {
    expect(await refusal(assertion(agency, clock), { client_id: carrier.id })).toMatch(/^401 invalid_client/);
  });

  test('when the client is revoked', async () => {
    const token = await signIn(app, admin, clock);
    const relay = await addClient(
      app,
      token,
      await addOrganization(app, token, 'Relay', 'relay'),
      'relay',
      'gate',
    );
    await call(app, `/v1/clients/${relay.id}`, { method: 'delete', token });
    expect(await refusal(assertion(relay, clock))).toMatch(/^401 invalid_client/);
  });
});

test('another grant, or another way to sign in, is refused', async () => {
  expect(await refusal(assertion(agency, clock), { grant_type: 'password' })).toMatch(
    /^400 unsupported_grant_type/,
  );
  expect(await refusal(assertion(agency, clock), { client_assertion_type: 'x' })).toMatch(
    /^401 invalid_client/,
  );
  const { status, body } = await call(app, '/oauth/token', {
    method: 'post',
    form: { grant_type: 'client_credentials' },
  });
  expect([status, body.error]).toEqual([400, 'invalid_request']);
});

test('assertions that expired are forgotten, a few with each new one', async () => {
  const later = { time: clock.time };
  const instance = await createInstance(database.db, later);
  const count = async () =>
    Number((await database.pool.query('select count(*) from used_assertion')).rows[0].count);
  const before = await count();
  pass(later, 3600);
  for (let i = 0; i < 3; i++) await signIn(instance, agency, later);
  expect(await count()).toBe(before - 3);
});

test('the metadata and the keys are public and say what works here', async () => {
  const { body: metadata } = await call(app, '/.well-known/oauth-authorization-server');
  expect(metadata).toMatchObject({ issuer: ISSUER, token_endpoint: `${ISSUER}/oauth/token` });
  const { body: keySet } = await call(app, '/.well-known/jwks.json');
  expect(keySet.keys).toEqual([tokenKey.publicJwk]);
  expect(JSON.stringify(keySet)).not.toContain('"d"');
});
