// Which artifacts are in object storage, and what is done when it is away: readers are served without it, and what
// was missed is stored the next time that it is asked for. Whatever fails here fails no request.
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { ObjectHeaders, ObjectStorage } from './object-storage.ts';

export interface StoredArtifactsOptions {
  storage: ObjectStorage;
  now: () => Date;
  log: Logger;
  /** Path under which a cache in front reads the storage, such as `/artifacts`; without it, nobody is sent there. */
  front: string | undefined;
  /** The beginnings of the names that are kept, however old. */
  keptNames: () => Promise<string[]>;
}

const HOUR_MS = 3_600_000;
/** What nobody stored anew for so long is deleted: an old diff is made again should anyone ask for it. */
const DELETE_AFTER_MS = 24 * HOUR_MS;
/** What is older is stored anew before it is offered, long before anyone may delete it. */
const OFFER_FOR_MS = 12 * HOUR_MS;
/** After a failure, so long without another attempt: readers do not wait for a storage that is away. */
const REST_MS = 10_000;
const MAX_WAITING = 100;

export class StoredArtifacts {
  readonly #options: StoredArtifactsOptions;
  /** Until when a name can be offered. */
  readonly #offeredUntil = new Map<string, number>();
  readonly #waiting = new Set<string>();
  readonly #closing = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #restUntil = 0;
  #sweepTimer: NodeJS.Timeout | undefined;
  /** Calls to the storage that failed. */
  failures = 0;
  /** Objects stored by this server. */
  stored = 0;

  constructor(options: StoredArtifactsOptions) {
    this.#options = options;
  }

  /** Begins to delete, once an hour, what is not kept. */
  start(): void {
    this.#sweepTimer = setInterval(() => void this.sweep(), HOUR_MS).unref();
  }

  /** Gives up what waits to be stored; ends when what was under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#sweepTimer);
    this.#closing.abort();
    await this.settled();
  }

  /** Where the front finds the artifact; undefined where there is no front, or it is not known to be stored. */
  async address(name: string): Promise<string | undefined> {
    const { front, storage } = this.#options;
    if (front === undefined) return undefined;
    if (!this.#isOffered(name) && !this.#waiting.has(name)) await this.#attempt(() => this.#find(name));
    return this.#isOffered(name) ? front + (await storage.address(name)) : undefined;
  }

  /** The bytes of the artifact; undefined where it is not stored, or the storage is away. */
  async read(name: string): Promise<Readable | undefined> {
    return this.#attempt(() => this.#options.storage.read(name));
  }

  /** Counts and logs a failure that showed only while the bytes were read. */
  fail(error: unknown): void {
    this.failures++;
    this.#restUntil = this.#options.now().getTime() + REST_MS;
    this.#options.log.warn({ err: error }, 'object storage failed; serving without it');
  }

  /** Stores a file in the background, unless it is there; one after the other. */
  keep(name: string, file: string, headers: ObjectHeaders): void {
    if (this.#isOffered(name) || this.#waiting.has(name) || this.#waiting.size >= MAX_WAITING) return;
    this.#waiting.add(name);
    this.#work = this.#work
      .then(() => this.#attempt(() => this.#store(name, file, headers)))
      .then(() => void this.#waiting.delete(name));
  }

  /** Waits until nothing waits to be stored. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Deletes what was stored a day ago or earlier and is not kept. Any server may, at any time. */
  async sweep(): Promise<void> {
    await this.#attempt(async () => {
      const { storage, now, keptNames } = this.#options;
      const kept = await keptNames();
      for await (const { key, modifiedAt } of storage.list()) {
        this.#closing.signal.throwIfAborted();
        const isOld = now().getTime() - modifiedAt.getTime() > DELETE_AFTER_MS;
        if (!isOld || !isArtifact(key) || kept.some((name) => key.startsWith(name))) continue;
        this.#offeredUntil.delete(key);
        await storage.delete(key);
      }
    });
    for (const name of this.#offeredUntil.keys()) if (!this.#isOffered(name)) this.#offeredUntil.delete(name);
  }

  #isOffered(name: string): boolean {
    return (this.#offeredUntil.get(name) ?? 0) > this.#options.now().getTime();
  }

  async #find(name: string): Promise<void> {
    const storedAt = await this.#options.storage.find(name);
    if (storedAt) this.#offeredUntil.set(name, storedAt.getTime() + OFFER_FOR_MS);
  }

  async #store(name: string, file: string, headers: ObjectHeaders): Promise<void> {
    const { storage, now } = this.#options;
    await this.#find(name); // another server may have been faster
    if (this.#isOffered(name)) return;
    await storage.store(name, file, headers, this.#closing.signal);
    this.stored++;
    this.#offeredUntil.set(name, now().getTime() + OFFER_FOR_MS);
  }

  /** Runs a call unless the storage rests or the server stops; a failure gives undefined. */
  async #attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (this.#closing.signal.aborted || this.#options.now().getTime() < this.#restUntil) return undefined;
    try {
      return await call();
    } catch (error) {
      if (!this.#closing.signal.aborted) this.fail(error);
      return undefined;
    }
  }
}

/** Whether a key can be one of ours: what else lies under the prefix is left alone. */
function isArtifact(key: string): boolean {
  return /^[a-z-]+\/[0-9a-f-]{36}\/(snapshot|diff)-[0-9-]+\.[a-z.]+$/.test(key);
}
