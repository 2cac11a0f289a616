// Talks to the exchange as one client: access tokens, retries, timeouts, redirects. It knows no operation.
// A token or key goes to the issuer's origin only, and neither is ever in an error.
import { setTimeout as sleepFor } from 'node:timers/promises';
import { AccessTokens } from './access-tokens.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { Credentials, Mirror } from './credentials.ts';
import { ExchangeError, errorFromNetwork, errorFromResponse } from './exchange-error.ts';
import { type BodyBounds, readText } from './response-body.ts';

export { ExchangeError } from './exchange-error.ts';
export { readBody } from './response-body.ts';

export interface ExchangeClientOptions {
  fetch?: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** From 0 up to 1. */
  random?: () => number;
  /** Waits; rejects with the signal's reason when it aborts. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** How often a request that may be repeated is sent at most; default 4. */
  maxAttempts?: number;
  backoff?: Backoff;
  /** How long to wait for the head of an answer; default 30 s. */
  timeoutMs?: number;
  /** Told of each wait before a retry. */
  onRetry?: (retry: { attempt: number; delayMs: number; error: ExchangeError }) => void;
}

/** What fetch takes as a body. */
export type RequestBody = NonNullable<RequestInit['body']>;

export interface RequestOptions {
  method?: string;
  headers?: Record<string, string>;
  /** A function makes the body anew for each attempt: a stream can only be sent again so. */
  body?: RequestBody | (() => RequestBody | Promise<RequestBody>);
  signal?: AbortSignal | undefined;
  /** How long to wait for the head of the answer, the sending of the body included. */
  timeoutMs?: number;
  /** Whether it may be sent twice; by default GET, HEAD, PUT, DELETE, and what has an Idempotency-Key. */
  idempotent?: boolean;
  /** Whether it needs an access token; default true. */
  authenticate?: boolean;
  /** Overrides the client's. */
  maxAttempts?: number;
}

const TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 4;
const MAX_REDIRECTS = 3;
/** A longer Retry-After is the caller's to wait for. */
const LONGEST_WAIT_MS = 60_000;
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_JSON_BYTES = 64 * 1024 * 1024;
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** What every program of a party speaks HTTP through; whom it speaks to, and as whom, is its subclasses' to say. */
export abstract class ApiClient {
  readonly #base: string;
  readonly #options: ExchangeClientOptions;
  protected readonly now: () => number;

  constructor(base: string, options: ExchangeClientOptions) {
    this.#base = base;
    this.#options = options;
    this.now = options.now ?? Date.now;
  }

  /** What to send as bearer token; undefined where none is needed. */
  protected abstract token(signal: AbortSignal | undefined): Promise<string | undefined>;

  /** A token was refused; true where another one may be had. */
  protected abstract refused(token: string): boolean;

  /**
   * Sends a request and gives back the answer, whose status is below 400; its body is still to be read
   * (`readText`, `readBody`). `fetch` takes gzip, deflate and br off by itself; nothing else is asked for.
   * @param path from `/` on, below the issuer
   * @throws ExchangeError; the signal's reason when it aborts
   */
  async request(path: string, options: RequestOptions = {}): Promise<Response> {
    const method = (options.method ?? 'GET').toUpperCase();
    const hasKey = Object.keys(options.headers ?? {}).some(
      (name) => name.toLowerCase() === 'idempotency-key',
    );
    const mayRepeat =
      (options.idempotent ?? (IDEMPOTENT.has(method) || hasKey)) && isRepeatable(options.body);
    const maxAttempts = mayRepeat ? (options.maxAttempts ?? this.#options.maxAttempts ?? MAX_ATTEMPTS) : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(this.#url(path), { ...options, method });
      } catch (error) {
        if (!(error instanceof ExchangeError) || !error.retryable || attempt >= maxAttempts) throw error;
        const delayMs = this.#delayMs(attempt, error);
        if (delayMs > LONGEST_WAIT_MS) throw error;
        this.#options.onRetry?.({ attempt, delayMs, error });
        await this.#sleep(delayMs, options.signal);
      }
    }
  }

  /** As `request`, and reads the answer as JSON; undefined where it has no body. Throws as `request`. */
  async requestJson<T>(path: string, options: RequestOptions & Partial<BodyBounds> = {}): Promise<T> {
    const headers = { accept: 'application/json', ...options.headers };
    const response = await this.request(path, { ...options, headers });
    const text = await readText(response, { ...options, maxBytes: options.maxBytes ?? MAX_JSON_BYTES });
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new ExchangeError('bad_response', 'the exchange answered with something that is not JSON', {
        status: response.status,
        retryable: false,
        cause,
      });
    }
  }

  /** One attempt; a token that was refused is renewed once. */
  async #attempt(url: URL, options: RequestOptions): Promise<Response> {
    if (options.authenticate === false) return this.#exchange(url, options, undefined);
    const token = await this.token(options.signal);
    try {
      return await this.#exchange(url, options, token);
    } catch (error) {
      const isRefused = error instanceof ExchangeError && error.status === 401;
      if (!isRefused || !isRepeatable(options.body) || token === undefined || !this.refused(token))
        throw error;
      return this.#exchange(url, options, await this.token(options.signal));
    }
  }

  /** Follows redirects within the origin, of reads only; turns a refusal into an ExchangeError. */
  async #exchange(url: URL, options: RequestOptions, token: string | undefined): Promise<Response> {
    let at = url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(at, options, token);
      if (response.status < 300 || response.status === 304) return response;
      if (response.status >= 400) throw await this.#refusal(response, options.signal);
      await response.body?.cancel();
      const target = new URL(response.headers.get('location') ?? at.href, at);
      const isRead = options.method === 'GET' || options.method === 'HEAD' || options.method === undefined;
      if (target.origin !== at.origin || !isRead || redirects >= MAX_REDIRECTS) {
        throw new ExchangeError(
          'redirect_refused',
          `the exchange redirects to ${target.origin}, which is not followed`,
          {
            status: response.status,
            retryable: false,
          },
        );
      }
      at = target;
    }
  }

  async #send(url: URL, options: RequestOptions, token: string | undefined): Promise<Response> {
    const { signal } = options;
    const body = typeof options.body === 'function' ? await options.body() : options.body;
    // Ends the wait for the head only: the body has bounds of its own, and the caller's signal holds for both.
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', abort, { once: true });
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS;
    const timeout = new ExchangeError(
      'timeout',
      `${url.origin} did not answer within ${timeoutMs / 1000} s`,
      {
        retryable: true,
      },
    );
    const timer = setTimeout(() => controller.abort(timeout), timeoutMs);
    try {
      return await (this.#options.fetch ?? fetch)(url, {
        method: options.method ?? 'GET',
        headers: {
          'accept-encoding': 'gzip, br',
          ...options.headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        redirect: 'manual',
        signal: controller.signal,
        ...(body !== undefined && { body, duplex: 'half' }),
      } as RequestInit);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw controller.signal.aborted ? timeout : errorFromNetwork(error, url.origin);
    } finally {
      clearTimeout(timer);
      // From here on the caller's abort must reach the body through its reader (response-body.ts).
      signal?.removeEventListener('abort', abort);
    }
  }

  async #refusal(response: Response, signal: AbortSignal | undefined): Promise<ExchangeError> {
    const bounds = { maxBytes: MAX_ERROR_BYTES, idleTimeoutMs: 5000, totalTimeoutMs: 10_000, signal };
    const body = await readText(response, bounds).catch((error: unknown) => {
      // The status is the answer; a body that is too long or breaks off only costs the words.
      if (error instanceof ExchangeError) return '';
      throw error;
    });
    return errorFromResponse(response, body, this.now());
  }

  #url(path: string): URL {
    const url = new URL(this.#base + path);
    if (!path.startsWith('/') || url.origin !== new URL(this.#base).origin)
      throw new Error(`not a path: ${path}`);
    return url;
  }

  #delayMs(attempt: number, error: ExchangeError): number {
    const delayMs = backoffMs(attempt, this.#options.random ?? Math.random, this.#options.backoff);
    return Math.max(delayMs, error.retryAfterMs ?? 0);
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#options.sleep) return this.#options.sleep(ms, signal);
    await sleepFor(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }
}

/** A client of the exchange itself. */
export class ExchangeClient extends ApiClient {
  readonly credentials: Credentials;
  readonly #tokens: AccessTokens;

  constructor(credentials: Credentials, options: ExchangeClientOptions = {}) {
    super(credentials.issuer, options);
    this.credentials = credentials;
    this.#tokens = new AccessTokens(credentials, this.now, (body, signal) => this.#postToken(body, signal));
  }

  /** An access token that is good for a while yet. Throws ExchangeError. */
  accessToken(): Promise<string> {
    return this.#tokens.get(undefined);
  }

  protected override token(signal: AbortSignal | undefined): Promise<string> {
    return this.#tokens.get(signal);
  }

  protected override refused(token: string): boolean {
    this.#tokens.drop(token);
    return true;
  }

  async #postToken(body: URLSearchParams, signal: AbortSignal | undefined): Promise<string> {
    const headers = { accept: 'application/json' };
    const response = await this.request('/oauth/token', {
      method: 'POST',
      body,
      signal,
      headers,
      authenticate: false,
    });
    const bounds = { maxBytes: MAX_ERROR_BYTES, idleTimeoutMs: 10_000, totalTimeoutMs: 20_000, signal };
    return readText(response, bounds);
  }
}

/** A reader of a mirror: it knows no exchange, and its one token is the mirror's. */
export class MirrorClient extends ApiClient {
  readonly #token: string | undefined;

  constructor({ url, token }: Mirror, options: ExchangeClientOptions = {}) {
    super(url, options);
    this.#token = token;
  }

  protected override async token(): Promise<string | undefined> {
    return this.#token;
  }

  protected override refused(): boolean {
    return false;
  }
}

function isRepeatable(body: RequestOptions['body']): boolean {
  return !(body instanceof ReadableStream) && !(typeof body === 'object' && Symbol.asyncIterator in body);
}
