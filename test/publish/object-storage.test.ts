// S3 as this program speaks it, to a real S3 server (s3rver), which verifies every signature.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ObjectStorage, ObjectStorageError } from '../../src/publish/object-storage.ts';
import { collect, startObjectStorage, type TestStorage } from '../setup/object-storage.ts';

let s3: TestStorage;
let storage: ObjectStorage;
let directory: string;
const never = new AbortController().signal;
const CSV = { 'Content-Type': 'text/csv; charset=utf-8', 'Cache-Control': 'private, immutable' };
beforeEach(async () => {
  s3 = await startObjectStorage();
  storage = new ObjectStorage(s3.settings);
  directory = await mkdtemp(join(tmpdir(), 'chadan-objects-'));
});
afterEach(async () => {
  await s3.stop();
  await rm(directory, { recursive: true });
});

async function fileOf(bytes: Uint8Array): Promise<string> {
  const file = join(directory, createHash('sha256').update(bytes).digest('hex').slice(0, 8));
  await writeFile(file, bytes);
  return file;
}

async function bytesAt(key: string): Promise<Buffer | undefined> {
  const response = await storage.read(key);
  return response && Buffer.concat(await collect(response as AsyncIterable<Buffer>));
}

test('what is stored is found, read and listed under its key, and gone when it is deleted', async () => {
  const bytes = Buffer.from('value,category,until\n');
  expect(await storage.find('a/b.csv')).toBeUndefined();
  expect(await bytesAt('a/b.csv')).toBeUndefined();
  await storage.store('a/b.csv', await fileOf(bytes), CSV, never);
  expect(Math.abs(((await storage.find('a/b.csv'))?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(await bytesAt('a/b.csv')).toEqual(bytes);
  expect(s3.requests).toContain('PUT /artifacts/chadan/a/b.csv');
  expect((await collect(storage.list())).map(({ key }) => key)).toEqual(['a/b.csv']);
  await storage.delete('a/b.csv');
  expect(await storage.find('a/b.csv')).toBeUndefined();
});

test('bytes in a content coding are given back as they were stored, with the headers to serve them with', async () => {
  const bytes = gzipSync('value,category,until\n'.repeat(1000));
  await storage.store('a.csv.gz', await fileOf(bytes), { ...CSV, 'Content-Encoding': 'gzip' }, never);
  const response = await storage.read('a.csv.gz');
  expect(response?.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-encoding': 'gzip',
    'cache-control': 'private, immutable',
    'content-length': String(bytes.length),
  });
  response?.resume();
  expect(await bytesAt('a.csv.gz')).toEqual(bytes);
});

test('an address is good for whoever holds it, as long as nothing in it is changed', async () => {
  await storage.store('a.csv', await fileOf(Buffer.from('abc')), CSV, never);
  await storage.store('b.csv', await fileOf(Buffer.from('def')), CSV, never);
  const address = await storage.address('a.csv');
  const get = (path: string) => fetch(s3.settings.endpoint + path);
  expect(await (await get(address)).text()).toBe('abc');
  expect((await get(address.replace('a.csv', 'b.csv'))).status).toBe(403);
  expect((await get(address.replace('Expires=300', 'Expires=3000'))).status).toBe(403);
});

test('a list of more than one page is read to its end', async () => {
  const page = (key: string, token: string) =>
    `<ListBucketResult><Contents><Key>chadan/${key}</Key><LastModified>2026-11-24T00:00:00.000Z</LastModified></Contents>${token}</ListBucketResult>`;
  s3.fault = (request, response) => {
    const { searchParams } = new URL(request.url ?? '', s3.settings.endpoint);
    if (searchParams.get('continuation-token') === 'a&b=') response.end(page('second', ''));
    else response.end(page('first', '<NextContinuationToken>a&amp;b=</NextContinuationToken>'));
    return true;
  };
  expect(await collect(storage.list())).toEqual(
    ['first', 'second'].map((key) => ({ key, modifiedAt: new Date('2026-11-24T00:00:00Z') })),
  );
  expect(s3.requests).toHaveLength(2);
});

test('a refusal and a storage that is away say where and why, and never the secret', async () => {
  const secretAccessKey = 'not-the-right-secret';
  const stranger = new ObjectStorage({ ...s3.settings, secretAccessKey });
  const nowhere = new ObjectStorage({ ...s3.settings, endpoint: 'http://127.0.0.1:1', secretAccessKey });
  const file = await fileOf(Buffer.alloc(300_000));
  for (const [one, words] of [
    [stranger, 'answered 403'],
    [nowhere, 'at http://127.0.0.1:1 failed'],
  ] as const) {
    for (const call of [
      () => one.find('a'),
      () => one.read('a'),
      () => one.store('a', file, CSV, never),
      () => one.delete('a'),
      () => collect(one.list()),
    ]) {
      const error = await call().then(() => 'nothing was thrown', String);
      expect(error).toContain(words);
      expect(error).not.toContain(secretAccessKey);
    }
  }
  await expect(nowhere.find('a')).rejects.toThrow(ObjectStorageError);
});

test('a storage that takes the connection and says nothing is given up', async () => {
  s3.fault = () => true;
  await expect(storage.find('a')).rejects.toThrow('no answer within 2 s');
});
