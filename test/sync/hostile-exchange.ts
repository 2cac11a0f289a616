// An exchange on plain node:http that serves real signed lists, and lies on demand: each route's answer can be
// replaced before it is sent. It counts what it is asked for.
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from '../../src/client/credentials.ts';
import { diffBetween, formatDiff } from '../../src/list/diff.ts';
import { digestOf, extendChain, startChain } from '../../src/list/digest.ts';
import { compareLines, type ListId } from '../../src/list/entry.ts';
import {
  exportPrivateJwk,
  generateKey,
  type KeySet,
  type SigningKey,
  signKeySet,
} from '../../src/list/key-set.ts';
import { type Manifest, signManifest } from '../../src/list/manifest.ts';
import { type Receipt, verifyReceipt } from '../../src/list/receipt.ts';
import { formatSnapshot } from '../../src/list/snapshot.ts';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export type Route = 'token' | 'keys' | 'manifest' | 'versions' | 'snapshot' | 'diff' | 'receipt' | 'events';
/** Gives back another answer, or undefined where it has dealt with the response itself. */
export type Lie = (honest: Answer, response: ServerResponse, request: IncomingMessage) => Answer | undefined;

interface Version {
  lines: string[];
  digest: string;
  chain: string;
}

const DAY = 86_400;

export class HostileExchange {
  readonly hits: Record<Route, number> = {
    token: 0,
    keys: 0,
    manifest: 0,
    versions: 0,
    snapshot: 0,
    diff: 0,
    receipt: 0,
    events: 0,
  };
  readonly receipts: Receipt[] = [];
  readonly lies: Partial<Record<Route, Lie>> = {};
  readonly rootKey = generateKey();
  readonly clientKey = generateKey();
  manifestKey = generateKey();
  keySet: Partial<KeySet> = {};
  /** Changes what the manifest says before it is signed. */
  forge: Partial<Manifest> = {};
  epoch: string = randomUUID();
  versions: Version[] = [];
  /** The version of the newest snapshot. */
  snapshotVersion = 0;
  oldestDiff = 0;
  /** Seconds since 1970. */
  now = Math.floor(Date.now() / 1000);
  readonly list: ListId = 'sender-numbers';
  issuer = '';
  readonly #server: Server;
  readonly #listeners = new Set<ServerResponse>();

  constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.restart([]);
  }

  static async start(): Promise<HostileExchange> {
    const exchange = new HostileExchange();
    await new Promise<void>((resolve) => exchange.#server.listen(0, '127.0.0.1', resolve));
    exchange.issuer = `http://127.0.0.1:${(exchange.#server.address() as AddressInfo).port}`;
    return exchange;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get credentials(): Credentials {
    const { issuer, clientKey, rootKey } = this;
    return {
      issuer,
      clientId: 'relay-1',
      privateKey: exportPrivateJwk(clientKey),
      rootKey: rootKey.publicJwk,
    };
  }

  get version(): number {
    return this.versions.length - 1;
  }

  /** What is told of each version, the oldest first. */
  get history(): { version: number; count: number; digest: string; chain: string }[] {
    return this.versions.map(({ lines, digest, chain }, version) => ({
      version,
      count: lines.length,
      digest,
      chain,
    }));
  }

  get lines(): string[] {
    return this.versions.at(-1)?.lines ?? [];
  }

  /** How many bodies were asked for. */
  get downloads(): number {
    return this.hits.snapshot + this.hits.diff;
  }

  /** Begins a history: version 0, and version 1 where there are lines. */
  restart(lines: string[], epoch: string = randomUUID()): void {
    this.epoch = epoch;
    this.versions = [{ lines: [], digest: digestOf([]), chain: startChain(epoch) }];
    this.snapshotVersion = 0;
    this.oldestDiff = 0;
    if (lines.length > 0) this.publish(lines);
  }

  /** The next version holds exactly these lines. */
  publish(lines: string[]): void {
    const digest = digestOf(lines);
    const chain = extendChain(this.versions.at(-1)?.chain ?? '', digest);
    this.versions.push({ lines: [...lines].sort(compareLines), digest, chain });
    for (const response of this.#listeners) response.write(this.#event());
  }

  snapshotOf(version: number): Buffer {
    return Buffer.concat([...formatSnapshot(this.versions[version]?.lines ?? [])]);
  }

  diffOf(from: number, to: number): Buffer {
    const diff = diffBetween(this.versions[from]?.lines ?? [], this.versions[to]?.lines ?? []);
    return Buffer.from([...formatDiff(diff)].join(''));
  }

  manifest(signer: SigningKey = this.manifestKey): string {
    const { digest = '', chain = '', lines = [] } = this.versions.at(-1) ?? {};
    const bytes = this.snapshotOf(this.snapshotVersion);
    const snapshot = {
      version: this.snapshotVersion,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      count: this.versions[this.snapshotVersion]?.lines.length ?? 0,
    };
    const { issuer: iss, list: sub, now: iat, epoch, version, oldestDiff } = this;
    const state = { epoch, version, count: lines.length, digest, chain, publishedAt: iat };
    const manifest = {
      iss,
      sub,
      iat,
      exp: iat + DAY,
      ...state,
      snapshot,
      oldestDiff,
      poll: 1,
      ...this.forge,
    };
    return signManifest(manifest, signer);
  }

  signedKeySet(root: SigningKey = this.rootKey): string {
    const { issuer: iss, now: iat } = this;
    const keys = [this.manifestKey.publicJwk];
    return signKeySet({ iss, iat, exp: iat + 30 * DAY, sequence: 1, keys, ...this.keySet }, root);
  }

  /** Ends the streams of events, as a proxy would. */
  dropEvents(): void {
    for (const response of this.#listeners) response.destroy();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', this.issuer);
    const route = routeOf(url.pathname);
    if (route === undefined) {
      send(response, problem(404, 'not_found'));
      return;
    }
    this.hits[route]++;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const honest = this.#answer(route, url, request, Buffer.concat(chunks).toString());
      const lie = this.lies[route];
      const answer = lie ? lie(honest, response, request) : honest;
      if (answer === undefined) return;
      if (route === 'events' && answer.status === 200) this.#stream(response);
      else send(response, answer);
    });
  }

  #answer(route: Route, url: URL, request: IncomingMessage, body: string): Answer {
    if (route === 'token')
      return json(200, { access_token: randomUUID(), token_type: 'Bearer', expires_in: 600, scope: 'pull' });
    if (route === 'keys') return text('application/jwt', this.signedKeySet());
    if (!/^Bearer \S+$/.test(request.headers.authorization ?? '')) return problem(401, 'invalid_token');
    const to = Number(/versions\/([0-9]+)/.exec(url.pathname)?.[1]);
    const wantsEpoch = url.searchParams.get('epoch');
    if (wantsEpoch !== null && wantsEpoch !== this.epoch) return problem(410, 'epoch_gone');
    switch (route) {
      case 'manifest':
        return this.#manifestAnswer(request);
      case 'versions':
        return json(200, { items: this.history.reverse(), next: null });
      case 'snapshot':
        return { ...text('text/csv; charset=utf-8', ''), body: this.snapshotOf(to) };
      case 'diff':
        return {
          ...text('text/csv; charset=utf-8', ''),
          body: this.diffOf(Number(url.searchParams.get('from')), to),
        };
      case 'receipt':
        this.receipts.push(verifyReceipt(body, [this.clientKey.publicJwk], { issuer: this.issuer }));
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      case 'events':
        return text('text/event-stream', '');
    }
  }

  #manifestAnswer(request: IncomingMessage): Answer {
    const etag = `"${this.version}.${this.versions.at(-1)?.chain}.${this.now}"`;
    const isHeld = request.headers['if-none-match'] === etag && Object.keys(this.forge).length === 0;
    if (isHeld) return { status: 304, headers: { etag }, body: Buffer.alloc(0) };
    const answer = text('application/jwt', this.manifest());
    return { ...answer, headers: { ...answer.headers, etag } };
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(this.#event());
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  #event(): string {
    const { list, epoch, version } = this;
    const data = { list, epoch, version, digest: this.versions.at(-1)?.digest };
    return `: hello\nid: ${epoch}:${version}\nevent: version\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

function routeOf(path: string): Route | undefined {
  if (path === '/oauth/token') return 'token';
  if (path === '/v1/keys') return 'keys';
  const last = path.split('/').at(-1);
  if (
    last === 'manifest' ||
    last === 'versions' ||
    last === 'snapshot' ||
    last === 'diff' ||
    last === 'events'
  )
    return last;
  return last === 'receipts' ? 'receipt' : undefined;
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    ...(status !== 204 && status !== 304 && { 'content-length': body.length }),
    ...headers,
  });
  response.end(body);
}

export function text(type: string, content: string): Answer {
  return { status: 200, headers: { 'content-type': type }, body: Buffer.from(content) };
}

export function json(status: number, value: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Answer {
  const body = { type: 'about:blank', title: code, status, code, detail: `because of ${code}` };
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** So many lines; with a step other ones. */
export function someLines(count: number, start = 0, category = 'gambling'): string[] {
  return Array.from(
    { length: count },
    (_, at) => `+8210${String(20_000_000 + 7919 * (start + at)).padStart(8, '0')},${category},permanent`,
  );
}
