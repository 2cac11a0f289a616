// Manifest keys change while relays follow; a stolen one is dropped; the root key is on another machine.
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { generateKey, importPrivateJwk, type KeySet, signKeySet } from '../../src/list/key-set.ts';
import { type Manifest, signManifest } from '../../src/list/manifest.ts';
import { startSecond } from '../server/second-server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { keySetOf, keys, openWatched, signerOf, statusOf } from './key-desk.ts';

let exchange: TestExchange;
const place = (...names: string[]) => join(exchange.directory, ...names);
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange.stop());

let seed = 300;
async function publishSome(): Promise<number> {
  await submitAndVerify(exchange, mobileNumbers(3, seed++));
  return (await publish(exchange)).version;
}

const kidsNow = async () => (await keySetOf(exchange)).keys.map(({ kid }) => kid);
const privateKey = async (path: string) => importPrivateJwk(JSON.parse(await readFile(path, 'utf8')));

test('a relay that follows verifies all the way through two rotations, without an alarm', async () => {
  const { relay, alarms } = await openWatched(
    exchange,
    await exchange.party('relay', 'follower'),
    'follower',
  );
  const held = async () => (await relay.status())[0]?.version;
  const following = relay.follow();
  try {
    const first = await signerOf(exchange);
    await publishSome();
    for (let round = 0; round < 2; round++) {
      const before = await signerOf(exchange);
      const { code, out } = await keys(exchange, 'rotate');
      expect(code).toBe(0);
      const after = await signerOf(exchange);
      expect(out).toContain(after);
      expect(after).not.toBe(before);
      expect(await kidsNow()).toEqual([after, before]);
      expect(await signerOf(exchange, 'originator-codes')).toBe(after);
      const version = await publishSome();
      await vi.waitFor(async () => expect(await held()).toBe(version), { timeout: 20_000 });
    }
    expect(alarms).toEqual([]);
    expect(await kidsNow()).not.toContain(first);
  } finally {
    await relay.close();
    await following;
  }
});

test('key files are for their owner alone, and a rotation adds one', async () => {
  const before = await readdir(place('keys'));
  await keys(exchange, 'rotate');
  const after = await readdir(place('keys'));
  expect(after).toHaveLength(before.length + 1);
  for (const name of after) {
    expect((await stat(place('keys', name))).mode & 0o777, name).toBe(
      name === 'root.pub.json' ? 0o644 : 0o600,
    );
  }
});

test('what a revoked key signs is refused by a relay, also what it signed for later', async () => {
  const { relay, alarms } = await openWatched(exchange, await exchange.party('relay', 'warned'), 'warned');
  await publishSome();
  const stolen = await signerOf(exchange);
  const thief = await privateKey(place('keys', `manifest-${stolen}.json`));
  await relay.sync();
  const { code, out } = await keys(exchange, 'revoke', stolen);
  expect([code, out]).toEqual([0, expect.stringContaining('every manifest is signed anew')]);
  expect(await kidsNow()).not.toContain(stolen);
  expect(await signerOf(exchange)).not.toBe(stolen);
  await relay.sync();
  const good = await exchange.db
    .selectFrom('list')
    .select(['id', 'manifest'])
    .orderBy('id', 'desc')
    .execute();
  const payload = good[0]?.manifest?.split('.')[1] ?? '';
  const before = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Manifest;
  const forged = signManifest({ ...before, version: before.version + 1, count: 0 }, thief);
  await exchange.db
    .updateTable('list')
    .set({ manifest: forged })
    .where('id', '=', 'sender-numbers')
    .execute();
  const [report] = await relay.sync();
  expect(report).toMatchObject({ outcome: 'failed', error: { code: 'manifest_refused' } });
  expect(alarms).toEqual(['manifest_refused']);
  expect((await relay.status())[0]).toMatchObject({ version: before.version, digest: before.digest });
  for (const { id, manifest } of good)
    await exchange.db.updateTable('list').set({ manifest }).where('id', '=', id).execute();
  expect((await relay.sync())[0]).toMatchObject({ outcome: 'current' });
  await relay.close();
});

test('a key that is revoked leaves, whichever it is, and a new one signs', async () => {
  const [first = '', second = ''] = await kidsNow();
  expect((await keys(exchange, 'revoke', second)).code).toBe(0);
  const [after, ...others] = await kidsNow();
  expect(others).toEqual([first]);
  expect(await signerOf(exchange)).toBe(after);
  expect((await keys(exchange, 'revoke', second)).err).toContain('no key in force has this name');
});

test('the root key on another machine: request, sign there, import here', async () => {
  await rename(place('keys/root.json'), place('away.json'));
  const before = await kidsNow();
  const refused = await keys(exchange, 'rotate');
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('give --out FILE')]);
  const files = await readdir(place('keys'));
  expect((await keys(exchange, 'rotate', '--out', place('request.json'))).code).toBe(0);
  expect(await readdir(place('keys'))).toHaveLength(files.length + 1);
  expect(await kidsNow()).toEqual(before); // nothing is in force yet
  expect(await readFile(place('request.json'), 'utf8')).not.toContain('"d"');
  const signed = await keys(
    exchange,
    'sign',
    place('request.json'),
    ...['--root-key', place('away.json'), '--out', place('key-set.jwt'), '--days', '30'],
  );
  expect(signed.out).toContain('good for  30 days');
  const { sequence } = await keySetOf(exchange);
  expect((await keys(exchange, 'import', place('key-set.jwt'))).out).toBe('in force\n');
  const after = await keySetOf(exchange);
  expect(after.sequence).toBeGreaterThan(sequence);
  expect(after.exp - after.iat).toBe(30 * 86_400);
  expect(after.keys[0]?.kid).toBe(await signerOf(exchange));
  expect(after.keys[1]?.kid).toBe(before[0]);
  expect((await keys(exchange, 'import', place('key-set.jwt'))).code).toBe(0); // again is fine
  const stolen = after.keys[0]?.kid ?? '';
  await keys(exchange, 'revoke', stolen, '--out', place('revoke.json'));
  await keys(
    exchange,
    'sign',
    place('revoke.json'),
    '--root-key',
    place('away.json'),
    '--out',
    place('r.jwt'),
  );
  await keys(exchange, 'import', place('r.jwt'));
  expect((await kidsNow()).slice(1)).toEqual([before[0]]);
  // The one from before names the stolen key: it must not come back.
  const again = await keys(exchange, 'import', place('key-set.jwt'));
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('sequence')]);
  expect(await kidsNow()).not.toContain(stolen);
});

test('a key set that is not good is refused, and the one in force stays', async () => {
  const root = await privateKey(place('away.json'));
  const now = Math.floor(exchange.now().getTime() / 1000);
  const { keys: known, sequence, iss } = await keySetOf(exchange);
  const good: KeySet = { iss, iat: now, exp: now + 3600, sequence: sequence + 1, keys: known };
  const put = (jws: string) => exchange.admin.put('/v1/keys').type('application/jwt').send(jws);
  for (const [bad, status, code] of [
    [signKeySet(good, generateKey()), 400, 'key_set_refused'],
    [signKeySet({ ...good, iss: 'https://elsewhere.example' }, root), 400, 'key_set_refused'],
    [signKeySet({ ...good, iat: now - 7200, exp: now - 3600 }, root), 400, 'key_set_refused'],
    [signKeySet({ ...good, sequence: 2 ** 40 }, root), 400, 'key_set_refused'],
    ['a.b.c', 400, 'key_set_refused'],
    [signKeySet({ ...good, sequence }, root), 409, 'key_set_rollback'],
    [signKeySet({ ...good, keys: [generateKey().publicJwk] }, root), 503, 'keys_missing'],
  ] as const) {
    const { status: answered, body } = await put(bad);
    expect([answered, body.code]).toEqual([status, code]);
  }
  const agency = await exchange.party('agency');
  expect((await agency.put('/v1/keys').type('application/jwt').send(signKeySet(good, root))).status).toBe(
    403,
  );
  expect(await keySetOf(exchange)).toMatchObject({ sequence });
});

test('what is no request is not signed, and no file is overwritten', async () => {
  const sign = (request: string, out: string) =>
    keys(exchange, 'sign', request, '--root-key', place('away.json'), '--out', out);
  await writeFile(place('bad.json'), JSON.stringify({ iss: exchange.url, sequence: 1, keys: [] }));
  expect((await sign(place('bad.json'), place('no.jwt'))).err).toContain('is no request');
  const secret = await sign(place('away.json'), place('no.jwt'));
  expect([secret.code, secret.err]).toEqual([1, expect.stringContaining('is no request')]);
  expect((await sign(place('request.json'), place('key-set.jwt'))).err).toContain('exists already');
  const fresh = place('fresh-root.json');
  expect((await keys(exchange, 'create-root', '--out', fresh)).code).toBe(0);
  expect((await stat(fresh)).mode & 0o777).toBe(0o600);
  expect(await readFile(place('fresh-root.pub.json'), 'utf8')).not.toContain('"d"');
  expect((await keys(exchange, 'create-root', '--out', fresh)).code).toBe(1);
});

test('a second server signs with the key before until the new file is there, then with the new one', async () => {
  await rename(place('away.json'), place('keys/root.json'));
  await mkdir(place('other'));
  await cp(place('keys'), place('other/keys'), { recursive: true, preserveTimestamps: true });
  await rm(place('other/keys/root.json'));
  const second = await startSecond(exchange, { CHADAN_DATA: place('other') });
  try {
    const agency = await exchange.party('agency');
    const before = await signerOf(exchange);
    expect((await keys(exchange, 'rotate')).code).toBe(0);
    const after = await signerOf(exchange);
    const publishThere = async () => {
      await submitAndVerify(exchange, mobileNumbers(2, seed++));
      expect((await second.post(agency, '/v1/lists/sender-numbers/versions')).status).toBe(201);
      return signerOf(exchange);
    };
    expect(await publishThere()).toBe(before);
    const { text } = await second.get(exchange.admin, '/metrics');
    expect(text).toMatch(/^chadan_key_set_expiry_timestamp_seconds [0-9]{10}$/m);
    await cp(place('keys', `manifest-${after}.json`), place('other/keys', `manifest-${after}.json`));
    expect(await publishThere()).toBe(after);
    expect((await statusOf(exchange)).manifestKeys[0]).toMatchObject({ state: 'signing', here: true });
  } finally {
    await second.stop();
  }
});
