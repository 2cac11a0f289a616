// Organisations, clients and keys as the administrator registers them.
import { createECDH, randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ORGANIZATION_KINDS, ROLES } from '../../src/identity/roles.ts';
import { generateKey } from '../../src/list/jwk.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import {
  addClient,
  addOrganization,
  askToken,
  assertion,
  call,
  createInstance,
  firstAdministrator,
  type Party,
  pass,
  signIn,
} from './small-exchange.ts';

const clock = { time: new Date('2026-11-24T02:00:00.000Z') };
let database: TestDatabase;
let app: Express;
let admin: Party;
let token: string;
let relays: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await createInstance(database.db, clock);
  admin = await firstAdministrator(database.db, clock);
  token = await signIn(app, admin, clock);
  relays = await addOrganization(app, token, '중계사', 'relay');
});
afterAll(() => database.drop());

const post = (path: string, body: object) => call(app, path, { method: 'post', token, body });

function newClient(name: string, changes: object = {}): object {
  return { organizationId: relays, role: 'relay', name, publicKey: generateKey().publicJwk, ...changes };
}

async function refusal(path: string, body: object): Promise<string> {
  const response = await post(path, body);
  return `${response.status} ${response.body.code}`;
}

describe('an organisation', () => {
  test('is registered under its name', async () => {
    const { status, body } = await post('/v1/organizations', { name: '에스케이텔레콤', kind: 'carrier' });
    expect([status, body]).toEqual([
      201,
      { id: body.id, name: '에스케이텔레콤', kind: 'carrier', createdAt: '2026-11-24T02:00:00.000Z' },
    ]);
  });

  test('cannot take the name of another, not even at the same instant', async () => {
    const answers = await Promise.all(
      ['relay', 'carrier', 'agency'].map((kind) => refusal('/v1/organizations', { name: 'Twice', kind })),
    );
    expect(answers.sort()).toEqual(['201 undefined', '409 already_exists', '409 already_exists']);
  });

  test('of a kind that is none, or with a control character in its name, is refused', async () => {
    expect(await refusal('/v1/organizations', { name: 'X', kind: 'bank' })).toBe('400 invalid_request');
    expect(await refusal('/v1/organizations', { name: 'X\u0000', kind: 'relay' })).toBe(
      '400 invalid_request',
    );
  });
});

describe('a client', () => {
  test('is registered with its key and the scopes of its role', async () => {
    const { publicJwk } = generateKey();
    const { status, body } = await post(
      '/v1/clients',
      newClient('gate', { publicKey: { ...publicJwk, kid: 'mine' } }),
    );
    expect([status, body]).toEqual([
      201,
      {
        id: body.id,
        organizationId: relays,
        organization: '중계사',
        name: 'gate',
        role: 'relay',
        scopes: ['pull'],
        keys: [publicJwk],
        createdAt: '2026-11-24T02:00:00.000Z',
        revokedAt: null,
      },
    ]);
  });

  test('has a role that fits its organisation, whatever is tried', async () => {
    const taken: string[] = [];
    for (const kind of ORGANIZATION_KINDS) {
      const organizationId = await addOrganization(app, token, `one of kind ${kind}`, kind);
      for (const role of ROLES) {
        const { status, body } = await post('/v1/clients', newClient(role, { organizationId, role }));
        if (status === 201) taken.push(`${role} of ${kind}`);
        else expect([status, body.code]).toEqual([409, 'role_does_not_fit']);
      }
    }
    expect(taken).toEqual([
      'carrier of carrier',
      'agency of agency',
      'auditor of agency',
      'relay of relay',
      'auditor of operator',
      'admin of operator',
    ]);
  });

  test('of an organisation that is none is not found', async () => {
    expect(await refusal('/v1/clients', newClient('x', { organizationId: randomUUID() }))).toBe(
      '404 not_found',
    );
  });

  test('cannot take the name of another of its organisation, and a refused one leaves nothing', async () => {
    const { publicJwk: publicKey } = generateKey();
    await post('/v1/clients', newClient('name taken'));
    expect(await refusal('/v1/clients', newClient('name taken', { publicKey }))).toBe('409 already_exists');
    expect((await post('/v1/clients', newClient('name free', { publicKey }))).status).toBe(201);
  });

  test('cannot share a key, not even with one registered at the same instant or with one revoked', async () => {
    const { publicJwk: publicKey } = generateKey();
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => refusal('/v1/clients', newClient(`sharer ${n}`, { publicKey }))),
    );
    expect(answers.sort()).toEqual(['201 undefined', ...Array(3).fill('409 already_exists')]);
    const revoked = await addClient(app, token, relays, 'relay', 'short-lived');
    await call(app, `/v1/clients/${revoked.id}`, { method: 'delete', token });
    const heir = newClient('heir', { publicKey: revoked.key.publicJwk });
    expect(await refusal('/v1/clients', heir)).toBe('409 already_exists');
  });

  test('cannot have a key that is private, off the curve, or spelled another way', async () => {
    const { x, y } = generateKey().publicJwk;
    const good = { kty: 'EC', crv: 'P-256', x, y };
    // Two bits of the last character carry nothing: another spelling would be another thumbprint.
    const spelled = y.slice(0, -1) + String.fromCharCode(y.charCodeAt(42) + 1);
    const k1 = createECDH('secp256k1');
    k1.generateKeys();
    const point = k1.getPublicKey();
    const foreign = {
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    };
    const zero = 'A'.repeat(43);
    const keys: object[] = [
      { ...good, d: x },
      { ...good, y: x },
      { ...good, y: spelled },
      { ...good, ...foreign },
      { ...good, x: zero, y: zero },
      { ...good, crv: 'P-384' },
      { ...good, kty: 'RSA' },
      { ...good, x: x.slice(1) },
      { ...good, use: 'enc' },
    ];
    for (const publicKey of keys) {
      const { status, body } = await post('/v1/clients', newClient('odd', { publicKey }));
      expect([status, body.code], JSON.stringify(publicKey)).toEqual([400, 'invalid_request']);
      expect(body.errors[0].pointer).toMatch(/^\/publicKey/);
    }
  });

  test('registers nobody: only an administrator does', async () => {
    const relay = await addClient(app, token, relays, 'relay', 'climber');
    const own = await signIn(app, relay, clock);
    const body = newClient('accomplice');
    expect((await call(app, '/v1/clients', { method: 'post', token: own, body })).status).toBe(403);
    expect((await call(app, '/v1/clients', { token: own })).status).toBe(403);
  });
});

describe('a further key', () => {
  test('signs in beside the first, which stays good until the client is revoked', async () => {
    const relay = await addClient(app, token, relays, 'relay', 'rotating');
    const second = { id: relay.id, key: generateKey() };
    const { status, body } = await post(`/v1/clients/${relay.id.toUpperCase()}/keys`, {
      publicKey: second.key.publicJwk,
    });
    expect(status).toBe(201);
    expect(body.keys).toHaveLength(2);
    for (const party of [relay, second]) {
      expect((await askToken(app, assertion(party, clock))).status).toBe(200);
      expect((await askToken(app, assertion(party, clock, {}, { kid: party.key.kid }))).status).toBe(200);
    }
  });

  test('is listed first, and the key an assertion names is found among many', async () => {
    const own = { time: clock.time };
    const instance = await createInstance(database.db, own);
    const relay = await addClient(instance, token, relays, 'relay', 'much rotated');
    const kids = [relay.key.kid];
    for (let i = 0; i < 9; i++) {
      pass(own, 1);
      const { publicJwk: publicKey, kid } = generateKey();
      await call(instance, `/v1/clients/${relay.id}/keys`, { method: 'post', token, body: { publicKey } });
      kids.unshift(kid);
    }
    const { body } = await call(app, '/v1/clients?limit=1000', { token });
    const { keys } = body.items.find(({ id }: { id: string }) => id === relay.id);
    expect(keys.map(({ kid }: { kid: string }) => kid)).toEqual(kids);
    expect((await askToken(app, assertion(relay, clock))).status, 'only the newest are tried').toBe(401);
    expect((await askToken(app, assertion(relay, clock, {}, { kid: relay.key.kid }))).status).toBe(200);
  });

  test('that this or another client has is refused', async () => {
    const relay = await addClient(app, token, relays, 'relay', 'borrower');
    for (const { key } of [relay, admin]) {
      const path = `/v1/clients/${relay.id}/keys`;
      expect(await refusal(path, { publicKey: key.publicJwk })).toBe('409 already_exists');
    }
  });

  test('is not for a client that is revoked, or is none', async () => {
    const relay = await addClient(app, token, relays, 'relay', 'gone');
    await call(app, `/v1/clients/${relay.id}`, { method: 'delete', token });
    const body = () => ({ publicKey: generateKey().publicJwk });
    expect(await refusal(`/v1/clients/${relay.id}/keys`, body())).toBe('409 client_revoked');
    expect(await refusal(`/v1/clients/${randomUUID()}/keys`, body())).toBe('404 not_found');
  });
});

describe('revoking', () => {
  test('twice is fine and keeps the time of the first', async () => {
    const relay = await addClient(app, token, relays, 'relay', 'twice revoked');
    const revoke = async (instance: Express) =>
      (await call(instance, `/v1/clients/${relay.id.toUpperCase()}`, { method: 'delete', token })).status;
    expect(await revoke(app)).toBe(204);
    expect(
      await revoke(await createInstance(database.db, { time: new Date('2026-11-24T02:01:00.000Z') })),
    ).toBe(204);
    const { body } = await call(app, '/v1/clients?limit=1000', { token });
    expect(body.items.find(({ id }: { id: string }) => id === relay.id).revokedAt).toBe(
      '2026-11-24T02:00:00.000Z',
    );
  });

  test('what is no client is not found', async () => {
    const revoke = async (id: string) =>
      (await call(app, `/v1/clients/${id}`, { method: 'delete', token })).status;
    expect(await revoke(randomUUID())).toBe(404);
    expect(await revoke('1')).toBe(400);
    expect(await revoke(`urn:uuid:${admin.id}`)).toBe(400);
  });
});
