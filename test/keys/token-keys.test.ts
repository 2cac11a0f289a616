// Keys that sign access tokens change without a client noticing; a stolen one, or a stolen key of a client, is dropped.
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { addIdentityCommands } from '../../src/identity/commands.ts';
import { generateKey, type Jwk, thumbprint } from '../../src/list/key-set.ts';
import { startSecond } from '../server/second-server.ts';
import { runWords } from '../setup/command.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { keys, statusOf } from './key-desk.ts';

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());
beforeEach(() => exchange.admin.forgetToken());

const kidOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid as string;
const fetchToken = (party: Party) => new ExchangeClient(party.credentials as never).accessToken();
const statusWith = async (token: string) =>
  (await exchange.anonymous.get('/v1/lists').set('Authorization', `Bearer ${token}`)).status;

test('after a rotation new tokens are of the new key, and those of the old one are good until they expire', async () => {
  const relay = await exchange.party('relay');
  const before = await fetchToken(relay);
  expect((await keys(exchange, 'rotate', '--token')).code).toBe(0);
  const after = await fetchToken(relay);
  expect(kidOf(after)).not.toBe(kidOf(before));
  expect([await statusWith(before), await statusWith(after)]).toEqual([200, 200]);
  const { body } = await exchange.anonymous.get('/.well-known/jwks.json').expect(200);
  expect(body.keys.map(({ kid }: { kid: string }) => kid)).toEqual([kidOf(after), kidOf(before)]);
  await keys(exchange, 'rotate', '--token');
  expect([await statusWith(before), await statusWith(after)]).toEqual([401, 200]);
});

test('a server without the new file still verifies what it signed', async () => {
  const directory = join(exchange.directory, 'other');
  await mkdir(directory);
  await cp(join(exchange.directory, 'keys'), join(directory, 'keys'), { recursive: true });
  const second = await startSecond(exchange, { CHADAN_DATA: directory });
  try {
    await keys(exchange, 'rotate', '--token');
    const relay = await exchange.party('relay');
    const token = await fetchToken(relay);
    const response = await fetch(`${second.url}/v1/lists`, { headers: { Authorization: `Bearer ${token}` } });
    expect(response.status).toBe(200);
  } finally {
    await second.stop();
  }
});

test('what a revoked token key signed is refused, and everyone gets a new token', async () => {
  const relay = await exchange.party('relay');
  const token = await fetchToken(relay);
  expect((await keys(exchange, 'revoke', kidOf(token))).out).toContain('refused within 5 seconds');
  expect(await statusWith(token)).toBe(401);
  expect(await statusWith(await fetchToken(relay))).toBe(200);
  exchange.admin.forgetToken();
  const [only] = (await statusOf(exchange)).tokenKeys;
  const { body } = await exchange.admin.delete(`/v1/token-keys/${only?.key.kid}`).expect(409);
  expect(body.code).toBe('last_key');
  expect((await keys(exchange, 'revoke', only?.key.kid ?? '')).code).toBe(0); // the command makes another one first
  expect((await statusOf(exchange)).tokenKeys).toMatchObject([{ state: 'signing', here: true }]);
  exchange.admin.forgetToken();
  await exchange.admin.delete(`/v1/token-keys/${only?.key.kid}`).expect(404);
});

test('a key that was removed is not announced again', async () => {
  const { kty, crv, x, y } = generateKey().publicJwk;
  const publicKey = { kty, crv, x, y };
  await exchange.admin.post('/v1/token-keys', { publicKey }).expect(201);
  await exchange.admin.post('/v1/token-keys', { publicKey }).expect(409);
  await exchange.admin.delete(`/v1/token-keys/${thumbprint(publicKey)}`).expect(204);
  await exchange.admin.post('/v1/token-keys', { publicKey }).expect(409);
});

test('a removed key of a client buys no token, and what it bought is refused', async () => {
  const relay = await exchange.party('relay', 'robbed');
  const stolen = relay.credentials.privateKey as Jwk;
  const bought = await fetchToken(relay);
  const path = `/v1/clients/${relay.clientId}/keys/${thumbprint(stolen)}`;
  expect((await exchange.admin.delete(path).expect(409)).body.code).toBe('last_key');
  const fresh = generateKey();
  const { kty, crv, x, y } = fresh.publicJwk;
  await exchange.admin
    .post(`/v1/clients/${relay.clientId}/keys`, { publicKey: { kty, crv, x, y } })
    .expect(201);
  const { code, out } = await runWords(addIdentityCommands, [
    ...['client', 'remove-key', relay.clientId, thumbprint(stolen)],
    ...['--credentials', exchange.admin.credentialsFile],
  ]);
  expect([code, out]).toEqual([0, 'removed\n']);
  expect(await statusWith(bought)).toBe(401);
  await expect(fetchToken(relay)).rejects.toMatchObject({ code: 'invalid_client' });
  await exchange.admin.delete(path).expect(404);
  const taken = await exchange.admin.post(`/v1/clients/${relay.clientId}/keys`, {
    publicKey: { kty: stolen.kty, crv: stolen.crv, x: stolen.x, y: stolen.y },
  });
  expect(taken.status).toBe(409);
  const { d } = fresh.privateKey.export({ format: 'jwk' });
  const credentials = { ...relay.credentials, privateKey: { ...fresh.publicJwk, d } };
  // A token of the very second of the removal is refused as well.
  await vi.waitFor(
    async () => expect(await statusWith(await fetchToken({ ...relay, credentials }))).toBe(200),
    { timeout: 10_000 },
  );
});

test('a key whose thumbprint looks like an option is removed by its name like any other', async () => {
  const { kty, crv, x, y } = keyNamedLikeAnOption();
  const publicKey = { kty, crv, x, y };
  const kid = thumbprint(publicKey);
  const relay = await exchange.party('relay', 'dashed');
  await exchange.admin.post(`/v1/clients/${relay.clientId}/keys`, { publicKey }).expect(201);
  const removed = await runWords(addIdentityCommands, [
    ...['client', 'remove-key', relay.clientId, kid, '--credentials', exchange.admin.credentialsFile],
  ]);
  expect([removed.code, removed.out]).toEqual([0, 'removed\n']);
  const token = keyNamedLikeAnOption();
  await exchange.admin
    .post('/v1/token-keys', { publicKey: { kty, crv, x: token.x, y: token.y } })
    .expect(201);
  expect(await keys(exchange, 'revoke', thumbprint(token))).toMatchObject({ code: 0 });
});

/** One key in 64 is. */
function keyNamedLikeAnOption(): Jwk {
  for (;;) {
    const { publicJwk } = generateKey();
    if (thumbprint(publicJwk).startsWith('-')) return publicJwk;
  }
}
