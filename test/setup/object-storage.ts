// A real S3 server in this process (s3rver), which verifies every signature; requests can be counted and broken.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error it comes without types
import S3rverServer from '@20minutes/s3rver';
import type { ObjectStorageSettings } from '../../src/publish/object-storage.ts';

interface S3rver {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  configureBuckets(): Promise<void>;
  logger: { exceptions: { unhandle(): void }; close(): void };
}
type S3rverConstructor = new (options: object) => S3rver;

const BUCKET = 'artifacts';

export interface TestStorage {
  settings: ObjectStorageSettings;
  /** Method and path of each request so far. */
  requests: string[];
  /** Set to answer in the server's place: true where it did. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  stop(): Promise<void>;
}

export async function startObjectStorage(): Promise<TestStorage> {
  const Server = S3rverServer as S3rverConstructor;
  const directory = await mkdtemp(join(tmpdir(), 'chadan-s3-'));
  const s3 = new Server({ directory, silent: true, configureBuckets: [{ name: BUCKET }] });
  await s3.configureBuckets();
  const handle = s3.callback();
  const requests: string[] = [];
  const storage: TestStorage = {
    requests,
    fault: undefined,
    settings: {
      endpoint: '',
      bucket: BUCKET,
      region: 'ap-northeast-2',
      prefix: 'chadan/',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      s3.logger.exceptions.unhandle();
      s3.logger.close();
      await rm(directory, { recursive: true });
    },
  };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?', 1)[0]}`);
    if (!storage.fault?.(request, response)) handle(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  storage.settings.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return storage;
}

/** All that a stream or generator gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
