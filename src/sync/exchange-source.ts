// What a sync asks of the exchange, each answer within bounds. Nothing that it gives back is verified.
import { type ApiClient, ExchangeError, type RequestOptions } from '../client/exchange-client.ts';
import { readBody, readText } from '../client/response-body.ts';
import { COMPACT_TYPE, type CompactKind } from '../list/compact.ts';
import { decodeCompact } from '../list/compact-reader.ts';
import type { ListId } from '../list/entry.ts';
import { FormatError } from '../list/format-error.ts';
import { SyncError, type SyncErrorCode } from './sync-error.ts';

/** By so much a compact form may be longer than its CSV (list format §14.7): a few lines of many categories are. */
const COMPACT_EXCESS_BYTES = 1024;

export interface SourceLimits {
  /** The longest wait between two chunks of a body. */
  idleTimeoutMs: number;
  /** The longest for one body. */
  totalTimeoutMs: number;
  /** How often one request is sent at most. */
  maxAttempts: number;
}

const DEFAULT_LIMITS: SourceLimits = { idleTimeoutMs: 30_000, totalTimeoutMs: 30 * 60_000, maxAttempts: 3 };
const MAX_JWS_BYTES = 65_536;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const COMPACT_OR_CSV = `${COMPACT_TYPE}, text/csv;q=0.5`;

export type ManifestAnswer = { changed: false } | { changed: true; jws: string; etag: string | null };

/** The version that was asked for is not served any more: read the manifest again, or take the snapshot. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

export class ExchangeSource {
  readonly #client: ApiClient;
  readonly #limits: SourceLimits;
  readonly #signal: AbortSignal | undefined;
  #accept = COMPACT_OR_CSV;

  constructor(client: ApiClient, limits: Partial<SourceLimits> = {}, signal?: AbortSignal) {
    this.#client = client;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#signal = signal;
  }

  /** The key set, unverified; it is public. */
  async keySet(list: ListId): Promise<string> {
    return this.#ask(list, async () => {
      const headers = { accept: 'application/jwt' };
      return (await this.#text(await this.#request('/v1/keys', { headers, authenticate: false }))).trim();
    });
  }

  /** The manifest, unverified; `etag` is that of the one held. */
  async manifest(list: ListId, etag: string | null): Promise<ManifestAnswer> {
    const headers: Record<string, string> = { accept: 'application/jwt' };
    if (etag !== null) headers['if-none-match'] = etag;
    return this.#ask(list, async () => {
      const response = await this.#request(`/v1/lists/${list}/manifest`, { headers });
      if (response.status === 304) {
        if (etag !== null) return { changed: false };
        throw new SyncError('bad_response', 'the exchange answered 304 to an unconditional request', {
          list,
        });
      }
      const jws = (await this.#text(response)).trim();
      return { changed: true, jws, etag: validEtag(response.headers.get('etag')) };
    });
  }

  /**
   * The bytes of a snapshot's CSV, in whatever form it comes, at most `maxBytes` of them. Throws GoneError, SyncError;
   * FormatError `bad_compact` where the compact form does not decode: the next body is then asked for as CSV.
   */
  snapshot(list: ListId, version: number, epoch: string, maxBytes: number): AsyncGenerator<Uint8Array> {
    return this.#csv(
      list,
      'snapshot',
      `/v1/lists/${list}/versions/${version}/snapshot?epoch=${epoch}`,
      maxBytes,
    );
  }

  /** The bytes of the CSV of the diff between two versions. Throws as `snapshot`. */
  diff(list: ListId, from: number, to: number, epoch: string, maxBytes: number): AsyncGenerator<Uint8Array> {
    // Addressed by both versions, not as "to the current one": it must fit the manifest, whatever is published meanwhile.
    return this.#csv(
      list,
      'diff',
      `/v1/lists/${list}/versions/${to}/diff?from=${from}&epoch=${epoch}`,
      maxBytes,
    );
  }

  /** A page of at most 1,000 of the history, the newest first, unverified and of any shape. Throws SyncError, GoneError. */
  async versions(
    list: ListId,
    epoch: string,
    limit: number,
    cursor: string | null,
  ): Promise<{ items: unknown[]; next: string | null }> {
    const from = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return this.#ask(list, async () => {
      const headers = { accept: 'application/json' };
      const path = `/v1/lists/${list}/versions?epoch=${epoch}&limit=${Math.min(limit, 1000)}${from}`;
      const response = await this.#request(path, { headers });
      const bounds = { ...this.#limits, maxBytes: MAX_PAGE_BYTES, signal: this.#signal };
      const { items, next } = parsePage(await readText(response, bounds));
      if (!Array.isArray(items)) throw new SyncError('bad_response', 'the history is no page', { list });
      return { items, next: typeof next === 'string' ? next : null };
    });
  }

  /** Hands in a receipt. Throws ExchangeError: what it means is for the caller. */
  async postReceipt(list: ListId, jws: string): Promise<void> {
    await this.#request(`/v1/lists/${list}/receipts`, {
      method: 'POST',
      headers: { 'content-type': 'application/jwt' },
      body: jws,
      // The same receipt twice says nothing else than once.
      idempotent: true,
    });
  }

  async *#csv(list: ListId, kind: CompactKind, path: string, maxBytes: number): AsyncGenerator<Uint8Array> {
    const headers = { accept: this.#accept };
    const response = await this.#ask(list, () => this.#request(path, { headers }));
    if (response.status !== 200)
      throw new SyncError('bad_response', `the exchange answered ${response.status}`, { list });
    const isCompact = response.headers.get('content-type')?.split(';', 1)[0]?.trim() === COMPACT_TYPE;
    const maxBody = isCompact ? maxBytes + COMPACT_EXCESS_BYTES : maxBytes;
    const body = readBody(response, { ...this.#limits, maxBytes: maxBody, signal: this.#signal });
    try {
      let bytes = 0;
      for await (const chunk of isCompact ? decodeCompact(kind, body) : body) {
        bytes += chunk.length;
        if (bytes > maxBytes)
          throw new SyncError('too_large', `the ${kind} is larger than ${maxBytes} bytes`, { list });
        yield chunk;
      }
    } catch (error) {
      if (error instanceof FormatError) {
        // format §14.1: what did not decode is asked for as CSV from now on.
        this.#accept = 'text/csv';
        throw new FormatError('bad_compact', error.message, { cause: error });
      }
      throw error instanceof ExchangeError ? syncErrorFrom(error, list) : error;
    }
  }

  #request(path: string, options: RequestOptions): Promise<Response> {
    const { maxAttempts } = this.#limits;
    return this.#client.request(path, { ...options, maxAttempts, signal: this.#signal });
  }

  #text(response: Response): Promise<string> {
    return readText(response, { ...this.#limits, maxBytes: MAX_JWS_BYTES, signal: this.#signal });
  }

  async #ask<T>(list: ListId, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (error.status === 410) throw new GoneError(error.message, { cause: error });
      if (error.status === 404 && error.code === 'not_found') {
        throw new GoneError(error.message, { cause: error });
      }
      throw syncErrorFrom(error, list);
    }
  }
}

const CODES: Record<string, SyncErrorCode> = {
  unreachable: 'unreachable',
  timeout: 'unreachable',
  redirect_refused: 'redirect_refused',
  body_cut: 'incomplete',
  body_stalled: 'incomplete',
  body_too_large: 'too_large',
};

/** What an error of the exchange means for a sync. */
export function syncErrorFrom(error: ExchangeError, list: ListId | undefined): SyncError {
  const isRefusal =
    error.status === 401 || error.status === 403 || /_client$|_grant$|_scope$/.test(error.code);
  const otherwise = isRefusal ? 'access_refused' : error.retryable ? 'unreachable' : 'bad_response';
  const code = CODES[error.code] ?? otherwise;
  return new SyncError(code, error.message, { list, cause: error, retryAfterMs: error.retryAfterMs });
}

/** What of a text can be a page; nothing where it is not JSON. */
function parsePage(text: string): { items?: unknown; next?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { items?: unknown; next?: unknown };
  } catch {
    return {};
  }
}

/** What may be sent back as If-None-Match without a second thought. */
function validEtag(etag: string | null): string | null {
  return etag !== null && /^(W\/)?"[\x21\x23-\x7e]{0,256}"$/.test(etag) ? etag : null;
}
