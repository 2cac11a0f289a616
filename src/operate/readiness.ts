// Whether this server can do its work, and what will go wrong soon. What fails is its own: it gets no requests until it
// passes. What all servers share (keys that expire, a publication that is stuck) only warns, for taking all of them away
// would make it worse. A start is never red and then green again: whoever asks meanwhile waits for it.
import { statfs } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';
import type { DB } from '../database/generated/schema.ts';
import { isMigrated } from '../database/migrate.ts';
import type { KeySet } from '../list/key-set.ts';
import { clockSkew } from './exchange-figures.ts';
import { selectListFigures } from './figure-queries.ts';

export type Verdict = 'pass' | 'warn' | 'fail';

export interface Check {
  name: (typeof NAMES)[number];
  verdict: Verdict;
  /** What is found, and what to do about it. */
  detail: string;
}

export interface ReadinessDeps {
  db: Kysely<DB>;
  pool: pg.Pool;
  now: () => Date;
  metrics: Registry;
  dataDirectory: string;
  diskMinimumBytes: number;
  publishIntervalSeconds: number;
  /** The key set in force. */
  keySet: () => Promise<KeySet | undefined>;
  /** Whether this server holds the key that is to sign manifests. */
  holdsSigningKey: (keySet: KeySet) => boolean;
  /** Ends when the lists were taken into memory, or could not be. */
  loading: () => Promise<unknown>;
  /** Lists that are not in memory yet. */
  missingLists: () => string[];
  heldLists: () => ReadonlySet<string>;
}

const NAMES = ['database', 'pool', 'schema', 'keys', 'lists', 'clock', 'disk', 'publication'] as const;
/** The database, or a free connection to it, may take so long. */
const PATIENCE_MS = 2000;
const CLOCK_WARN_SECONDS = 5;
const CLOCK_FAIL_SECONDS = 30;
/** Relays ask for a new key set when a fifth of its life is left; who signs it must have time before. */
const KEYS_WARN_SHARE = 1 / 3;
/** A disk that was full must have so much more before it counts as free again. */
const DISK_RECOVERY = 1.25;
const STUCK_SECONDS = 120;
const STUCK_INTERVALS = 10;

export class Readiness {
  readonly #deps: ReadinessDeps;
  readonly #gauge: Gauge<'check'>;
  #looking: Promise<Check[]> | undefined;
  #wasFull = false;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
    this.#gauge = new Gauge({
      name: 'chadan_readiness',
      help: 'Each check of /readyz: 2 passes, 1 warns, 0 fails',
      labelNames: ['check'],
      registers: [deps.metrics],
      collect: async () => void (await this.look()),
    });
  }

  /** Every check; all who ask at the same moment share one look. */
  look(): Promise<Check[]> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<Check[]> {
    const checks = [...(await this.#ofDatabase()), await this.#lists(), await this.#disk()];
    const rank = { fail: 0, warn: 1, pass: 2 };
    for (const { name, verdict } of checks) this.#gauge.set({ check: name }, rank[verdict]);
    return checks;
  }

  /** What only the database can say; where it says nothing, that alone is told. */
  async #ofDatabase(): Promise<Check[]> {
    const asked = this.#askDatabase().catch((error: unknown) => reasonOf(error));
    const answer = (await within(asked, PATIENCE_MS)) ?? `gave no answer within ${PATIENCE_MS / 1000} s`;
    if (typeof answer !== 'string')
      return [pass('database', 'answers'), pass('pool', 'has a connection free'), ...answer];
    const { pool } = this.#deps;
    const isStarved = pool.idleCount === 0 && pool.totalCount >= (pool.options.max ?? 0);
    if (!isStarved) return [failed('database', answer)];
    const detail = `all ${pool.totalCount} connections are busy: look for slow statements, or raise CHADAN_DATABASE_POOL`;
    return [failed('pool', detail)];
  }

  async #askDatabase(): Promise<Check[]> {
    const { db } = this.#deps;
    if (!(await isMigrated(db)))
      return [
        failed(
          'schema',
          'the database does not have the schema of this program: start a server that migrates it',
        ),
      ];
    const schema = pass('schema', 'is that of this program');
    return [schema, await this.#keys(), await this.#clock(), await this.#publication()];
  }

  async #keys(): Promise<Check> {
    const { keySet, holdsSigningKey, now } = this.#deps;
    const inForce = await keySet();
    if (!inForce) return failed('keys', 'no key set was imported yet: chadan keys request, sign, import');
    const { iat, exp } = inForce;
    const leftSeconds = exp - now().getTime() / 1000;
    const until = new Date(exp * 1000).toISOString();
    if (leftSeconds < (exp - iat) * KEYS_WARN_SHARE)
      return warning(
        'keys',
        `the key set expires ${until}, and relays refuse it then: sign and import a new one`,
      );
    if (!holdsSigningKey(inForce))
      return warning('keys', 'the file of the key that signs manifests is missing here');
    return pass('keys', `the key set is good until ${until}`);
  }

  async #clock(): Promise<Check> {
    const skew = await clockSkew(this.#deps.db, this.#deps.now);
    const seconds = Math.abs(skew);
    const detail = `${seconds.toFixed(1)} s ${skew < 0 ? 'behind' : 'ahead of'} the database`;
    if (seconds >= CLOCK_FAIL_SECONDS)
      return failed('clock', `${detail}: what is signed here is refused; set it right`);
    if (seconds >= CLOCK_WARN_SECONDS) return warning('clock', `${detail}: look at its time service`);
    return pass('clock', detail);
  }

  async #publication(): Promise<Check> {
    const { db, now, heldLists, publishIntervalSeconds } = this.#deps;
    const held = [...heldLists()];
    if (held.length > 0) {
      const detail = `the mass-change brake holds ${held.join(', ')}: look at what is pending, then publish with confirmMassChange`;
      return warning('publication', detail);
    }
    if (publishIntervalSeconds === 0) return pass('publication', 'only when asked');
    const limitSeconds = Math.max(STUCK_SECONDS, STUCK_INTERVALS * publishIntervalSeconds);
    for (const { list, oldestOrderAt } of await selectListFigures(db)) {
      const waits = oldestOrderAt ? (now().getTime() - oldestOrderAt.getTime()) / 1000 : 0;
      if (waits > limitSeconds)
        return warning(
          'publication',
          `${list}: decided ${Math.round(waits)} s ago and not published; look in the log`,
        );
    }
    return pass('publication', 'nothing decided waits longer than it should');
  }

  async #lists(): Promise<Check> {
    const { loading, missingLists } = this.#deps;
    await within(loading(), PATIENCE_MS);
    const missing = missingLists();
    if (missing.length === 0) return pass('lists', 'are in memory');
    return failed('lists', `${missing.join(', ')}: not in memory yet; if this lasts, look in the log`);
  }

  async #disk(): Promise<Check> {
    const { dataDirectory, diskMinimumBytes } = this.#deps;
    const { bavail, bsize } = await statfs(dataDirectory);
    const free = bavail * bsize;
    const needed = this.#wasFull ? diskMinimumBytes * DISK_RECOVERY : diskMinimumBytes;
    this.#wasFull = free < needed;
    const detail = `${Math.floor(free / 2 ** 20)} MiB free for CHADAN_DATA`;
    if (this.#wasFull) return failed('disk', `${detail}, under ${Math.ceil(needed / 2 ** 20)}: make room`);
    return pass('disk', detail);
  }
}

function pass(name: Check['name'], detail: string): Check {
  return { name, verdict: 'pass', detail };
}

function warning(name: Check['name'], detail: string): Check {
  return { name, verdict: 'warn', detail };
}

function failed(name: Check['name'], detail: string): Check {
  return { name, verdict: 'fail', detail };
}

/** The code alone: a message may tell where the database is, and anyone may ask. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `cannot be asked (${code})` : 'cannot be asked';
}

/** The value, or undefined when it takes longer. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = pause(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
