// A root key that never was on the server; and signatures that stay fresh although nobody asks.
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addKeysCommand } from '../../src/keys/commands.ts';
import { verifyKeySet } from '../../src/list/key-set.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { readSettings } from '../../src/settings.ts';
import { runWords } from '../setup/command.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

let directory: string;
let database: TestDatabase;
let offsetMs: number;
const running = new Set<RunningServer>();
const log: { level: number; msg: string }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-root-'));
  database = await createTestDatabase();
  offsetMs = 0;
  log.length = 0;
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
  await database.drop();
  await rm(directory, { recursive: true });
});

const ISSUER = 'https://lists.example.org';
const place = (...names: string[]) => join(directory, ...names);
const now = () => new Date(Date.now() + offsetMs);

async function start(environment: Record<string, string> = {}): Promise<RunningServer> {
  const settings = readSettings({
    DATABASE_URL: database.url,
    CHADAN_DATA: place('data'),
    CHADAN_PORT: '0',
    CHADAN_PUBLISH_INTERVAL: '0',
    ...environment,
  });
  const logger = pino({ level: 'warn' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const server = await startServer({ settings, log: logger, now });
  running.add(server);
  return server;
}

const keys = async (...words: string[]) => {
  const ended = await runWords(addKeysCommand, ['keys', ...words]);
  expect([words[0], ended.err, ended.code]).toEqual([words[0], '', 0]);
  return ended.out;
};
const manifests = async () =>
  (await database.db.selectFrom('list').select('manifest').orderBy('id').execute()).map(({ manifest }) =>
    manifest === null ? null : JSON.parse(Buffer.from(manifest.split('.')[1] ?? '', 'base64url').toString()),
  );

test('an exchange founded with the public half alone signs once its first key set was imported', async () => {
  await keys('create-root', '--out', place('root.json'));
  await mkdir(place('data/keys'), { recursive: true });
  await cp(place('root.pub.json'), place('data/keys/root.pub.json'));
  const server = await start();
  expect(await readdir(place('data/keys'))).not.toContain('root.json');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  const before = await fetch(`${server.url}/v1/keys`);
  expect([before.status, ((await before.json()) as { code: string }).code]).toEqual([503, 'keys_missing']);
  expect(await manifests()).toEqual([null, null]);
  expect(log.map(({ msg }) => msg).join()).toContain('no key set was imported yet');
  const here = ['--data', place('data')];
  await keys('request', '--out', place('request.json'), ...here);
  await keys('sign', place('request.json'), '--root-key', place('root.json'), '--out', place('set.jwt'));
  await keys('import', place('set.jwt'), ...here);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const rootKey = JSON.parse(await readFile(place('root.pub.json'), 'utf8'));
  const text = await (await fetch(`${server.url}/v1/keys`)).text();
  const nowSeconds = Math.floor(Date.now() / 1000);
  const keySet = verifyKeySet(text, rootKey, { issuer: server.url, minimumSequence: 0, nowSeconds });
  expect(keySet.exp - keySet.iat).toBe(180 * 86_400);
  expect(await manifests()).toMatchObject([{ version: 0 }, { version: 0 }]);
  expect(await keys('status', ...here)).toContain('kept elsewhere');
});

test('a key set that is signed elsewhere and nears its end is warned of, in time, once a day', async () => {
  const first = await start({ CHADAN_ISSUER: ISSUER });
  await first.stop();
  running.delete(first);
  await rm(place('data/keys/root.json'));
  const warnings = () => log.filter(({ msg }) => msg.includes('the key set expires')).length;
  offsetMs = 59 * 86_400_000;
  await start({ CHADAN_ISSUER: ISSUER, CHADAN_MANIFEST_LIFE: '60' });
  expect(warnings()).toBe(0);
  offsetMs = 61 * 86_400_000;
  await vi.waitFor(() => expect(warnings()).toBe(1), { timeout: 20_000 });
  offsetMs = 62.1 * 86_400_000;
  await vi.waitFor(() => expect(warnings()).toBe(2), { timeout: 20_000 });
  const server = [...running][0] as RunningServer;
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const expiry = Number(/^chadan_key_set_expiry_timestamp_seconds (\d+)$/m.exec(metrics)?.[1]);
  expect(expiry - now().getTime() / 1000).toBeLessThan(30 * 86_400);
  expect(metrics).toMatch(/^chadan_manifest_key_held 1$/m);
});

test('lists without changes stay fresh by themselves, on several servers, with nobody asking', async () => {
  const life = { CHADAN_MANIFEST_LIFE: '60', CHADAN_ISSUER: ISSUER };
  await start(life);
  await start(life);
  let before = (await manifests()).map(({ iat }) => iat);
  for (let round = 0; round < 2; round++) {
    offsetMs += 40_000; // past half of their lives, and not yet at their ends
    await vi.waitFor(
      async () => {
        for (const [i, { iat, exp }] of (await manifests()).entries()) {
          expect(iat).toBeGreaterThanOrEqual((before[i] ?? 0) + 40);
          expect(exp).toBeGreaterThan(now().getTime() / 1000);
        }
      },
      { timeout: 20_000 },
    );
    before = (await manifests()).map(({ iat }) => iat);
  }
  expect(log).toEqual([]);
});
