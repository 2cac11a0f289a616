// Artifacts in object storage: kept once for all servers, never in the way of a reader, and tidied.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CODINGS } from '../../src/list/coding.ts';
import { type Artifact, Artifacts } from '../../src/publish/artifacts.ts';
import { ObjectStorage } from '../../src/publish/object-storage.ts';
import { StoredArtifacts } from '../../src/publish/stored-artifacts.ts';
import { collect, startObjectStorage, type TestStorage } from '../setup/object-storage.ts';

const EPOCH = '7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44';
const NAME = `sender-numbers/${EPOCH}/snapshot-1.csv`;
const TEXT = 'value,category,until\n'.repeat(10_000);
const HOUR = 3_600_000;

let s3: TestStorage;
let directory: string;
let now: Date;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  s3 = await startObjectStorage();
  directory = await mkdtemp(join(tmpdir(), 'chadan-stored-'));
  now = new Date();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await s3.stop();
  await rm(directory, { recursive: true });
});

/** A server's artifacts, in a directory of its own. */
function server(name: string, options: { front?: string; kept?: string[] } = {}) {
  const stored = new StoredArtifacts({
    storage: new ObjectStorage(s3.settings),
    now: () => now,
    log: pino({ level: 'silent' }),
    front: options.front,
    keptNames: async () => options.kept ?? [],
  });
  stops.push(() => stored.stop());
  return { stored, artifacts: new Artifacts(join(directory, name), stored) };
}

/** An artifact, and how often it was made. */
function artifact(name = NAME): Artifact & { made: number } {
  const one = {
    name,
    type: 'text/csv',
    made: 0,
    async *produce() {
      one.made++;
      yield Buffer.from(TEXT);
    },
  };
  return one;
}

async function textOf(place: Awaited<ReturnType<Artifacts['place']>>): Promise<string> {
  if (!('file' in place)) throw new Error(`not a file here: ${place.front}`);
  return readFile(place.file, 'utf8');
}

const puts = () => s3.requests.filter((request) => request.startsWith('PUT'));

test('what one server made is stored once under its name, and every other takes it from there', async () => {
  const one = server('one');
  const snapshot = artifact();
  const places = await Promise.all(
    Array.from({ length: 20 }, () => one.artifacts.place(snapshot, 'identity')),
  );
  expect(await Promise.all(places.map(textOf))).toEqual(Array(20).fill(TEXT));
  for (const coding of CODINGS) await one.artifacts.place(snapshot, coding);
  await one.stored.settled();
  expect(snapshot.made).toBe(1);
  expect(puts()).toHaveLength(CODINGS.length);
  expect(puts()).toContain(`PUT /artifacts/chadan/${NAME}.gz`);

  const two = server('two');
  const again = artifact();
  expect(await textOf(await two.artifacts.place(again, 'identity'))).toBe(TEXT);
  for (const coding of CODINGS) {
    const places = [await one.artifacts.place(snapshot, coding), await two.artifacts.place(again, coding)];
    const bytes = await Promise.all(places.map((place) => readFile('file' in place ? place.file : '')));
    expect(bytes[1]).toEqual(bytes[0]);
  }
  await two.stored.settled();
  expect(again.made).toBe(0);
  expect(puts()).toHaveLength(CODINGS.length);
  expect([one.stored.stored, two.stored.stored]).toEqual([CODINGS.length, 0]);
});

test('while the storage is away readers are served all the same, and what was missed is stored later', async () => {
  const { artifacts, stored } = server('one', { front: '/artifacts' });
  s3.fault = (_request, response) => {
    response.writeHead(503).end();
    return true;
  };
  const snapshot = artifact();
  expect(await textOf(await artifacts.place(snapshot, 'identity'))).toBe(TEXT);
  await stored.settled();
  expect(stored.failures).toBe(1);
  const asked = s3.requests.length;
  expect(await textOf(await artifacts.place(snapshot, 'identity'))).toBe(TEXT);
  await stored.settled();
  expect(s3.requests).toHaveLength(asked); // it rests
  s3.fault = undefined;
  now = new Date(now.getTime() + 11_000);
  expect(await textOf(await artifacts.place(snapshot, 'identity'))).toBe(TEXT);
  await stored.settled();
  expect(puts()).toHaveLength(1);
  expect(await artifacts.place(snapshot, 'identity')).toHaveProperty('front');
  expect(snapshot.made).toBe(1);
});

test('what breaks off while it is fetched is made here', async () => {
  const one = server('one');
  await one.artifacts.place(artifact(), 'identity');
  await one.stored.settled();
  s3.fault = (request, response) => {
    if (request.method !== 'GET') return false;
    response.writeHead(200, { 'content-length': TEXT.length });
    response.write(TEXT.slice(0, 5000), () => response.destroy());
    return true;
  };
  const two = server('two');
  const again = artifact();
  expect(await textOf(await two.artifacts.place(again, 'identity'))).toBe(TEXT);
  expect([again.made, two.stored.failures]).toEqual([1, 1]);
});

test('the front is told of what is stored, by an address that is good for a while, and of nothing else', async () => {
  const { artifacts, stored } = server('one', { front: '/artifacts' });
  const snapshot = artifact();
  expect(await artifacts.place(snapshot, 'gzip')).toHaveProperty('file');
  await stored.settled();
  const place = await artifacts.place(snapshot, 'gzip');
  const location = 'front' in place ? place.front : '';
  expect(location).toMatch(
    new RegExp(`^/artifacts/artifacts/chadan/${NAME}\\.gz\\?X-Amz-Expires=300&.*X-Amz-Signature=`),
  );
  const response = await fetch(s3.settings.endpoint + location.slice('/artifacts'.length));
  expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  expect(await response.text()).toBe(TEXT);
  // Another server needs neither a file nor to make one.
  const two = server('two', { front: '/artifacts' });
  const again = artifact();
  expect(await two.artifacts.place(again, 'gzip')).toHaveProperty('front');
  expect(again.made).toBe(0);
});

test('what was stored long ago is stored anew before the front is sent to it', async () => {
  const { artifacts, stored } = server('one', { front: '/artifacts' });
  const snapshot = artifact();
  await artifacts.place(snapshot, 'identity');
  await stored.settled();
  now = new Date(now.getTime() + 13 * HOUR);
  expect(await artifacts.place(snapshot, 'identity')).toHaveProperty('file');
  await stored.settled();
  expect(puts()).toHaveLength(2);
  expect(await artifacts.place(snapshot, 'identity')).toHaveProperty('front');
});

test('after a day all is deleted but the snapshots that manifests name, and what is not ours', async () => {
  const kept = [`sender-numbers/${EPOCH}/snapshot-2.`];
  const { artifacts, stored } = server('one', { front: '/artifacts', kept });
  const names = [
    'snapshot-1.csv',
    'snapshot-2.csv',
    'snapshot-2.compact',
    'snapshot-20.csv',
    'diff-1-2.json',
  ];
  for (const name of names) await artifacts.place(artifact(`sender-numbers/${EPOCH}/${name}`), 'gzip');
  await artifacts.place(artifact('notes.csv'), 'identity');
  await stored.settled();
  const keys = async () => {
    const all = await collect(new ObjectStorage(s3.settings).list());
    return all.map(({ key }) => key.split('/').at(-1)).toSorted();
  };
  await stored.sweep();
  expect(await keys()).toHaveLength(6);
  now = new Date(now.getTime() + 25 * HOUR);
  await stored.sweep();
  expect(await keys()).toEqual(['notes.csv', 'snapshot-2.compact.gz', 'snapshot-2.csv.gz']);
  expect(stored.failures).toBe(0);
});

test('a server that stops gives up what it was storing, and counts no failure', async () => {
  const { artifacts, stored } = server('one');
  s3.fault = () => true; // takes the connection, and says nothing
  await artifacts.place({ ...artifact(), name: 'never-read' }, 'identity').catch(() => undefined);
  await stored.stop();
  expect(puts()).toHaveLength(0);
});
