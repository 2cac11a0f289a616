// deploy/nginx/chadan.conf itself, with other paths and ports, before two exchanges on one database.
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIST, stateOf } from '../publish/published.ts';
import { type SecondServer, startSecond } from '../server/second-server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { freePort, programPath, RunningProgram, until } from '../setup/programs.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';

const ISSUER = 'https://exchange.example';
const CONFIG = new URL('../../deploy/nginx/chadan.conf', import.meta.url);

let exchange: TestExchange;
/** Those that nginx knows. */
let servers: SecondServer[];
let nginx: RunningProgram;
let directory: string;
let url: string;
let snapshot: string;
let diff: string;

beforeAll(async () => {
  exchange = await startExchange({ CHADAN_ISSUER: ISSUER });
  const second = () => startSecond(exchange, { CHADAN_ISSUER: ISSUER });
  servers = [await second(), await second()];
  await submitAndVerify(exchange, mobileNumbers(3000, 1));
  await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  const { epoch } = await stateOf(exchange);
  snapshot = `${LIST}/versions/1/snapshot?epoch=${epoch}`;
  diff = `${LIST}/versions/1/diff?from=0&epoch=${epoch}`;
  directory = await mkdtemp(join(tmpdir(), 'chadan-front-'));
  await chmod(directory, 0o755);
  await mkdir(join(directory, 'cache'));
  nginx = await startNginx(await freePort());
});
afterAll(async () => {
  await nginx?.stop();
  for (const server of servers) await server.stop();
  await exchange?.stop();
  await rm(directory, { recursive: true });
});

async function startNginx(port: number): Promise<RunningProgram> {
  const places: [string, string][] = [
    ...servers.map(({ url }, i): [string, string] => [`exchange-${i + 1}:8080`, new URL(url).host]),
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['/var/cache/nginx/chadan', join(directory, 'cache')],
  ];
  let text = await readFile(CONFIG, 'utf8');
  for (const [there, here] of places) {
    expect(text).toContain(there);
    text = text.replaceAll(there, here);
  }
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  const config = join(directory, 'nginx.conf');
  await writeFile(
    config,
    `daemon off; pid ${directory}/pid; worker_processes 1; events {}
http { access_log off; ${temporary.join(' ')}\n${text}\n}\n`,
  );
  const program = new RunningProgram(await programPath('nginx', 'nginx'), [
    ...['-p', directory, '-c', config, '-e', 'stderr'],
  ]);
  url = `http://127.0.0.1:${port}`;
  await until(
    () => fetch(`${url}/healthz`),
    ({ status }) => status === 200,
    120_000,
  );
  return program;
}

interface Answer {
  status: number;
  cache: string | null;
  bytes: Buffer;
  headers: Headers;
}

async function get(path: string, token?: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url + path, {
    headers: {
      'accept-encoding': 'identity',
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    cache: response.headers.get('x-cache-status'),
    bytes,
    headers: response.headers,
  };
}

const tokenOf = async (name: string) => (await exchange.party('relay', name)).token();
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('what never changes is fetched once for all, and every reader has the same bytes', async () => {
  const [one, other] = [await tokenOf('relay one'), await tokenOf('relay two')];
  for (const path of [snapshot, diff]) {
    const first = await get(path, one);
    expect([first.status, first.cache]).toEqual([200, 'MISS']);
    const next = await get(path, other);
    expect([next.status, next.cache, sha256(next.bytes)]).toEqual([200, 'HIT', sha256(first.bytes)]);
    expect(next.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(next.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect(next.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    // Also from its cache, and whatever scheme nginx itself was asked by.
    for (const answer of [first, next])
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    const direct = await fetch(exchange.url + path, { headers: { authorization: `Bearer ${one}` } });
    expect(sha256(Buffer.from(await direct.arrayBuffer()))).toBe(sha256(first.bytes));
  }
});

test('many who come at once share one fetch', async () => {
  const token = await tokenOf('relay one');
  const accept = { accept: 'application/vnd.chadan.compact' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => get(snapshot, token, accept)));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(new Set(answers.map(({ bytes }) => sha256(bytes))).size).toBe(1);
  expect(answers.filter(({ cache }) => cache === 'MISS')).toHaveLength(1);
});

test('forms, codings, ranges and validators are those that the reader asked for', async () => {
  const token = await tokenOf('relay one');
  const plain = await get(snapshot, token);
  const coded = await fetch(url + snapshot, {
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' },
  });
  expect(coded.headers.get('content-encoding')).toBe('gzip');
  expect(sha256(Buffer.from(await coded.arrayBuffer()))).toBe(sha256(plain.bytes));
  expect(() => gunzipSync(plain.bytes)).toThrow();
  const compact = await get(snapshot, token, { accept: 'application/vnd.chadan.compact' });
  expect(compact.headers.get('content-type')).toBe('application/vnd.chadan.compact');
  expect(compact.bytes.length).toBeLessThan(plain.bytes.length / 2);
  const part = await get(snapshot, token, { range: 'bytes=10-19' });
  expect([part.status, part.bytes]).toEqual([206, plain.bytes.subarray(10, 20)]);
  const etag = plain.headers.get('etag') ?? '';
  expect((await get(snapshot, token, { 'if-none-match': etag })).status).toBe(304);
});

test('what is cached is served to nobody without a token, with a bad one, or of another kind', async () => {
  const carrier = await (await exchange.party('carrier')).token();
  const cases: [number, string, string | undefined][] = [
    [401, 'invalid_token', undefined],
    [401, 'invalid_token', 'eyJhbGciOiJub25lIn0.e30.'],
    [403, 'insufficient_scope', carrier],
  ];
  for (const [status, code, token] of cases) {
    const { headers, bytes, ...answer } = await get(snapshot, token);
    expect(answer).toMatchObject({ status, cache: null });
    expect(JSON.parse(bytes.toString())).toMatchObject({ status, code });
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  }
});

test('a client that was revoked is refused what is cached', async () => {
  const relay = await exchange.party('relay', 'relay three');
  const token = await relay.token();
  expect(await get(snapshot, token)).toMatchObject({ status: 200, cache: 'HIT' });
  await exchange.admin.delete(`/v1/clients/${relay.clientId}`).expect(204);
  await until(
    () => Promise.all(Array.from({ length: 4 }, () => get(snapshot, token))),
    (answers) => answers.every(({ status }) => status === 401),
    120_000,
  );
});

test('a purge of the directory fetches anew, the same bytes', async () => {
  const token = await tokenOf('relay one');
  const before = await get(diff, token);
  for (const name of await readdir(join(directory, 'cache')))
    await rm(join(directory, 'cache', name), { recursive: true });
  const after = await get(diff, token);
  expect([after.status, after.cache, sha256(after.bytes)]).toEqual([200, 'MISS', sha256(before.bytes)]);
  expect(await get(diff, token)).toMatchObject({ status: 200, cache: 'HIT' });
});

test('manifests, events, submissions and the console pass through; metrics do not', async () => {
  const token = await tokenOf('relay one');
  const manifest = await get(`${LIST}/manifest`, token);
  expect([manifest.status, manifest.cache]).toEqual([200, null]);
  expect(manifest.headers.get('strict-transport-security')).toBe('max-age=31536000');
  const etag = manifest.headers.get('etag') ?? '';
  expect((await get(`${LIST}/manifest`, token, { 'if-none-match': etag })).status).toBe(304);
  const events = await fetch(`${url}${LIST}/events`, { headers: { authorization: `Bearer ${token}` } });
  const reader = (events.body as ReadableStream<Uint8Array>).getReader();
  let told = '';
  while (!told.includes('event: version')) told += Buffer.from((await reader.read()).value ?? []).toString();
  await reader.cancel();
  const carrier = await exchange.party('carrier');
  const [value] = mobileNumbers(1, 77);
  const candidates = [{ type: 'sender_number', value, category: 'gambling', reports: 60 }];
  const submitted = await fetch(`${url}/v1/submissions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await carrier.token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ candidates }),
  });
  expect(submitted.status).toBe(201);
  expect((await get('/metrics')).status).toBe(404);
});

test('an exchange that stops costs no pull, and without any nothing is served', async () => {
  const token = await tokenOf('relay one');
  const paths = [`${LIST}/manifest`, snapshot, `${LIST}/manifest`, diff];
  const statuses: number[] = [];
  let isStopped = false;
  const pulling = (async () => {
    while (!isStopped) for (const path of paths) statuses.push((await get(path, token)).status);
  })();
  await until(
    () => statuses.length,
    (count) => count >= 8,
  );
  await servers[1]?.stop();
  const before = statuses.length;
  await until(
    () => statuses.length,
    (count) => count >= before + 40,
  );
  isStopped = true;
  await pulling;
  expect([...new Set(statuses)]).toEqual([200]);
  await servers[0]?.stop();
  const { status, headers, bytes } = await get(snapshot, token);
  expect([status, headers.get('retry-after'), JSON.parse(bytes.toString()).code]).toEqual([
    ...[503, '2', 'database_unavailable'],
  ]);
});
