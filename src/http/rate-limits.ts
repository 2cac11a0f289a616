// How often anyone may ask. What is costly (signing in, and whatever changes something) is counted in the database, for
// all servers together; what reads is counted here alone, so that a pull costs no statement: n servers let n times as
// much through. Callers are counted by client, who has no token yet by network address.
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type pg from 'pg';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { type Caller, isSafe } from './caller.ts';
import type { Operation } from './contract.ts';
import { Problem } from './problem.ts';

export type Limit = 'sign-in' | 'write' | 'read';

export interface RateLimitOptions {
  pool: pg.Pool;
  /** Requests in a minute; 0: no limit. */
  perMinute: Record<Limit, number>;
  /** Told of each refusal. */
  onRefused: (limit: Limit) => void;
}

const SECONDS = 60;

export class RateLimits {
  readonly #options: RateLimitOptions;
  readonly #limiters = new Map<Limit, RateLimiterAbstract>();
  /** A request that turns from the short way to the long one counts once. */
  readonly #counted = new WeakSet<IncomingMessage>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
    const { pool, perMinute } = options;
    for (const limit of ['sign-in', 'write'] as const) {
      if (perMinute[limit] === 0) continue;
      const shared = new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limit',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: limit,
        points: perMinute[limit],
        duration: SECONDS,
        // Who is over the limit costs no further statement until the minute is over.
        inMemoryBlockOnConsumed: perMinute[limit] + 1,
      });
      this.#limiters.set(limit, shared);
    }
    if (perMinute.read > 0)
      this.#limiters.set('read', new RateLimiterMemory({ points: perMinute.read, duration: SECONDS }));
  }

  /**
   * Counts a request.
   * @param address of who has no token
   * @throws Problem `rate_limited` with Retry-After and the RateLimit fields
   */
  async count(
    request: IncomingMessage,
    operation: Operation,
    caller: Caller | undefined,
    address: () => string | undefined,
  ): Promise<void> {
    if (!operation.isLimited || this.#counted.has(request)) return;
    const limit: Limit = isSafe(request) ? 'read' : operation.security.length === 0 ? 'sign-in' : 'write';
    const limiter = this.#limiters.get(limit);
    if (!limiter) return;
    try {
      await limiter.consume(caller?.clientId ?? networkOf(address() ?? ''));
      this.#counted.add(request);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal; // the database is away, or busy
      this.#options.onRefused(limit);
      throw tooMany(limit, this.#options.perMinute[limit], refusal.msBeforeNext);
    }
  }
}

/** The refusal; its fields are those of draft-ietf-httpapi-ratelimit-headers-10. */
function tooMany(limit: Limit, quota: number, msBeforeNext: number): Problem {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new Problem(
    'rate_limited',
    `More than ${quota} requests in a minute: try again in ${seconds} seconds.`,
    {
      headers: {
        'Retry-After': String(seconds),
        'RateLimit-Policy': `"${limit}";q=${quota};w=${SECONDS}`,
        RateLimit: `"${limit}";r=0;t=${seconds}`,
      },
    },
  );
}

/** What one party has of addresses: of IPv6 a network of 64 bits, for within it they are free to choose. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all =
    tail === undefined ? groups(head) : [...groups(head), ...Array(missing).fill('0'), ...groups(tail)];
  const first = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/64`;
}
