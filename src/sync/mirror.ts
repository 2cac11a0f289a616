// A mirror: the pull API of the exchange for readers of an operator's own, such as its resellers. It serves what the
// agency signed, byte for byte, and signs nothing: its readers verify from the root key, as if it were the exchange.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isListId, type ListId } from '../list/entry.ts';
import { Refusal, send, sendJson } from './http-answer.ts';
import type { ListInForce } from './list-in-force.ts';
import { MirrorHistory } from './mirror-history.ts';
import type { MirrorDoor } from './mirror-readers.ts';
import { MirrorStreams } from './mirror-streams.ts';
import type { Relay } from './relay.ts';

const IMMUTABLE = 'private, max-age=31536000, immutable';
/** Diffs kept ready, of the versions asked for last. */
const READY_DIFFS = 64;

type Query = ReadonlyMap<string, string>;
type Route = (list: ListId, query: Query, exchange: Exchange, version: number) => Promise<void>;
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

export class Mirror {
  readonly #relay: Relay;
  readonly #directory: string;
  readonly #door: MirrorDoor;
  readonly #warn: (message: string) => void;
  readonly #histories: ReadonlyMap<ListId, MirrorHistory>;
  readonly #streams: MirrorStreams;
  readonly #ready = new Map<string, Promise<{ plain: Buffer; packed: Buffer }>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(relay: Relay, directory: string, door: MirrorDoor, warn: (message: string) => void) {
    this.#relay = relay;
    this.#directory = directory;
    this.#door = door;
    this.#warn = warn;
    this.#histories = new Map(
      relay.lists.map((list) => [list, new MirrorHistory(join(directory, list), () => relay.upstream)]),
    );
    this.#streams = new MirrorStreams((list) => relay.inForce(list)?.manifest);
  }

  /** Takes up what is in force, and from now on whatever comes. */
  async open(): Promise<void> {
    for (const list of this.#relay.lists) await this.#take(list);
    this.#relay.on('synced', ({ list, outcome }) => {
      if (outcome !== 'failed') void this.#take(list);
    });
  }

  get readers(): number {
    return this.#streams.count;
  }

  endStreams(): void {
    this.#streams.end();
  }

  /** What cannot be had for readers now is told, and tried again after the next sync. */
  #take(list: ListId): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const inForce = this.#relay.inForce(list);
      if (inForce === undefined) return;
      try {
        await this.#histories.get(list)?.take(inForce);
      } catch (error) {
        this.#warn(
          `${list}: not all is there for readers: ${error instanceof Error ? error.message : error}`,
        );
      }
      this.#streams.announce(list);
    });
    return this.#turn;
  }

  /** Answers one request below /v1/. Throws Refusal. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> {
    const isPublic = path === '/v1/keys';
    if (!isPublic && this.#door.nameOf(request.headers.authorization) === undefined)
      throw new Refusal(401, 'invalid_token', 'a token of this mirror is needed', {
        'WWW-Authenticate': 'Bearer error="invalid_token"',
      });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new Refusal(405, 'method_not_allowed', 'a mirror is only read', { Allow: 'GET, HEAD' });
    const params = readParams(query);
    if (isPublic) return this.#serveKeys(response);
    if (path === '/v1/lists') return this.#serveLists(response);
    const [, id = '', rest = ''] = /^\/v1\/lists\/([^/]+)(.*)$/.exec(path) ?? [];
    const [, version] = /^\/versions\/([0-9]{1,10})\//.exec(rest) ?? [];
    const route = this.#routes[rest.replace(/^\/versions\/[0-9]{1,10}\//, '/versions/N/')];
    if (!isListId(id) || !this.#relay.lists.includes(id) || route === undefined)
      throw new Refusal(404, 'not_found', 'there is no such list, or a mirror does not serve that');
    await route(id, params, { request, response }, Number(version));
  }

  readonly #routes: Readonly<Record<string, Route>> = {
    '': async (list, _query, { response }) => sendJson(response, 200, describe(this.#held(list))),
    '/manifest': async (list, _query, exchange) => this.#serveManifest(list, exchange),
    '/events': async (list, _query, { request, response }) => this.#streams.connect(list, request, response),
    '/diff': async (list, query, exchange) => {
      const { version, epoch } = this.#held(list).manifest;
      const from = query.get('from');
      const at = `/v1/lists/${list}/versions/${version}/diff?from=${from}&epoch=${epoch}`;
      return this.#serveDiff(list, query, exchange, version, {
        'Content-Location': at,
        'Cache-Control': 'private, no-cache',
      });
    },
    '/versions/N/diff': async (list, query, exchange, version) =>
      this.#serveDiff(list, query, exchange, version),
    '/versions/N/snapshot': async (list, query, exchange, version) =>
      this.#serveSnapshot(list, query, exchange, version),
  };

  async #serveKeys(response: ServerResponse): Promise<void> {
    const jws = await readFile(join(this.#directory, 'key-set.jwt'), 'utf8').catch(() => undefined);
    if (jws === undefined) throw unavailable('this mirror has no key set yet');
    send(response, 200, 'application/jwt', jws.trim(), { 'Cache-Control': 'public, max-age=60' });
  }

  #serveLists(response: ServerResponse): void {
    const held = this.#relay.lists.flatMap((list) => this.#relay.inForce(list) ?? []);
    sendJson(response, 200, { items: held.map(describe), next: null });
  }

  #serveManifest(list: ListId, { request, response }: Exchange): void {
    const jws = this.#held(list).current.record.manifest;
    const headers = { ETag: etagOf(jws), 'Cache-Control': 'private, no-cache' };
    if (isFresh(request, headers.ETag)) response.writeHead(304, headers).end();
    else send(response, 200, 'application/jwt', jws, headers);
  }

  async #serveSnapshot(list: ListId, query: Query, { request, response }: Exchange, version: number) {
    const { epoch } = this.#requireEpoch(list, query, version);
    const packed = acceptsGzip(request);
    const history = this.#histories.get(list);
    const file = await history?.snapshotFile(epoch, version, packed);
    if (file === undefined) throw new Refusal(410, 'version_gone', 'this mirror does not hold that snapshot');
    const headers = codingHeaders(`${list} ${epoch} ${version}`, packed);
    if (isFresh(request, headers.ETag)) {
      response.writeHead(304, headers).end();
      return;
    }
    const { size } = await stat(file);
    response.writeHead(200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Length': size,
      ...headers,
    });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(file), response);
  }

  async #serveDiff(
    list: ListId,
    query: Query,
    { request, response }: Exchange,
    to: number,
    further: Record<string, string> = {},
  ): Promise<void> {
    const { epoch } = this.#requireEpoch(list, query, to);
    const from = Number(/^[0-9]{1,10}$/.test(query.get('from') ?? '') ? query.get('from') : Number.NaN);
    if (Number.isNaN(from)) throw new Refusal(400, 'invalid_request', 'from must be a version');
    if (from > to) throw new Refusal(400, 'version_above_current', 'from is above that version');
    const diff = await this.#diff(list, epoch, from, to);
    const packed = acceptsGzip(request);
    const headers = { ...codingHeaders(`${list} ${epoch} ${from}-${to}`, packed), ...further };
    if (isFresh(request, headers.ETag)) response.writeHead(304, headers).end();
    else send(response, 200, 'text/csv; charset=utf-8', packed ? diff.packed : diff.plain, headers);
  }

  /** Made once for all who ask at the same time, or soon after. */
  async #diff(
    list: ListId,
    epoch: string,
    from: number,
    to: number,
  ): Promise<{ plain: Buffer; packed: Buffer }> {
    const name = `${list} ${epoch} ${from}-${to}`;
    const making = this.#ready.get(name) ?? this.#makeDiff(list, from, to);
    // The one used last is the last to go.
    this.#ready.delete(name);
    this.#ready.set(name, making);
    for (const oldest of this.#ready.keys()) {
      if (this.#ready.size <= READY_DIFFS) break;
      this.#ready.delete(oldest);
    }
    return making.catch((error: unknown) => {
      this.#ready.delete(name);
      throw error;
    });
  }

  async #makeDiff(list: ListId, from: number, to: number): Promise<{ plain: Buffer; packed: Buffer }> {
    const plain =
      from === to
        ? Buffer.from('op,value,category,until\n')
        : await this.#histories.get(list)?.diff(from, to);
    if (plain === undefined)
      throw new Refusal(410, 'diff_gone', 'this mirror holds no diff from there: take the snapshot');
    return { plain, packed: await promisify(gzip)(plain) };
  }

  #requireEpoch(list: ListId, query: Query, version: number): { epoch: string } {
    const { manifest } = this.#held(list);
    const epoch = query.get('epoch');
    if (epoch === undefined) throw new Refusal(400, 'invalid_request', 'epoch is required');
    if (epoch !== manifest.epoch) throw new Refusal(410, 'epoch_gone', 'the list has another history now');
    if (version > manifest.version) throw new Refusal(404, 'not_found', 'there is no such version here');
    return manifest;
  }

  #held(list: ListId): ListInForce {
    const held = this.#relay.inForce(list);
    if (held === undefined) throw unavailable('this mirror holds no list yet');
    return held;
  }
}

function unavailable(detail: string): Refusal {
  return new Refusal(503, 'database_unavailable', detail, { 'Retry-After': '5' });
}

function describe({ manifest, current }: ListInForce): object {
  const { epoch, version, count, digest, chain, publishedAt } = manifest;
  return {
    id: current.record.list,
    epoch,
    version,
    count,
    digest,
    chain,
    publishedAt: new Date(publishedAt * 1000).toISOString(),
    // What is decided and not yet published only the exchange knows.
    pending: { added: 0, removed: 0, held: false },
  };
}

/** Throws Refusal where a parameter is unknown or there twice. */
function readParams(query: string): Query {
  const params = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if ((name !== 'from' && name !== 'epoch') || params.has(name))
      throw new Refusal(400, 'invalid_request', 'the parameters are from and epoch');
    params.set(name, value);
  }
  return params;
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /(^|,)\s*(gzip|\*)\s*(;\s*q=(0?\.[0-9]*[1-9][0-9]*|1(\.0*)?))?\s*(,|$)/.test(
    String(request.headers['accept-encoding'] ?? ''),
  );
}

function codingHeaders(name: string, packed: boolean): Record<string, string> & { ETag: string } {
  return {
    ETag: etagOf(`${name} ${packed}`),
    'Cache-Control': IMMUTABLE,
    Vary: 'Accept-Encoding',
    ...(packed && { 'Content-Encoding': 'gzip' }),
  };
}

function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 32)}"`;
}

function isFresh(request: IncomingMessage, etag: string): boolean {
  return (request.headers['if-none-match'] ?? '').split(/\s*,\s*/).includes(etag);
}
