// A mirror: the pull API of the exchange for readers of an operator's own, such as its resellers. It serves what the
// agency signed and signs nothing: its readers verify from the root key, as if it were the exchange.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isListId, type ListId } from '../list/entry.ts';
import { canonicalValue } from '../list/listed-value.ts';
import { Refusal, send, sendJson } from './http-answer.ts';
import type { ListInForce } from './list-in-force.ts';
import { DIFF_TYPES, type MirrorArtifact, SNAPSHOT_TYPES } from './mirror-forms.ts';
import { MirrorHistory } from './mirror-history.ts';
import type { MirrorDoor } from './mirror-readers.ts';
import { etagOf, isFresh, sendArtifact } from './mirror-representation.ts';
import { type Asked, readParams, readPath } from './mirror-request.ts';
import { MirrorStreams } from './mirror-streams.ts';
import { MirrorVersions } from './mirror-versions.ts';
import type { Relay } from './relay.ts';

const IMMUTABLE = 'private, max-age=31536000, immutable';
const REVALIDATED = 'private, no-cache';
const DEFAULT_LIMIT = 50;

/** What of one list is kept for readers. */
interface Kept {
  history: MirrorHistory;
  versions: MirrorVersions;
}

interface Exchange extends Asked {
  request: IncomingMessage;
  response: ServerResponse;
}

export class Mirror {
  readonly #relay: Relay;
  readonly #directory: string;
  readonly #door: MirrorDoor;
  readonly #warn: (message: string) => void;
  readonly #kept: ReadonlyMap<ListId, Kept>;
  readonly #streams: MirrorStreams;
  #turn: Promise<void> = Promise.resolve();

  constructor(relay: Relay, directory: string, door: MirrorDoor, warn: (message: string) => void) {
    this.#relay = relay;
    this.#directory = directory;
    this.#door = door;
    this.#warn = warn;
    this.#kept = new Map(
      relay.lists.map((list) => {
        const history: MirrorHistory = new MirrorHistory({
          store: join(directory, list),
          upstream: () => relay.upstream,
          inForce: () => relay.inForce(list),
          digestOf: (version) => versions.find(version)?.digest,
        });
        const versions = new MirrorVersions(history.directory);
        return [list, { history, versions }];
      }),
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
      const { history, versions } = this.#of(list);
      const told = (error: unknown) => {
        const why = error instanceof Error ? error.message : error;
        this.#warn(`${list}: not all is there for readers: ${why}`);
      };
      // The history first: by its digests it is seen whether a diff is what it should be.
      await versions.take(list, inForce.manifest, this.#relay.upstream).catch(told);
      await history.take(inForce).catch(told);
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
    response.setHeader('X-Request-Id', randomUUID());
    const isPublic = path === '/v1/keys';
    if (!isPublic && this.#door.nameOf(request.headers.authorization) === undefined)
      throw new Refusal(401, 'invalid_token', 'a token of this mirror is needed', {
        'WWW-Authenticate': 'Bearer error="invalid_token"',
      });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new Refusal(405, 'method_not_allowed', 'a mirror is only read', { Allow: 'HEAD, GET' });
    const asked = readPath(path);
    const { id } = asked;
    const params = readParams(asked.route, query);
    if (asked.route === '/v1/keys') return this.#serveKeys(response);
    if (asked.route === '/v1/lists') return this.#serveLists(response);
    if (!isListId(id) || !this.#relay.lists.includes(id))
      throw new Refusal(404, 'not_found', 'there is no such list here');
    await this.#serveList(id, { ...asked, ...params, request, response });
  }

  async #serveList(list: ListId, exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    switch (exchange.route) {
      case '':
        return sendJson(response, 200, this.#describe(list, this.#held(list)));
      case '/manifest':
        return this.#serveManifest(list, exchange);
      case '/events':
        return this.#streams.connect(list, request, response);
      case '/versions':
        return this.#serveVersions(list, exchange);
      case '/versions/{version}':
        return this.#serveVersion(list, exchange);
      case '/versions/{version}/snapshot':
        return this.#serveSnapshot(list, exchange);
      case '/versions/{version}/diff':
        return this.#serveDiff(list, exchange, exchange.version ?? 0, { 'Cache-Control': IMMUTABLE });
      case '/diff':
        return this.#serveDiffToCurrent(list, exchange);
      default:
        return this.#serveProof(list, exchange);
    }
  }

  async #serveKeys(response: ServerResponse): Promise<void> {
    const jws = await readFile(join(this.#directory, 'key-set.jwt'), 'utf8').catch(() => undefined);
    if (jws === undefined) throw unavailable('this mirror has no key set yet');
    send(response, 200, 'application/jwt', jws.trim(), { 'Cache-Control': 'public, max-age=60' });
  }

  #serveLists(response: ServerResponse): void {
    const items = this.#relay.lists.flatMap((list) => {
      const held = this.#relay.inForce(list);
      return held ? [this.#describe(list, held)] : [];
    });
    sendJson(response, 200, { items, next: null });
  }

  #serveManifest(list: ListId, { request, response }: Exchange): void {
    const jws = this.#held(list).current.record.manifest;
    const headers = { ETag: etagOf(jws), 'Cache-Control': REVALIDATED };
    if (isFresh(request, headers.ETag)) response.writeHead(304, headers).end();
    else send(response, 200, 'application/jwt', jws, headers);
  }

  #serveVersions(list: ListId, { epoch, cursor, limit = DEFAULT_LIMIT, response }: Exchange): void {
    const { manifest } = this.#held(list);
    const isPresent = (epoch ?? manifest.epoch) === manifest.epoch;
    const known = this.#of(list).versions;
    const items = isPresent ? known.page(cursor ?? manifest.version + 1, limit + 1) : [];
    const last = items[limit - 1];
    const next = items.length > limit && last ? `[${last.version}]` : null;
    sendJson(response, 200, {
      items: items.slice(0, limit),
      next: next && Buffer.from(next).toString('base64url'),
    });
  }

  #serveVersion(list: ListId, { version = 0, response }: Exchange): void {
    this.#held(list);
    const found = this.#of(list).versions.find(version);
    if (found === undefined) throw new Refusal(404, 'not_found', 'there is no such version here');
    sendJson(response, 200, found);
  }

  async #serveSnapshot(list: ListId, exchange: Exchange): Promise<void> {
    const { version = 0 } = exchange;
    const { epoch } = this.#requireEpoch(list, exchange, version);
    const artifact = await this.#of(list).history.snapshot(epoch, version);
    if (artifact === undefined)
      throw new Refusal(410, 'version_gone', 'a mirror holds the snapshot that the manifest names');
    await this.#send(list, exchange, artifact, { 'Cache-Control': IMMUTABLE });
  }

  async #serveDiffToCurrent(list: ListId, exchange: Exchange): Promise<void> {
    const { version, epoch } = this.#held(list).manifest;
    const at = `/v1/lists/${list}/versions/${version}/diff?from=${exchange.from}&epoch=${epoch}`;
    await this.#serveDiff(list, exchange, version, { 'Content-Location': at, 'Cache-Control': REVALIDATED });
  }

  async #serveDiff(list: ListId, exchange: Exchange, to: number, headers: Record<string, string>) {
    const { from = 0 } = exchange;
    const { oldestDiff } = this.#requireEpoch(list, exchange, to);
    if (from > to) throw new Refusal(400, 'version_above_current', 'from is above that version');
    const artifact = from < oldestDiff ? undefined : await this.#of(list).history.diff(list, from, to);
    if (artifact === undefined)
      throw new Refusal(410, 'diff_gone', 'there is no diff from there: take the snapshot');
    await this.#send(list, exchange, artifact, headers);
  }

  async #send(
    list: ListId,
    { request, response }: Exchange,
    artifact: MirrorArtifact,
    headers: Record<string, string>,
  ): Promise<void> {
    const { forms } = this.#of(list).history;
    const types = artifact.kind === 'diff' ? DIFF_TYPES : SNAPSHOT_TYPES;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    await sendArtifact(request, response, types, (type, coding) => forms.file(artifact, type, coding));
  }

  #serveProof(list: ListId, { value: text, version, epoch, response }: Exchange): void {
    const value = canonicalValue(list, text, /^/);
    if (value === undefined) throw new Refusal(400, 'invalid_value', 'this is no value of that list');
    const { tree, manifest, current } = this.#held(list);
    if ((version === undefined) !== (epoch === undefined))
      throw new Refusal(400, 'invalid_request', 'version and epoch go together');
    if (version !== undefined) this.#requireEpoch(list, { epoch }, version);
    if (version !== undefined && version !== manifest.version)
      throw new Refusal(410, 'version_gone', 'a mirror proves the version in force');
    const proven = { list, epoch: manifest.epoch, version: manifest.version, value };
    sendJson(response, 200, { ...proven, ...tree.prove(value), manifest: current.record.manifest });
  }

  #describe(id: ListId, { manifest }: ListInForce): object {
    const { epoch, version, count, digest, chain } = manifest;
    // The manifest has whole seconds.
    const told = this.#of(id).versions.find(version)?.['publishedAt'];
    const publishedAt = told ?? new Date(manifest.publishedAt * 1000).toISOString();
    // What is decided and not yet published only the exchange knows.
    const pending = { added: 0, removed: 0, held: false };
    return { id, epoch, version, count, digest, chain, publishedAt, pending };
  }

  #requireEpoch(list: ListId, { epoch }: { epoch?: string | undefined }, version: number) {
    const { manifest } = this.#held(list);
    if (epoch !== manifest.epoch) throw new Refusal(410, 'epoch_gone', 'the list has another history now');
    if (version > manifest.version) throw new Refusal(404, 'not_found', 'there is no such version here');
    return manifest;
  }

  #of(list: ListId): Kept {
    const kept = this.#kept.get(list);
    if (kept === undefined) throw new Error(`${list} is not mirrored`);
    return kept;
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
