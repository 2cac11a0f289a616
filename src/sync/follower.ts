// Follows one list: syncs when the exchange announces a version, and by polling where it does not. It paces
// itself: `poll` between polls, exponential back-off with jitter after failures, never a loop of downloads.
import { setTimeout as pause } from 'node:timers/promises';
import { type Backoff, backoffMs } from '../client/backoff.ts';
import { type ApiClient, ExchangeError } from '../client/exchange-client.ts';
import { readBody } from '../client/response-body.ts';
import type { ListId } from '../list/entry.ts';
import type { Manifest } from '../list/manifest.ts';
import { EventStreamParser, type ServerEvent } from './event-stream.ts';
import type { Emit, SyncReport } from './sync-report.ts';

export interface Pace {
  /** Waits after syncs that failed. */
  failure: Backoff;
  /** Waits before connecting to the events again. */
  reconnect: Backoff;
  /** No two syncs are closer, however many versions are announced. */
  leastMs: number;
  /** The exchange sends a heartbeat every 15 s; after this long without a byte the connection is dead. */
  heartbeatTimeoutMs: number;
  /** With events arriving, the manifest is still renewed this often at least. */
  longestMs: number;
}

export const DEFAULT_PACE: Pace = {
  failure: { baseMs: 1000, capMs: 60_000 },
  reconnect: { baseMs: 500, capMs: 60_000 },
  leastMs: 200,
  heartbeatTimeoutMs: 45_000,
  longestMs: 60 * 60_000,
};

export interface FollowerOptions {
  list: ListId;
  client: ApiClient;
  sync: () => Promise<SyncReport>;
  manifest: () => Manifest | undefined;
  emit: Emit;
  pace: Pace;
  now: () => number;
  random: () => number;
  signal: AbortSignal;
}

/** Poll when the exchange has not said how often. */
const DEFAULT_POLL_SECONDS = 10;
/** A connection's tokens and proxies do not live longer anyway. */
const LONGEST_STREAM_MS = 12 * 60 * 60_000;

export class Follower {
  readonly #options: FollowerOptions;
  #connected = false;
  /** Ends the wait for the next sync; undefined while announcements must not shorten it. */
  #wake: (() => void) | undefined;
  #announced = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Runs until the signal aborts. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    try {
      await Promise.all([this.#syncAgainAndAgain(), this.#listenAgainAndAgain()]);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #syncAgainAndAgain(): Promise<void> {
    const { signal, sync } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      this.#announced = false;
      const report = await sync();
      failures = report.outcome === 'failed' ? failures + 1 : 0;
      await this.#rest(report, failures);
    }
  }

  /** Waits as long as this outcome asks for. */
  async #rest(report: SyncReport, failures: number): Promise<void> {
    const { pace, random, signal } = this.#options;
    const pollMs = (this.#options.manifest()?.poll ?? DEFAULT_POLL_SECONDS) * 1000;
    await pause(pace.leastMs, undefined, { signal });
    if (failures === 0) return this.#sleepUnlessAnnounced(this.#calmWaitMs(pollMs) * (1 + random() / 10));
    const backoff = backoffMs(failures, random, pace.failure);
    const waitMs = Math.max(backoff, report.error?.retryAfterMs ?? 0);
    // format §9.6: after a refused verification announcements do not count, or they could drive a download loop;
    // after other failures they count, but not before Retry-After and not at once.
    const firmMs = report.error?.retryable
      ? Math.max(Math.min(backoff, 1000), report.error.retryAfterMs ?? 0)
      : Math.max(waitMs, pollMs);
    await pause(firmMs, undefined, { signal });
    if (waitMs > firmMs) await this.#sleepUnlessAnnounced(waitMs - firmMs);
  }

  /** With events arriving only the signature must be kept fresh; without, format §9.6: `poll` paces. */
  #calmWaitMs(pollMs: number): number {
    const { manifest, now, pace } = this.#options;
    const lifeLeftMs = (manifest()?.exp ?? 0) * 1000 - now();
    return this.#connected
      ? Math.max(pollMs, Math.min(pace.longestMs, lifeLeftMs / 2))
      : Math.max(pollMs, pace.leastMs);
  }

  async #sleepUnlessAnnounced(ms: number): Promise<void> {
    if (this.#announced) return;
    const awake = new AbortController();
    const { signal } = this.#options;
    const wake = () => awake.abort();
    this.#wake = wake;
    // By hand, since signals made of a long-lived one by AbortSignal.any outlive their use on older Node.js.
    signal.addEventListener('abort', wake, { once: true });
    try {
      await pause(ms, undefined, { signal: awake.signal });
    } catch (error) {
      if (!awake.signal.aborted) throw error;
    } finally {
      this.#wake = undefined;
      signal.removeEventListener('abort', wake);
    }
  }

  async #listenAgainAndAgain(): Promise<void> {
    const { pace, random, signal } = this.#options;
    for (let failures = 0; !signal.aborted; ) {
      const openedAt = this.#options.now();
      try {
        await this.#listen();
      } catch (error) {
        if (signal.aborted) return;
        this.#tell(error, failures);
      }
      // A stream that lived is no failure: it may end when a proxy or a token says so.
      failures =
        this.#connected && this.#options.now() - openedAt > pace.heartbeatTimeoutMs ? 1 : failures + 1;
      this.#disconnect();
      await pause(Math.max(pace.leastMs, backoffMs(failures, random, pace.reconnect)), undefined, { signal });
    }
  }

  async #listen(): Promise<void> {
    const { client, list, pace, signal } = this.#options;
    const headers = { accept: 'text/event-stream', 'accept-encoding': 'identity' };
    const response = await client.request(`/v1/lists/${list}/events`, { headers, signal, maxAttempts: 1 });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      throw new ExchangeError('bad_response', 'the events are no event stream', { retryable: false });
    }
    this.#connected = true;
    const parser = new EventStreamParser();
    const bounds = {
      maxBytes: Number.POSITIVE_INFINITY,
      idleTimeoutMs: pace.heartbeatTimeoutMs,
      totalTimeoutMs: LONGEST_STREAM_MS,
      signal,
    };
    for await (const chunk of readBody(response, bounds)) {
      for (const event of parser.push(chunk)) this.#take(event);
    }
  }

  #take({ event, data }: ServerEvent): void {
    if (event !== 'version' || this.#isHeld(data)) return;
    this.#announced = true;
    this.#wake?.();
  }

  /** An announcement is only a hint, so anything unreadable counts as one. */
  #isHeld(data: string): boolean {
    const held = this.#options.manifest();
    try {
      const { epoch, version, digest } = JSON.parse(data) as Record<string, unknown>;
      return held?.epoch === epoch && held?.version === version && held?.digest === digest;
    } catch {
      return false;
    }
  }

  /** Polling goes on without events, so their loss is told once and fails nothing. */
  #tell(error: unknown, failures: number): void {
    if (!(error instanceof ExchangeError) && !(error instanceof RangeError)) throw error;
    if (failures > 0 || this.#connected) return;
    this.#options.emit('warning', {
      list: this.#options.list,
      message: `no events, polling instead: ${error.message}`,
    });
  }

  /** The next poll must come in time, so a wait that counted on events ends. */
  #disconnect(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#wake?.();
  }
}
