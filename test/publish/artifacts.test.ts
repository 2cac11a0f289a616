import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CODINGS, type Coding } from '../../src/list/coding.ts';
import { Artifacts } from '../../src/publish/artifacts.ts';

let directory: string;
let artifacts: Artifacts;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-artifacts-'));
  artifacts = new Artifacts(join(directory, 'made'));
});
afterEach(() => rm(directory, { recursive: true }));

const TEXT = 'value,category,until\n'.repeat(1000);

/** What makes a file, and how often it was asked to. */
function producer(text = TEXT) {
  const made = { times: 0 };
  const produce = async function* () {
    made.times++;
    for (let at = 0; at < text.length; at += 1000) yield Buffer.from(text.slice(at, at + 1000));
  };
  return { made, produce };
}

const decode: Record<Coding, (bytes: Buffer) => Buffer> = {
  identity: (bytes) => bytes,
  gzip: zlib.gunzipSync,
  br: zlib.brotliDecompressSync,
  zstd: (bytes) =>
    (zlib as unknown as { zstdDecompressSync: (b: Buffer) => Buffer }).zstdDecompressSync(bytes),
};

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
}

test('a file is made once, however many ask for it at once and later, in whatever coding', async () => {
  const { made, produce } = producer();
  const asked = Array.from({ length: 60 }, (_, i) =>
    artifacts.file('list/epoch/snapshot-1.csv', CODINGS[i % CODINGS.length] ?? 'identity', produce),
  );
  const paths = await Promise.all(asked);
  expect(new Set(paths).size).toBe(CODINGS.length);
  expect(made.times).toBe(1);
  await artifacts.file('list/epoch/snapshot-1.csv', 'gzip', produce);
  await new Artifacts(join(directory, 'made')).file('list/epoch/snapshot-1.csv', 'identity', produce);
  expect(made.times).toBe(1);
  expect(await filesBelow(directory)).toHaveLength(CODINGS.length);
});

test.each(CODINGS)('in the coding %s it has the same content', async (coding) => {
  const path = await artifacts.file('a.csv', coding, producer().produce);
  const bytes = await readFile(path);
  expect(decode[coding](bytes).toString()).toBe(TEXT);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('what fails half-way leaves nothing, tells all who wait, and is made at the next try', async () => {
  const broken = async function* () {
    yield Buffer.from(TEXT);
    throw new Error('the database is away');
  };
  const asked = await Promise.allSettled(
    (['identity', 'gzip', 'identity'] as const).map((coding) => artifacts.file('a.csv', coding, broken)),
  );
  for (const one of asked)
    expect(one).toMatchObject({ status: 'rejected', reason: { message: 'the database is away' } });
  expect(await filesBelow(directory)).toEqual([]);
  expect((await readFile(await artifacts.file('a.csv', 'identity', producer().produce))).toString()).toBe(
    TEXT,
  );
});

test('what cannot be read back to compress it fails this request, not the server', async () => {
  await mkdir(join(directory, 'made/a.csv'), { recursive: true });
  await expect(artifacts.file('a.csv', 'gzip', producer().produce)).rejects.toThrow('EISDIR');
  expect(await filesBelow(directory)).toEqual([]);
});

test('what a killed server left half made is cleared away after an hour, not before', async () => {
  const old = join(directory, 'made/list/a.csv.5c1e6a52.part');
  const fresh = join(directory, 'made/list/b.csv.7d0f9e0a.part');
  await mkdir(dirname(old), { recursive: true });
  await writeFile(old, 'half');
  await writeFile(fresh, 'half');
  const longAgo = new Date(Date.now() - 3_700_000);
  await utimes(old, longAgo, longAgo);
  await artifacts.file('c.csv', 'identity', producer().produce);
  expect(await filesBelow(directory)).toEqual(['b.csv.7d0f9e0a.part', 'c.csv']);
});

test('files that were not asked for in a long time stay while there is room', async () => {
  const path = await artifacts.file('a.csv', 'identity', producer().produce);
  const longAgo = new Date(Date.now() - 30 * 86_400_000);
  await utimes(path, longAgo, longAgo);
  const later = new Artifacts(join(directory, 'made'));
  await later.file('b.csv', 'identity', producer().produce);
  expect(await filesBelow(directory)).toEqual(['a.csv', 'b.csv']);
});
