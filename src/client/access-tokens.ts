// Access tokens by client credentials (RFC 6749 §4.4, RFC 7523), one at a time, renewed shortly before they end.
// Tokens live in memory only.
import { ClientKey } from './client-key.ts';
import type { Credentials } from './credentials.ts';
import { ExchangeError } from './exchange-error.ts';

interface Token {
  text: string;
  /** When to stop using it, in milliseconds since 1970. */
  renewAt: number;
}

/** Posts the form to the token endpoint and gives back the answer's text. */
export type PostToken = (form: URLSearchParams, signal: AbortSignal | undefined) => Promise<string>;

const MOST_EARLY_MS = 30_000;

export class AccessTokens {
  readonly #key: ClientKey;
  readonly #now: () => number;
  readonly #post: PostToken;
  #token: Token | undefined;
  #pending: Promise<Token> | undefined;

  constructor(credentials: Credentials, now: () => number, post: PostToken) {
    this.#key = new ClientKey(credentials);
    this.#now = now;
    this.#post = post;
  }

  /** A token that is good for a while. Callers at the same time share one request. Throws ExchangeError. */
  async get(signal: AbortSignal | undefined): Promise<string> {
    if (this.#token && this.#now() < this.#token.renewAt) return this.#token.text;
    // Shared, so it must not end with one caller's signal; it is bounded by its own timeouts.
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    const token = await this.#pending;
    signal?.throwIfAborted();
    return token.text;
  }

  /** Forgets a token that was refused, unless a newer one has taken its place. */
  drop(text: string): void {
    if (this.#token?.text === text) this.#token = undefined;
  }

  async #fetch(): Promise<Token> {
    const startedAt = this.#now();
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: this.#key.signAssertion(startedAt),
    });
    const { text, lifeMs } = readToken(await this.#post(form, undefined));
    this.#token = { text, renewAt: startedAt + lifeMs - Math.min(MOST_EARLY_MS, lifeMs / 5) };
    return this.#token;
  }
}

/** The answer may hold a token, so no error quotes it. */
function readToken(answer: string): { text: string; lifeMs: number } {
  try {
    const {
      access_token: text,
      token_type: type,
      expires_in: seconds,
    } = JSON.parse(answer) as Record<string, unknown>;
    const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
    if (isBearer && typeof text === 'string' && /^[\w.~+/-]+=*$/.test(text) && Number(seconds) > 0) {
      return { text, lifeMs: Number(seconds) * 1000 };
    }
  } catch {
    // Not JSON: said below, without the parser's message, which quotes the text.
  }
  throw new ExchangeError('bad_response', 'the token endpoint answered with something that is no token', {
    retryable: false,
  });
}
