// The first start of an exchange, and the way back in.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Administrator, ensureAdministrator } from '../../src/identity/administrator.ts';
import { importPrivateJwk } from '../../src/list/jwk.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import { addOrganization, call, createInstance, signIn } from './small-exchange.ts';

const clock = { time: new Date('2026-11-24T02:00:00.000Z') };
const now = () => clock.time;
let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function count(table: string): Promise<number> {
  return Number((await database.pool.query(`select count(*) from ${table}`)).rows[0].count);
}

const partyOf = ({ clientId, privateKey }: Administrator) => ({
  id: clientId,
  key: importPrivateJwk(privateKey),
});

test('the first start makes one administrator, who can register others; the next makes none', async () => {
  const kept: Administrator[] = [];
  const keep = async (administrator: Administrator) => void kept.push(administrator);
  const administrator = await ensureAdministrator({ db: database.db, now, keep });
  expect(kept).toEqual([administrator]);
  expect(await ensureAdministrator({ db: database.db, now, keep })).toBeUndefined();
  expect(kept).toHaveLength(1);
  if (!administrator) throw new Error('no administrator was made');
  const app = await createInstance(database.db, clock);
  await addOrganization(app, await signIn(app, partyOf(administrator), clock), 'KT', 'carrier');
});

test('of servers that start at the same instant one makes the administrator', async () => {
  let kept = 0;
  const keep = async () => void kept++;
  const made = await Promise.all(
    Array.from({ length: 4 }, () => ensureAdministrator({ db: database.db, now, keep })),
  );
  expect(made.filter((administrator) => administrator !== undefined)).toHaveLength(1);
  expect([kept, await count('client'), await count('organization')]).toEqual([1, 1, 1]);
});

test('credentials that could not be kept leave no administrator behind', async () => {
  const fail = async () => {
    throw new Error('disk full');
  };
  await expect(ensureAdministrator({ db: database.db, now, keep: fail })).rejects.toThrow('disk full');
  expect([await count('client'), await count('organization')]).toEqual([0, 0]);
});

test('once all administrators are revoked, the next start makes a new one of the same operator', async () => {
  const keep = async () => undefined;
  const first = await ensureAdministrator({ db: database.db, now, keep });
  if (!first) throw new Error('no administrator was made');
  const app = await createInstance(database.db, clock);
  const token = await signIn(app, partyOf(first), clock);
  await call(app, `/v1/clients/${first.clientId}`, { method: 'delete', token });
  const second = await ensureAdministrator({ db: database.db, now, keep });
  if (!second) throw new Error('no administrator was made');
  const { body } = await call(app, '/v1/clients', { token: await signIn(app, partyOf(second), clock) });
  expect(body.items.map(({ name }: { name: string }) => name).sort()).toEqual([
    'administrator',
    'administrator 2',
  ]);
  expect(await count('organization')).toBe(1);
});
