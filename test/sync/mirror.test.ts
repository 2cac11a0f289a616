// Mirrors: exchange ← mirror ← mirror ← relay. Whoever reads believes the root key alone.
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Pinned } from '../../src/client/credentials.ts';
import { Mirror } from '../../src/sync/mirror.ts';
import { MirrorDoor } from '../../src/sync/mirror-readers.ts';
import { openRelay, type Relay } from '../../src/sync/relay.ts';
import { resellerCommand } from '../../src/sync/reseller-command.ts';
import { type Sidecar, startSidecar } from '../../src/sync/sidecar.ts';
import { SidecarMetrics } from '../../src/sync/sidecar-metrics.ts';
import { until } from '../setup/programs.ts';
import { someLines } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

const LIST = 'sender-numbers';
let bench: RelayBench;
let directory: string;
const open: { relay: Relay; sidecar?: Sidecar; door?: MirrorDoor }[] = [];
beforeEach(async () => {
  bench = await RelayBench.start(someLines(300));
  directory = await mkdtemp(join(tmpdir(), 'chadan-mirror-'));
});
afterEach(async () => {
  for (const { relay, sidecar, door } of open.splice(0)) {
    await sidecar?.stop();
    await relay.close();
    door?.close();
  }
  await bench.stop();
  await rm(directory, { recursive: true, force: true });
});

const warnings: string[] = [];
async function serve(dir: string, relay: Relay): Promise<string> {
  const door = new MirrorDoor(dir, (message) => warnings.push(message));
  await door.open();
  const mirror = new Mirror(relay, dir, door, (message) => warnings.push(message));
  await mirror.open();
  const metrics = new SidecarMetrics(relay, undefined, () => mirror.readers);
  const sidecar = await startSidecar({
    relay,
    host: '127.0.0.1',
    port: 0,
    metrics,
    onBlocked: () => {},
    mirror,
  });
  open.push({ relay, sidecar, door });
  return sidecar.url;
}

/** A relay that reads from a mirror. */
async function readerOf(url: string, name: string, token?: string): Promise<{ dir: string; relay: Relay }> {
  const { issuer, rootKey } = bench.exchange.credentials;
  const credentials: Pinned = { issuer, rootKey, mirror: { url, ...(token !== undefined && { token }) } };
  const dir = join(directory, name);
  const relay = await openRelay({ dir, credentials, lists: [LIST] });
  return { dir, relay };
}

const sync = async (relay: Relay) => (await relay.sync())[0];
const linesOf = (relay: Relay) => [...relay.sortedLines(LIST)];

test('a chain of mirrors serves what the agency signed, and the last relay verifies it from the root key', async () => {
  await bench.sync();
  const first = await readerOf(await serve(bench.directory, bench.relay), 'first');
  expect(await sync(first.relay)).toMatchObject({ outcome: 'updated', version: 1 });
  const lastUrl = await serve(first.dir, first.relay);
  const last = await readerOf(lastUrl, 'last');
  open.push({ relay: last.relay });
  expect(await sync(last.relay)).toMatchObject({ outcome: 'updated', version: 1 });
  expect(linesOf(last.relay)).toEqual(bench.exchange.lines);
  // Step by step, and several versions at once: the diffs are the mirrors' own.
  bench.exchange.hits.diff = 0;
  for (let version = 2; version <= 4; version++) {
    bench.exchange.publish(someLines(300 + version, 3 * version));
    await bench.sync();
    await sync(first.relay);
  }
  expect(await untilServed(last.relay)).toMatchObject({
    outcome: 'updated',
    how: 'diff',
    from: 1,
    version: 4,
  });
  expect(linesOf(last.relay)).toEqual(bench.exchange.lines);
  expect(bench.exchange.hits).toMatchObject({ diff: 3, snapshot: 0 });
  const history = async () => (await fetch(`${lastUrl}/v1/lists/${LIST}/versions`)).json();
  await until(history, (told) =>
    isDeepStrictEqual(told, { items: bench.exchange.history.reverse(), next: null }),
  );
  expect(warnings).toEqual([]);
});

/** A mirror serves a version a moment after it is in force there. */
async function untilServed(relay: Relay) {
  for (;;) {
    const report = await sync(relay);
    if (report?.version === bench.exchange.version || report?.outcome === 'failed') return report;
  }
}

test('a new reader takes the snapshot that the manifest names, fetched by the mirror though it came by diffs', async () => {
  await bench.sync();
  const url = await serve(bench.directory, bench.relay);
  bench.exchange.publish(someLines(305, 1));
  bench.exchange.snapshotVersion = 2;
  bench.exchange.publish(someLines(306, 2));
  await bench.sync();
  const { relay } = await readerOf(url, 'fresh');
  open.push({ relay });
  expect(await untilServed(relay)).toMatchObject({ outcome: 'updated', how: 'snapshot', version: 3 });
  expect(linesOf(relay)).toEqual(bench.exchange.lines);
});

test('a mirror goes on serving while the exchange is away, and lies of its own are refused', async () => {
  await bench.sync();
  const url = await serve(bench.directory, bench.relay);
  await bench.exchange.stop();
  const { relay } = await readerOf(url, 'cut-off');
  open.push({ relay });
  expect(await sync(relay)).toMatchObject({ outcome: 'updated', version: 1 });
  // The mirror's own files are changed behind its back.
  const kept = join(bench.directory, LIST, 'mirror');
  await rm(join(kept, 'made'), { recursive: true });
  for (const name of await readdir(kept)) {
    const path = join(kept, name);
    await writeFile(`${path}.new`, (await readFile(path, 'utf8')).replace('gambling', 'drugs'));
    await rename(`${path}.new`, path);
  }
  const deceived = await serveAgain();
  expect(await sync((await readerOf(deceived, 'deceived-2')).relay)).toMatchObject({
    outcome: 'failed',
    error: { code: 'digest_mismatch' },
  });
  expect(linesOf(relay)).toHaveLength(300);
});

test('what upstream makes up for readers is not kept: they go on as soon as it is honest again', async () => {
  const { exchange } = bench;
  await bench.sync();
  exchange.publish(someLines(305, 1));
  exchange.snapshotVersion = 2;
  exchange.publish(someLines(306, 2));
  await bench.sync();
  // In order, and of that list: only a line is missing.
  exchange.lies.diff = (honest) => ({
    ...honest,
    body: Buffer.from(honest.body.toString().replace(/\+,[^\n]*\n/, '')),
  });
  const url = await serve(bench.directory, bench.relay);
  const diffFrom = async (version: number) =>
    (await fetch(`${url}/v1/lists/${LIST}/versions/3/diff?from=${version}&epoch=${exchange.epoch}`)).status;
  // Its own sync took the one from 1; the one from the snapshot on it would have to take from upstream.
  expect([await diffFrom(1), await diffFrom(2)]).toEqual([200, 410]);
  expect(warnings.splice(0)).toEqual([expect.stringContaining('is not what was signed')]);
  delete exchange.lies.diff;
  expect(await diffFrom(2)).toBe(200);
  const fresh = await readerOf(url, 'fresh');
  open.push(fresh);
  expect(await sync(fresh.relay)).toMatchObject({ outcome: 'updated', how: 'snapshot', version: 3 });
  expect(linesOf(fresh.relay)).toEqual(exchange.lines);
});

/** The same directory in another program, which has nothing ready in memory. */
async function serveAgain(): Promise<string> {
  const relay = await openRelay({ dir: bench.directory, lists: [LIST] });
  return serve(bench.directory, relay);
}

test('with named readers only their tokens open it; one that is taken back closes it', async () => {
  await bench.sync();
  const out = join(directory, 'reseller.json');
  const url = await serve(bench.directory, bench.relay);
  await resellerCommand('add', { dir: bench.directory, name: 'reseller-7', url, out });
  const statusOf = async (token?: string) => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    return (await fetch(`${url}/v1/lists/${LIST}/manifest`, { headers })).status;
  };
  while ((await statusOf()) === 200) await new Promise((resolve) => setImmediate(resolve));
  expect(await statusOf('x'.repeat(43))).toBe(401);
  expect((await fetch(`${url}/v1/keys`)).status).toBe(200);
  const relay = await openRelay({ dir: join(directory, 'theirs'), credentials: out, lists: [LIST] });
  open.push({ relay });
  expect(await sync(relay)).toMatchObject({ outcome: 'updated', version: 1 });
  const { mirror } = JSON.parse(await readFile(out, 'utf8'));
  await resellerCommand('add', {
    dir: bench.directory,
    name: 'other',
    url,
    out: join(directory, 'other.json'),
  });
  await resellerCommand('remove', { dir: bench.directory, name: 'reseller-7' });
  while ((await statusOf(mirror.token)) === 200) await new Promise((resolve) => setImmediate(resolve));
  expect(await sync(relay)).toMatchObject({
    outcome: 'failed',
    version: 1,
    error: { code: 'access_refused' },
  });
});

test('answers as the exchange does: conditional requests, other epochs, versions that are not there', async () => {
  await bench.sync();
  const url = await serve(bench.directory, bench.relay);
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/v1/lists${path}`, { headers });
  const { epoch } = bench.exchange;
  const manifest = await ask(`/${LIST}/manifest`);
  expect(await manifest.text()).toBe(
    JSON.parse(await readFile(join(bench.directory, LIST, 'current.json'), 'utf8')).manifest,
  );
  expect(
    (await ask(`/${LIST}/manifest`, { 'If-None-Match': manifest.headers.get('etag') ?? '' })).status,
  ).toBe(304);
  const other = '00000000-0000-4000-8000-000000000000';
  const expected: [string, number, string][] = [
    [`/${LIST}/versions/1/diff?from=0&epoch=${other}`, 410, 'epoch_gone'],
    [`/${LIST}/versions/9/diff?from=0&epoch=${epoch}`, 404, 'not_found'],
    [`/${LIST}/versions/1/diff?from=2&epoch=${epoch}`, 400, 'version_above_current'],
    [`/${LIST}/versions/1/diff?epoch=${epoch}`, 400, 'invalid_request'],
    [`/${LIST}/versions/1/snapshot?epoch=${epoch}`, 410, 'version_gone'],
    [`/${LIST}/diff?from=0&epoch=${epoch}&x=1`, 400, 'invalid_request'],
    ['/none/manifest', 404, 'not_found'],
  ];
  for (const [path, status, code] of expected) {
    const response = await ask(path);
    expect([path, response.status, ((await response.json()) as { code: string }).code]).toEqual([
      path,
      status,
      code,
    ]);
  }
  const diff = await ask(`/${LIST}/diff?from=0&epoch=${epoch}`);
  expect(Buffer.from(await diff.arrayBuffer())).toEqual(bench.exchange.diffOf(0, 1));
  expect(diff.headers.get('content-location')).toBe(
    `/v1/lists/${LIST}/versions/1/diff?from=0&epoch=${epoch}`,
  );
  expect(await (await ask('')).json()).toMatchObject({
    items: [{ id: LIST, version: 1, count: 300 }],
    next: null,
  });
});
