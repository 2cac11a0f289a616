// The same pull requests to the exchange, to a mirror of it, and to a mirror of that mirror: the same answers.
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMPACT_TYPE } from '../../src/list/compact.ts';
import type { Jwk } from '../../src/list/jwk.ts';
import type { Manifest } from '../../src/list/manifest.ts';
import { Mirror } from '../../src/sync/mirror.ts';
import { MirrorDoor } from '../../src/sync/mirror-readers.ts';
import { openRelay, type Relay, type RelayOptions } from '../../src/sync/relay.ts';
import { type Sidecar, startSidecar } from '../../src/sync/sidecar.ts';
import { SidecarMetrics } from '../../src/sync/sidecar-metrics.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { until } from '../setup/programs.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';

const LIST = '/v1/lists/sender-numbers';

interface Server {
  name: string;
  url: string;
  token?: string;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

let exchange: TestExchange;
let party: Party;
let directory: string;
let servers: Server[];
let state: { epoch: string; version: number; snapshot: number };
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  exchange = await startExchange();
  party = await exchange.party('relay');
  directory = await mkdtemp(join(tmpdir(), 'chadan-conformance-'));
  await submitAndVerify(exchange, mobileNumbers(1500, 71));
  await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  // A snapshot is made once there is enough for one.
  const { snapshot } = await until(manifest, (seen) => seen.snapshot.version > 0);
  const { credentials } = party;
  const first = await startMirror('mirror', { credentials: party.credentialsFile });
  for (const seed of [72, 73]) {
    await submitAndVerify(exchange, mobileNumbers(3, seed));
    await publish(exchange);
  }
  // The mirror took version 1, and now goes to version 3 at once: the steps between it must ask for.
  await first.relay.sync();
  const { issuer, rootKey } = credentials;
  const second = await startMirror('mirror of a mirror', {
    credentials: { issuer, rootKey: rootKey as Jwk, mirror: { url: first.url } },
  });
  const { epoch, version } = await manifest();
  state = { epoch, version, snapshot: snapshot.version };
  servers = [{ name: 'exchange', url: exchange.url, token: await party.token() }, first, second];
  for (const { url } of [first, second]) {
    const history = async () => (await fetch(`${url}${LIST}/versions`)).json();
    await until(history, (told) => (told as { items: unknown[] }).items.length === version + 1);
  }
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  await rm(directory, { recursive: true, force: true });
  await exchange.stop();
});

async function manifest(): Promise<Manifest> {
  const { text } = await party.get(`${LIST}/manifest`).expect(200);
  return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());
}

async function startMirror(
  name: string,
  options: Pick<RelayOptions, 'credentials'>,
): Promise<Server & { relay: Relay }> {
  const dir = join(directory, name);
  const relay = await openRelay({ dir, ...options });
  stops.push(() => relay.close());
  await relay.sync();
  const door = new MirrorDoor(dir, () => {});
  await door.open();
  const warnings: string[] = [];
  const mirror = new Mirror(relay, dir, door, (message) => warnings.push(message));
  await mirror.open();
  const metrics = new SidecarMetrics(relay, undefined, () => mirror.readers);
  const sidecar: Sidecar = await startSidecar({
    relay,
    host: '127.0.0.1',
    port: 0,
    metrics,
    onBlocked: () => {},
    mirror,
  });
  stops.push(async () => {
    await sidecar.stop();
    door.close();
    expect(warnings).toEqual([]);
  });
  return { name, url: sidecar.url, relay };
}

/** Asks as it is on the wire: fetch would take the coding off. */
function ask(server: Server, path: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> {
  const authorization = server.token === undefined ? {} : { authorization: `Bearer ${server.token}` };
  return new Promise((resolve, reject) => {
    const call = request(
      server.url + path,
      { method, headers: { ...headers, ...authorization } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    call.on('error', reject).end();
  });
}

const COMPARED = [
  'content-type',
  'content-encoding',
  'content-location',
  'content-range',
  'accept-ranges',
  'cache-control',
  'allow',
];

/** What must be the same: a validator may be each server's own, as the text of a refusal may. */
function comparable({ status, headers, body }: Answer): object {
  const said = Object.fromEntries(COMPARED.map((name) => [name, headers[name]]));
  const about = { status, ...said, hasEtag: 'etag' in headers, hasRequestId: 'x-request-id' in headers };
  const vary = (headers['vary'] ?? '').toLowerCase().includes('accept-encoding');
  if (headers['content-type']?.startsWith('application/problem+json'))
    return { ...about, code: (JSON.parse(body.toString()) as { code: string }).code };
  const coding = status === 206 || body.length === 0 ? undefined : headers['content-encoding'];
  const content = coding === 'br' ? brotliDecompressSync(body) : coding === 'gzip' ? gunzipSync(body) : body;
  return { ...about, vary: vary && 'etag' in headers, content: content.toString('latin1') };
}

async function expectSame(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  const [ours, ...mirrored] = await Promise.all(servers.map((server) => ask(server, path, headers, method)));
  if (ours === undefined) throw new Error('no server');
  for (const [at, answer] of mirrored.entries())
    expect([servers[at + 1]?.name, method, path, headers, comparable(answer)]).toEqual([
      servers[at + 1]?.name,
      method,
      path,
      headers,
      comparable(ours),
    ]);
  return ours;
}

test('lists, manifest, history and keys are the same', async () => {
  for (const path of ['/v1/keys', '/v1/lists', LIST, `${LIST}/manifest`, `${LIST}/versions`])
    expect((await expectSame(path)).status).toBe(200);
  for (let version = 0; version <= state.version; version++) await expectSame(`${LIST}/versions/${version}`);
  const { body } = await expectSame(`${LIST}/versions?limit=2&epoch=${state.epoch}`);
  const { next } = JSON.parse(body.toString()) as { next: string };
  await expectSame(`${LIST}/versions?limit=2&cursor=${next}`);
  await expectSame('/v1/lists/originator-codes/versions');
});

test('snapshots and diffs are the same in every form, coding and range', async () => {
  const { epoch, version, snapshot } = state;
  const paths = [
    `${LIST}/versions/${snapshot}/snapshot?epoch=${epoch}`,
    `${LIST}/versions/${snapshot}/snapshot?epoch=${epoch.toUpperCase()}`,
    `${LIST}/versions/${version}/diff?from=1&epoch=${epoch}`,
    `${LIST}/versions/2/diff?from=1&epoch=${epoch}`,
    `${LIST}/versions/${version}/diff?from=${version}&epoch=${epoch}`,
    `${LIST}/diff?from=0&epoch=${epoch}`,
    `${LIST}/diff?from=2&epoch=${epoch}`,
  ];
  for (const path of paths) {
    for (const type of [
      '*/*',
      'text/csv',
      'application/json',
      `${COMPACT_TYPE}, text/csv;q=0.5`,
      'image/png',
    ]) {
      for (const coding of ['identity', 'gzip', 'gzip, br', 'br;q=0.1, gzip', '*;q=0', 'deflate']) {
        const headers = { accept: type, 'accept-encoding': coding };
        expect((await expectSame(path, headers)).status).toBe(200);
      }
      await expectSame(path, { accept: type }, 'HEAD');
    }
    for (const range of [
      'bytes=0-9',
      'bytes=5-',
      'bytes=-7',
      'bytes=0-1000000',
      'bytes=9999999-',
      'lines=1-2',
    ])
      await expectSame(path, { accept: 'text/csv', range });
    await expectSame(path, { accept: 'text/csv', range: 'bytes=0-9', 'if-range': '"another"' });
  }
});

test('who holds it is told so, by the validator of each', async () => {
  const { epoch, version, snapshot } = state;
  const paths = [
    `${LIST}/manifest`,
    `${LIST}/versions/${snapshot}/snapshot?epoch=${epoch}`,
    `${LIST}/versions/${version}/diff?from=1&epoch=${epoch}`,
    `${LIST}/diff?from=1&epoch=${epoch}`,
  ];
  for (const path of paths) {
    for (const server of servers) {
      const headers = { accept: 'text/csv', 'accept-encoding': 'gzip' };
      const { etag = '' } = (await ask(server, path, headers)).headers;
      for (const held of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const answer = await ask(server, path, { ...headers, 'if-none-match': held });
        expect([server.name, path, held, answer.status, answer.body.length]).toEqual([
          server.name,
          path,
          held,
          304,
          0,
        ]);
        expect(answer.headers.etag).toBe(etag);
      }
      const { status } = await ask(server, path, { ...headers, 'if-none-match': '"another"' });
      expect([server.name, path, status]).toEqual([server.name, path, 200]);
    }
    await expectSame(path, { 'if-none-match': '"another"' });
  }
});

test('what cannot be had is refused alike', async () => {
  const { epoch, version } = state;
  const other = '00000000-0000-4000-8000-000000000000';
  const refused: [string, number][] = [
    ['/v1/lists/none', 404],
    ['/v1/lists/none/manifest', 404],
    [`${LIST}/manifest?x=1`, 400],
    [`${LIST}/versions/x`, 400],
    [`${LIST}/versions/4294967296`, 400],
    [`${LIST}/versions/99`, 404],
    [`${LIST}/versions?limit=0`, 400],
    [`${LIST}/versions?limit=1001`, 400],
    [`${LIST}/versions?cursor=x`, 400],
    [`${LIST}/versions/1/snapshot`, 400],
    [`${LIST}/versions/1/snapshot?epoch=x`, 400],
    [`${LIST}/versions/1/snapshot?epoch=${other}`, 410],
    [`${LIST}/versions/99/snapshot?epoch=${epoch}`, 404],
    [`${LIST}/versions/2/diff?epoch=${epoch}`, 400],
    [`${LIST}/versions/2/diff?from=-1&epoch=${epoch}`, 400],
    [`${LIST}/versions/2/diff?from=1&from=1&epoch=${epoch}`, 400],
    [`${LIST}/versions/2/diff?from=1&epoch=${other}`, 410],
    [`${LIST}/versions/1/diff?from=2&epoch=${epoch}`, 400],
    [`${LIST}/diff?from=${version + 1}&epoch=${epoch}`, 400],
    [`${LIST}/entries/01020000000/proof?version=1`, 400],
    [`${LIST}/entries/KT/proof`, 400],
    [`${LIST}/entries/01020000000/proof?version=1&epoch=${other}`, 410],
  ];
  for (const [path, status] of refused)
    expect([path, (await expectSame(path)).status]).toEqual([path, status]);
  expect((await expectSame(`${LIST}/manifest`, {}, 'DELETE')).status).toBe(405);
  const { items } = JSON.parse((await expectSame(`${LIST}/versions?epoch=${other}`)).body.toString()) as {
    items: unknown[];
  };
  expect(items).toEqual([]);
});

test('a value is proven alike in the version in force', async () => {
  const { epoch, version } = state;
  for (const value of [mobileNumbers(1, 71)[0] ?? '', '010-2000-0000'])
    for (const query of ['', `?version=${version}&epoch=${epoch}`])
      expect((await expectSame(`${LIST}/entries/${value}/proof${query}`)).status).toBe(200);
});
