// Keeps what is signed fresh although nobody asks: key set and manifests are signed anew at half of their lives, on
// whichever server comes first. Says in the log and to /metrics when a key set that is signed elsewhere nears its end.
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import type { DB } from '../database/generated/schema.ts';
import { LIST_IDS } from '../list/entry.ts';
import { type KeySetKeeper, kidsOf } from './key-set-keeper.ts';
import type { ManifestSigner } from './manifest-signer.ts';

export interface SignatureLoopDeps {
  db: Kysely<DB>;
  now: () => Date;
  log: Logger;
  keySet: KeySetKeeper;
  signer: ManifestSigner;
  /** Whether this server holds the private half of a key. */
  holds: (kid: string) => boolean;
  metrics: Registry;
  /** Told how each look ended. */
  onEnded: (ok: boolean) => void;
}

/** Readers ask for a new key set when a fifth of its life is left: the warning comes before. */
const WARN_SHARE = 1 / 3;
const WARN_EVERY_MS = 24 * 3_600_000;
const LONGEST_MS = 60_000;
const SHORTEST_MS = 1000;

export class SignatureLoop {
  readonly #deps: SignatureLoopDeps;
  readonly #intervalMs: number;
  readonly #expiry: Gauge;
  readonly #held: Gauge;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #warnedAt = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(deps: SignatureLoopDeps, manifestLifeSeconds: number) {
    this.#deps = deps;
    this.#intervalMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, manifestLifeSeconds * 50));
    const registers = [deps.metrics];
    this.#expiry = new Gauge({
      name: 'chadan_key_set_expiry_timestamp_seconds',
      help: 'When the key set in force expires',
      registers,
    });
    this.#held = new Gauge({
      name: 'chadan_manifest_key_held',
      help: '1 if this server holds the key that is to sign manifests, 0 if its file is missing here',
      registers,
    });
  }

  /** Looks once, then again and again. */
  async start(): Promise<void> {
    await this.#look();
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#look().finally(() => this.#schedule());
    }, this.#intervalMs);
  }

  /** Nobody waits for it: failures are logged, and the next look tries again. */
  async #look(): Promise<void> {
    const { db, keySet, signer, holds, log } = this.#deps;
    try {
      const held = await keySet.renew(db);
      if (!held) {
        this.#warn('no key set was imported yet: nothing can be published; see chadan keys request');
        this.#deps.onEnded(true);
        return;
      }
      for (const list of LIST_IDS) await signer.current(db, list);
      const { iat, exp } = held.keySet;
      this.#expiry.set(exp);
      this.#held.set(holds(kidsOf(held.keySet)[0] as string) ? 1 : 0);
      if (this.#deps.now().getTime() / 1000 > exp - (exp - iat) * WARN_SHARE) {
        const until = new Date(exp * 1000).toISOString();
        this.#warn(`the key set expires ${until}, and relays refuse it then: sign and import a new one`);
      }
      this.#deps.onEnded(true);
    } catch (error) {
      this.#deps.onEnded(false);
      log.error({ err: error }, 'signatures could not be renewed; it is tried again');
    }
  }

  #warn(message: string): void {
    const now = this.#deps.now().getTime();
    if (now - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = now;
    this.#deps.log.warn(message);
  }
}
