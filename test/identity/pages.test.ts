// The administrator's and the auditor's lists, page by page.
import { randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import {
  addClient,
  addOrganization,
  call,
  createInstance,
  firstAdministrator,
  type Party,
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

async function walk(path: string, limit: number): Promise<{ id: string; name: string }[]> {
  const items = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await call(app, `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`, {
      token,
    });
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    items.push(...body.items);
    if (body.next === null) return items;
    expect(body.next).toMatch(/^[A-Za-z0-9_-]{1,512}$/);
    cursor = body.next;
  }
}

test('pages of organisations, by name, skip and repeat none, however long the names', async () => {
  for (const letter of ['가', '나', '다', 'A', 'b', '😀'])
    await addOrganization(app, token, letter.repeat(200), 'relay');
  const whole = await walk('/v1/organizations', 1000);
  expect(await walk('/v1/organizations', 2)).toEqual(whole);
  expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
});

test('pages of clients skip and repeat none, though all were registered at the same instant', async () => {
  for (let i = 0; i < 5; i++) await addClient(app, token, relays, 'relay', `page ${i}`);
  const whole = await walk('/v1/clients', 1000);
  expect(await walk('/v1/clients', 3)).toEqual(whole);
  expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
});

test('pages end with the last item, even when it fills the page', async () => {
  const { length } = await walk('/v1/clients', 1000);
  const { body } = await call(app, `/v1/clients?limit=${length}`, { token });
  expect([body.items.length, body.next]).toEqual([length, null]);
});

test('pages with a cursor that was never given are refused', async () => {
  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const given of [
    'x',
    cursor([randomUUID()]),
    cursor(['x']),
    cursor([1]),
    cursor(null),
    cursor({ 0: relays }),
  ]) {
    for (const path of ['/v1/clients', '/v1/organizations']) {
      const { status, body } = await call(app, `${path}?cursor=${given}`, { token });
      expect([status, body.code]).toEqual([400, 'invalid_cursor']);
    }
  }
});

test('pages may be read by an auditor, who may not write', async () => {
  const { body } = await call(app, '/v1/organizations?limit=1000', { token });
  const operator = body.items.find(({ kind }: { kind: string }) => kind === 'operator');
  const own = await signIn(app, await addClient(app, token, operator.id, 'auditor', 'reader'), clock);
  expect((await call(app, '/v1/clients', { token: own })).status).toBe(200);
  expect((await call(app, '/v1/organizations', { token: own })).status).toBe(200);
  expect((await call(app, `/v1/clients/${admin.id}`, { method: 'delete', token: own })).status).toBe(403);
});
