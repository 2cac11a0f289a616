// A server over its life: first start, second start, two at once, without its keys, its port or its database.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exportPrivateJwk, generateKey, type Jwk, verifyKeySet } from '../../src/list/key-set.ts';
import { verifyManifest } from '../../src/list/manifest.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { readSettings } from '../../src/settings.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import { startExchange } from '../setup/exchange.ts';
import { mobileNumbers, submitAndVerify } from '../setup/walk.ts';
import { type DatabaseLine, layLine } from './database-line.ts';

let directory: string;
let database: TestDatabase;
const running = new Set<RunningServer>();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-server-'));
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const ISSUER = 'https://lists.example.org';

async function start(environment: Record<string, string> = {}): Promise<RunningServer> {
  const settings = readSettings({
    DATABASE_URL: database.url,
    CHADAN_DATA: join(directory, 'data'),
    CHADAN_PORT: '0',
    CHADAN_ISSUER: ISSUER,
    CHADAN_PUBLISH_INTERVAL: '0',
    ...environment,
  });
  const server = await startServer({ settings, log: pino({ level: 'silent' }) });
  running.add(server);
  return server;
}

async function stop(server: RunningServer): Promise<void> {
  running.delete(server);
  await server.stop();
}

async function failure(environment: Record<string, string> = {}): Promise<string> {
  return start(environment).then(
    () => 'it started',
    (error: Error) => error.message,
  );
}

const KEY_FILES = ['authenticator.json', 'manifest.json', 'root.json', 'root.pub.json', 'token.json'];
const keyFile = (name: string) => join(directory, 'data/keys', `${name}.json`);
const readKeys = () =>
  Promise.all(['root', 'manifest', 'token', 'authenticator'].map((name) => readFile(keyFile(name), 'utf8')));
const replaceKey = (name: string) =>
  writeFile(keyFile(name), JSON.stringify(exportPrivateJwk(generateKey())));
const adminFile = () => readFile(join(directory, 'data/admin.json'), 'utf8').then(JSON.parse);

async function countOf(table: 'organization' | 'client' | 'list' | 'version' | 'key_set'): Promise<number> {
  return (await database.db.selectFrom(table).selectAll().execute()).length;
}

const lists = () =>
  database.db.selectFrom('list').select(['id', 'epoch', 'version', 'manifest']).orderBy('id').execute();

async function keySetOf(server: RunningServer, issuer: string) {
  const { rootKey } = await adminFile();
  const text = await (await fetch(`${server.url}/v1/keys`)).text();
  const nowSeconds = Math.floor(Date.now() / 1000);
  return verifyKeySet(text, rootKey as Jwk, { issuer, minimumSequence: 0, nowSeconds });
}

describe('the first start', () => {
  test('founds an exchange: keys, lists, an administrator, each readable by its owner alone', async () => {
    const server = await start();
    expect(server).toMatchObject({ isFirstStart: true, issuer: ISSUER, databaseDirectory: undefined });
    for (const name of ['root', 'manifest', 'token', 'authenticator'])
      expect((await stat(keyFile(name))).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'data/keys'))).mode & 0o777).toBe(0o700);
    expect((await stat(server.adminFile)).mode & 0o777).toBe(0o600);
    expect((await readdir(join(directory, 'data/keys'))).toSorted()).toEqual(KEY_FILES);
    const keys = (await readKeys()).map((text) => JSON.parse(text));
    expect(new Set(keys.map(({ d, k }) => d ?? k)).size).toBe(4);
    const { issuer, clientId, privateKey, rootKey } = await adminFile();
    expect([issuer, rootKey.x, 'd' in rootKey]).toEqual([ISSUER, keys[0].x, false]);
    expect([typeof clientId, keys.map(({ d }) => d).includes(privateKey.d)]).toEqual(['string', false]);
    expect(await lists()).toMatchObject([
      { id: 'originator-codes', version: 0, manifest: expect.any(String) },
      { id: 'sender-numbers', version: 0, manifest: expect.any(String) },
    ]);
  });

  test('by two servers at once, on one empty database and one directory, founds one exchange', async () => {
    await database.drop();
    database = await createTestDatabase({ empty: true });
    const [one, two] = await Promise.all([start(), start()]);
    expect([one.isFirstStart, two.isFirstStart].toSorted()).toEqual([false, true]);
    expect([await countOf('list'), await countOf('version'), await countOf('key_set')]).toEqual([2, 2, 1]);
    expect([await countOf('organization'), await countOf('client')]).toEqual([1, 1]);
    expect((await readdir(join(directory, 'data'))).toSorted()).toEqual([
      'admin.json',
      'invitation.txt',
      'keys',
      'signed.json',
    ]);
    expect((await readdir(join(directory, 'data/keys'))).toSorted()).toEqual(KEY_FILES);
    expect(await keySetOf(one, ISSUER)).toEqual(await keySetOf(two, ISSUER));
    for (const path of ['/v1/keys', '/.well-known/jwks.json', '/.well-known/oauth-authorization-server'])
      expect(await (await fetch(one.url + path)).text()).toBe(await (await fetch(two.url + path)).text());
  });
});

describe('a later start', () => {
  test('keeps everything: keys, epochs, the administrator, the key set', async () => {
    await stop(await start());
    const before = [await readKeys(), await adminFile(), (await lists()).map(({ epoch }) => epoch)];
    const server = await start();
    expect(server.isFirstStart).toBe(false);
    expect([await readKeys(), await adminFile(), (await lists()).map(({ epoch }) => epoch)]).toEqual(before);
    expect([await countOf('client'), await countOf('key_set'), await countOf('version')]).toEqual([1, 1, 2]);
  });

  test("without the administrator's file makes no new administrator: it may lie in a safe", async () => {
    const first = await start();
    await stop(first);
    await rm(first.adminFile);
    const server = await start();
    expect(server.isFirstStart).toBe(false);
    expect([await countOf('client'), await readdir(join(directory, 'data'))]).toEqual([
      1,
      ['invitation.txt', 'keys', 'signed.json'],
    ]);
  });

  test.each(['manifest', 'token', 'authenticator'])(
    'without its %s key is refused, and makes no new one',
    async (name) => {
      await stop(await start());
      await rm(keyFile(name));
      expect(await failure()).toContain(
        `cannot read ${keyFile(name)}: this exchange was founded with other keys`,
      );
      expect(await readdir(join(directory, 'data/keys'))).toHaveLength(KEY_FILES.length - 1);
      expect(await countOf('key_set')).toBe(1);
    },
  );

  test('without its root key goes on: its public half is enough, and no new one is made', async () => {
    const first = await start();
    const before = await keySetOf(first, ISSUER);
    await stop(first);
    await rm(keyFile('root'));
    const server = await start();
    expect(await keySetOf(server, ISSUER)).toEqual(before);
    expect(await readdir(join(directory, 'data/keys'))).toHaveLength(KEY_FILES.length - 1);
    await stop(server);
    await rm(keyFile('root.pub'));
    expect(await failure()).toContain(
      `cannot read ${keyFile('root')}: this exchange was founded with other keys`,
    );
  });

  test('in another directory, without any key, is refused', async () => {
    await stop(await start());
    const message = await failure({ CHADAN_DATA: join(directory, 'elsewhere') });
    expect(message).toContain('copy the keys directory of its first server here');
    await expect(readdir(join(directory, 'elsewhere/keys'))).rejects.toThrow('ENOENT');
  });

  test('with the keys of another exchange is refused, and says so', async () => {
    await stop(await start());
    await replaceKey('root');
    const before = await lists();
    expect(await failure()).toContain('root.pub.json is not the public half of');
    await rm(keyFile('root.pub'));
    expect(await failure()).toMatch(/another root key/);
    expect([await countOf('key_set'), await lists()]).toEqual([1, before]);
  });

  test('with a key file that holds no key is refused, without repeating it', async () => {
    await stop(await start());
    for (const text of ['', '{"d":"hunter2"', '{"kty":"EC","crv":"P-256","d":"hunter2"}', 'null']) {
      await writeFile(keyFile('token'), text);
      const message = await failure();
      expect(message).toBe(`${keyFile('token')} holds no ES256 private key`);
    }
  });

  test('with another manifest key serves what is signed, and signs nothing: no key set names it', async () => {
    const first = await start();
    const before = [await keySetOf(first, ISSUER), await lists()];
    await stop(first);
    await replaceKey('manifest');
    const server = await start();
    expect([await keySetOf(server, ISSUER), await lists()]).toEqual(before);
  });

  test('with a key file that others can read is refused', async () => {
    await stop(await start());
    for (const name of ['root', 'manifest', 'token']) {
      await chmod(keyFile(name), 0o640);
      expect(await failure()).toBe(`others can read ${keyFile(name)}: chmod 600 ${keyFile(name)}`);
      await chmod(keyFile(name), 0o600);
    }
  });

  test("under another issuer signs everything anew, and the administrator's file follows", async () => {
    const first = await start();
    const before = await keySetOf(first, ISSUER);
    await stop(first);
    const issuer = 'https://moved.example.org';
    const server = await start({ CHADAN_ISSUER: issuer });
    const after = await keySetOf(server, issuer);
    expect(after).toMatchObject({ iss: issuer, keys: before.keys });
    expect(after.sequence).toBeGreaterThan(before.sequence);
    for (const { id, manifest } of await lists())
      expect(verifyManifest(manifest ?? '', { keys: after.keys, issuer, list: id }).version).toBe(0);
    expect((await adminFile()).issuer).toBe(issuer);
    expect((await stat(server.adminFile)).mode & 0o777).toBe(0o600);
    const metadata = await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).toMatchObject({ issuer, token_endpoint: `${issuer}/oauth/token` });
  });
});

describe('a start', () => {
  test('on a port in use says which, and what to do', async () => {
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done));
    const { port } = squatter.address() as AddressInfo;
    expect(await failure({ CHADAN_PORT: String(port) })).toBe(
      `port ${port} on 127.0.0.1 is in use: set CHADAN_PORT to another one (0 takes a free one)`,
    );
    expect(await lists()).toEqual([]);
    await new Promise((done) => squatter.close(done));
  });

  test('on a host that is not this one says so', async () => {
    expect(await failure({ CHADAN_HOST: '192.0.2.1' })).toMatch(
      /^cannot listen on 192\.0\.2\.1:0 \(EADDRNOTAVAIL\)$/,
    );
  });

  test('without its database says where it looked, never the password, and leaves the port free', async () => {
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(0, '127.0.0.1', done));
    const { port } = squatter.address() as AddressInfo;
    await new Promise((done) => squatter.close(done));
    const message = await failure({
      DATABASE_URL: 'postgresql://chadan:hunter2@127.0.0.1:1/chadan',
      CHADAN_PORT: String(port),
    });
    expect(message).toContain('cannot connect to database chadan at 127.0.0.1:1 as chadan');
    expect(message).not.toContain('hunter2');
    const server = await start({ CHADAN_PORT: String(port) });
    expect(server.url).toBe(`http://127.0.0.1:${port}`);
  });

  test('takes the address of the port that it got for its issuer, when none is set', async () => {
    const server = await start({ CHADAN_ISSUER: '' });
    expect(server.issuer).toBe(server.url);
    expect((await adminFile()).issuer).toBe(server.url);
    await stop(server);
    const again = await start({ CHADAN_ISSUER: '' });
    expect((await adminFile()).issuer).toBe(again.url);
  });
});

describe('while its database is away', () => {
  let line: DatabaseLine;
  beforeEach(async () => {
    line = await layLine(database.url);
  });
  afterEach(async () => {
    await line.close();
  });

  test('a server answers 503 with Retry-After, is not ready, and comes back by itself', async () => {
    const server = await start({ DATABASE_URL: line.url });
    const ready = async () => {
      const response = await fetch(`${server.url}/readyz`);
      return [response.status, await response.json()];
    };
    const all = { database: true, migrated: true, keys: true };
    expect(await ready()).toMatchObject([200, { status: 'ready', ...all }]);
    const { clientId, privateKey } = await adminFile();
    const { signAssertion } = await import('./assertion.ts');
    const ask = () =>
      fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        body: signAssertion(ISSUER, clientId, privateKey),
      });
    const { access_token: token } = (await (await ask()).json()) as { access_token: string };
    const call = (path: string) =>
      fetch(server.url + path, { headers: { Authorization: `Bearer ${token}` } });
    expect((await call('/v1/organizations')).status).toBe(200);

    await line.cut();
    expect(await ready()).toMatchObject([
      503,
      { status: 'not_ready', database: false, migrated: false, keys: false },
    ]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const refused = await call('/v1/organizations');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await refused.json()).toMatchObject({ code: 'database_unavailable' });
    const noToken = await ask();
    expect([noToken.status, await noToken.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
    expect((await fetch(`${server.url}/openapi.json`)).status).toBe(200);

    await line.mend();
    await vi.waitFor(async () => expect((await ready())[0]).toBe(200), { timeout: 10_000 });
    expect((await call('/v1/organizations')).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });

  test('a stop does not hang', async () => {
    const server = await start({ DATABASE_URL: line.url });
    await line.cut();
    const begun = performance.now();
    await stop(server);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });
});

test('readers of events and urgent releases find their way again after the database was away', async () => {
  const exchange = await startExchange();
  const line = await layLine(exchange.databaseUrl);
  const { startSecond } = await import('./second-server.ts');
  const second = await startSecond(exchange, { DATABASE_URL: line.url });
  try {
    const agency = await exchange.party('agency');
    const relay = await exchange.party('relay');
    const stream = await fetch(`${second.url}/v1/lists/sender-numbers/events`, {
      headers: { Authorization: `Bearer ${await relay.token()}` },
    });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let heard = '';
    const hear = async (text: string) => {
      while (!heard.includes(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended after: ${heard}`);
        heard += Buffer.from(value).toString();
      }
    };
    await hear('"version":0');
    await line.cut();
    await submitAndVerify(exchange, mobileNumbers(1, 777));
    await agency.post('/v1/lists/sender-numbers/versions').expect(201);
    await line.mend();
    await hear('"version":1');
    await reader.cancel();
  } finally {
    await second.stop();
    await line.close();
    await exchange.stop();
  }
});
