// Speaks S3 to one bucket: what is there, fetch, store, list, delete, and addresses that are good for a few minutes.
// It decides nothing, and neither the secret nor a signature is ever in an error.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { finished, pipeline } from 'node:stream/promises';
import { AwsV4Signer } from 'aws4fetch';

export interface ObjectStorageSettings {
  /** Base URL of the S3 service; the bucket is the first part of the path below it. */
  endpoint: string;
  bucket: string;
  region: string;
  /** What every key begins with: empty, or a text that ends in `/`. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface StoredObject {
  key: string;
  modifiedAt: Date;
}

/** What an object is stored with, and served with by whoever serves it. */
export interface ObjectHeaders {
  'Content-Type': string;
  'Cache-Control': string;
  'Content-Encoding'?: string;
}

/** Storage that did not answer, or not as it should. */
export class ObjectStorageError extends Error {
  override readonly name = 'ObjectStorageError';
}

const ADDRESS_SECONDS = '300';
/** A reader may wait for the answer: where none comes in this time, the storage is as good as away. */
const QUICK_MS = 2000;
const IDLE_MS = 30_000;
const MAX_LIST_BYTES = 4 * 1024 * 1024;

export class ObjectStorage {
  readonly #settings: ObjectStorageSettings;
  /** Keys derived for signing, one a day: made once. */
  readonly #signingKeys = new Map<string, ArrayBuffer>();

  constructor(settings: ObjectStorageSettings) {
    this.#settings = settings;
  }

  /** When the object was stored; undefined where there is none. Throws ObjectStorageError. */
  async find(key: string): Promise<Date | undefined> {
    const response = await this.#request('HEAD', this.#url(key), {}, { timeoutMs: QUICK_MS });
    response.resume();
    if (response.statusCode === 404) return undefined;
    requireOk(response);
    return new Date(response.headers['last-modified'] ?? 0);
  }

  /** The object's bytes as they were stored, in its content coding; undefined where there is none. */
  async read(key: string): Promise<IncomingMessage | undefined> {
    const response = await this.#request('GET', this.#url(key), {}, { timeoutMs: QUICK_MS });
    if (response.statusCode === 200) return response;
    response.resume();
    if (response.statusCode === 404) return undefined;
    return requireOk(response);
  }

  /** Stores a file; the same key with the same bytes may be stored as often as one likes. */
  async store(key: string, file: string, headers: ObjectHeaders, signal: AbortSignal): Promise<void> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash, { signal });
    const { size } = await stat(file);
    // The storage compares what it received with the hash: what was cut or changed on the way is not stored.
    const all = { ...headers, 'Content-Length': String(size), 'X-Amz-Content-Sha256': hash.digest('hex') };
    const response = await this.#request('PUT', this.#url(key), all, { file, timeoutMs: IDLE_MS, signal });
    response.resume();
    requireOk(response);
    await finished(response);
  }

  /** Every object whose key begins with the prefix of the settings. */
  async *list(): AsyncGenerator<StoredObject> {
    for (let next: string | undefined = ''; next !== undefined; ) {
      const url = this.#url('');
      url.pathname = `/${this.#settings.bucket}`;
      url.searchParams.set('list-type', '2');
      url.searchParams.set('prefix', this.#settings.prefix);
      if (next !== '') url.searchParams.set('continuation-token', next);
      const response = await this.#request('GET', url, {}, { timeoutMs: IDLE_MS });
      const xml = await readText(requireOk(response));
      for (const [, contents = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const key = element(contents, 'Key')?.slice(this.#settings.prefix.length);
        const modifiedAt = new Date(element(contents, 'LastModified') ?? '');
        if (key !== undefined && !Number.isNaN(modifiedAt.getTime())) yield { key, modifiedAt };
      }
      next = element(xml, 'NextContinuationToken');
    }
  }

  async delete(key: string): Promise<void> {
    const response = await this.#request('DELETE', this.#url(key), {}, { timeoutMs: IDLE_MS });
    response.resume();
    requireOk(response);
  }

  /** Path and query by which anyone can read the object for some minutes, below the endpoint. */
  async address(key: string): Promise<string> {
    const url = this.#url(key);
    url.searchParams.set('X-Amz-Expires', ADDRESS_SECONDS);
    const signed = await this.#signer('GET', url, {}, true).sign();
    return signed.url.pathname + signed.url.search;
  }

  #url(key: string): URL {
    const { endpoint, bucket, prefix } = this.#settings;
    return new URL(`/${bucket}/${prefix}${key}`, endpoint);
  }

  #signer(method: string, url: URL, headers: Record<string, string>, signQuery: boolean): AwsV4Signer {
    const { accessKeyId, secretAccessKey, region } = this.#settings;
    const options = { accessKeyId, secretAccessKey, region, service: 's3', cache: this.#signingKeys };
    return new AwsV4Signer({ method, url: url.href, headers, signQuery, ...options });
  }

  /** Sends a signed request. Not by `fetch`, which would take the content coding off. */
  async #request(
    method: string,
    url: URL,
    headers: Record<string, string>,
    { file, timeoutMs, signal }: { file?: string; timeoutMs: number; signal?: AbortSignal },
  ): Promise<IncomingMessage> {
    const signed = await this.#signer(method, url, headers, false).sign();
    const { request: open } = url.protocol === 'https:' ? https : http;
    const request = open(signed.url, {
      method,
      headers: { ...headers, ...Object.fromEntries(signed.headers) },
      timeout: timeoutMs,
      ...(signal && { signal }),
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    const answered = new Promise<IncomingMessage>((done, fail) => {
      request.once('response', done);
      request.once('error', fail);
    });
    try {
      if (file === undefined) request.end();
      // An early answer, a refusal above all, may close the connection while the body is sent: the answer counts.
      else pipeline(createReadStream(file), request).catch((error: Error) => request.destroy(error));
      return await answered;
    } catch (cause) {
      throw new ObjectStorageError(`${method} at ${url.origin} failed: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
}

function requireOk(response: IncomingMessage): IncomingMessage {
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) return response;
  response.resume();
  throw new ObjectStorageError(`object storage answered ${statusCode}`);
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_LIST_BYTES) throw new ObjectStorageError('object storage answered with too long a list');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The text of an XML element that has no other in it. Our keys, dates and tokens need no more than this. */
function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll('&amp;', '&');
}
