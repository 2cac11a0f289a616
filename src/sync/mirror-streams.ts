// The events of a mirror: server-sent events of each new version, as the exchange sends them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListId } from '../list/entry.ts';
import type { Manifest } from '../list/manifest.ts';
import { Refusal } from './http-answer.ts';

const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 5000;
/** A reader that takes nothing for so many bytes is cut; it comes again. */
const MAX_UNREAD_BYTES = 65_536;

export class MirrorStreams {
  readonly #manifest: (list: ListId) => Manifest | undefined;
  readonly #streams = new Map<ServerResponse, ListId>();
  readonly #told = new Map<ListId, string>();
  readonly #heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);

  constructor(manifest: (list: ListId) => Manifest | undefined) {
    this.#manifest = manifest;
    this.#heartbeat.unref();
  }

  get count(): number {
    return this.#streams.size;
  }

  connect(list: ListId, request: IncomingMessage, response: ServerResponse): void {
    if (this.#streams.size >= MAX_STREAMS)
      throw new Refusal(503, 'database_unavailable', 'too many readers', { 'Retry-After': '30' });
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(`: ${list}\n\n${this.#event(list)}`);
    this.#streams.set(response, list);
    request.socket.setNoDelay(true);
    response.on('close', () => this.#streams.delete(response));
  }

  /** Tells the readers of a list, unless they were told of this very version. */
  announce(list: ListId): void {
    const event = this.#event(list);
    if (event === this.#told.get(list)) return;
    this.#told.set(list, event);
    for (const [response, of] of this.#streams) if (of === list) this.#write(response, event);
  }

  end(): void {
    clearInterval(this.#heartbeat);
    for (const response of this.#streams.keys()) response.end();
  }

  #beat(): void {
    for (const response of this.#streams.keys()) this.#write(response, ':\n\n');
  }

  #write(response: ServerResponse, text: string): void {
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    else response.write(text);
  }

  #event(list: ListId): string {
    const manifest = this.#manifest(list);
    if (manifest === undefined) return '';
    const { epoch, version, digest } = manifest;
    const data = JSON.stringify({ list, epoch, version, digest });
    return `event: version\nid: ${epoch}:${version}\ndata: ${data}\n\n`;
  }
}
