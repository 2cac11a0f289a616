// Counts what was blocked and reports it to the exchange: a window of counts for each list, written down every few
// seconds, closed as a batch when it is due, sent until it was taken. A batch is sent under its own name as
// Idempotency-Key, so an answer that is lost counts nothing twice. A kill -9 costs the last few seconds of counts.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { backoffMs } from '../client/backoff.ts';
import { type ApiClient, ExchangeError } from '../client/exchange-client.ts';
import { isListId, type ListId } from '../list/entry.ts';
import { removeIfThere, replaceFile } from './durable-file.ts';

export interface EnforcementOptions {
  /** The directory of the lists. */
  directory: string;
  client: ApiClient;
  warn: (message: string) => void;
  /** How often counts are written down; default 5 s. */
  writeEveryMs?: number;
  /** How old a window is when it is sent; default 60 s. */
  reportEveryMs?: number;
  now?: () => number;
}

interface Window {
  id: string;
  from: number;
  counts: Map<string, number>;
  changed: boolean;
}

interface Batch {
  list: ListId;
  from: string;
  to: string;
  counts: { value: string; blocked: number }[];
}

/** As many values as one report takes. */
const MAX_VALUES = 10_000;
/** Batches that wait; the oldest go when there are more. */
const MAX_BATCHES = 1000;
/** A window that nobody wrote for so long was left by a process that is gone. */
const ABANDONED_MS = 60_000;
const FAILURE_PACE = { baseMs: 5000, capMs: 10 * 60_000 };

export class EnforcementReports {
  readonly #options: EnforcementOptions;
  readonly #directory: string;
  readonly #windows = new Map<ListId, Window>();
  readonly #full: { list: ListId; window: Window }[] = [];
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #failures = 0;
  #notBefore = 0;
  #pending = 0;

  constructor(options: EnforcementOptions) {
    this.#options = options;
    this.#directory = join(options.directory, 'enforcement');
    this.#now = options.now ?? Date.now;
  }

  /** Batches that were not taken yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Counts one message that was blocked for a value of the signed list. */
  count(list: ListId, value: string): void {
    let window = this.#windows.get(list);
    if (window === undefined) {
      window = { id: randomUUID(), from: this.#now(), counts: new Map(), changed: true };
      this.#windows.set(list, window);
    }
    window.counts.set(value, (window.counts.get(value) ?? 0) + 1);
    window.changed = true;
    if (window.counts.size < MAX_VALUES) return;
    this.#windows.delete(list);
    this.#full.push({ list, window });
  }

  start(): void {
    const everyMs = this.#options.writeEveryMs ?? 5000;
    this.#timer = setInterval(() => void this.tick(), everyMs);
    this.#timer.unref();
    void this.tick();
  }

  /** Writes down what was counted; what is not sent is sent by the next start. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.tick({ closeAll: true });
  }

  /** Writes the windows, closes those that are due and sends batches. A failure is told, and tried again. */
  tick(how: { closeAll?: boolean } = {}): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      try {
        await mkdir(this.#directory, { recursive: true });
        await this.#writeAll(how.closeAll === true);
        await this.#adopt();
        await this.#sendAll();
      } catch (error) {
        // Look-ups go on whatever becomes of the counts; the next tick tries again.
        this.#options.warn(`blocks are not reported: ${error instanceof Error ? error.message : error}`);
      }
    });
    return this.#turn;
  }

  async #writeAll(closeAll: boolean): Promise<void> {
    for (let next = this.#full[0]; next !== undefined; next = this.#full[0]) {
      await this.#write(next.list, next.window);
      await this.#close(next.window.id);
      this.#full.shift();
    }
    for (const [list, window] of [...this.#windows]) {
      const ageMs = this.#now() - window.from;
      // While batches wait the window grows instead: an exchange that is away costs few files.
      const isDue = ageMs >= (this.#options.reportEveryMs ?? 60_000) && this.#pending === 0;
      if (closeAll || isDue) this.#windows.delete(list);
      if (window.changed) await this.#write(list, window);
      else await utimes(this.#path(window.id, 'open'), new Date(), new Date());
      if (closeAll || isDue) await this.#close(window.id);
    }
  }

  async #write(list: ListId, window: Window): Promise<void> {
    window.changed = false;
    const batch: Batch = {
      list,
      from: new Date(window.from).toISOString(),
      to: new Date(Math.max(this.#now(), window.from + 1)).toISOString(),
      counts: Array.from(window.counts, ([value, blocked]) => ({ value, blocked })),
    };
    await replaceFile(this.#path(window.id, 'open'), JSON.stringify(batch), { durable: false });
  }

  /** From here on its content never changes: what is sent twice is the same. */
  async #close(id: string): Promise<void> {
    await rename(this.#path(id, 'open'), this.#path(id, 'batch'));
  }

  /** Takes over what processes left that are gone. Of two that try, one finds it gone. */
  async #adopt(): Promise<void> {
    const own = new Set([...this.#windows.values()].map(({ id }) => `${id}.open.json`));
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith('.open.json') || own.has(name)) continue;
      const age = await stat(join(this.#directory, name)).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age < ABANDONED_MS) continue;
      await this.#close(name.slice(0, -'.open.json'.length)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  async #sendAll(): Promise<void> {
    const names = await this.#batches();
    this.#pending = names.length;
    if (this.#now() < this.#notBefore) return;
    for (const name of names) {
      if (!(await this.#send(name))) return;
      this.#pending--;
    }
  }

  /** The oldest first; too many of them are dropped, and it is said. */
  async #batches(): Promise<string[]> {
    const aged: { name: string; at: number }[] = [];
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith('.batch.json')) continue;
      aged.push({ name, at: (await stat(join(this.#directory, name))).mtimeMs });
    }
    aged.sort((a, b) => a.at - b.at);
    const surplus = aged.splice(0, Math.max(0, aged.length - MAX_BATCHES));
    if (surplus.length > 0)
      this.#options.warn(`${surplus.length} reports of blocks were dropped: none was taken for long`);
    for (const { name } of surplus) await removeIfThere(join(this.#directory, name));
    return aged.map(({ name }) => name);
  }

  /** Whether to go on with the next. */
  async #send(name: string): Promise<boolean> {
    const path = join(this.#directory, name);
    const batch = readBatch(await readFile(path, 'utf8').catch(() => ''));
    if (batch === undefined) {
      this.#options.warn(`${path} is damaged: it is not reported`);
      await removeIfThere(path);
      return true;
    }
    const { list, ...body } = batch;
    try {
      await this.#options.client.requestJson(`/v1/lists/${list}/enforcement`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
        maxAttempts: 1,
      });
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (error.status === 400 || error.status === 422) {
        // It will never be taken: kept aside for people.
        await rename(path, `${path}.refused`);
        this.#options.warn(`a report of blocks was refused: ${error.message}; it is in ${path}.refused`);
        return true;
      }
      const waitMs = backoffMs(++this.#failures, Math.random, FAILURE_PACE);
      this.#notBefore = this.#now() + Math.max(waitMs, error.retryAfterMs ?? 0);
      if (this.#failures === 1) this.#options.warn(`blocks are not reported yet: ${error.message}`);
      return false;
    }
    this.#failures = 0;
    await removeIfThere(path);
    return true;
  }

  #path(id: string, state: 'open' | 'batch'): string {
    return join(this.#directory, `${id}.${state}.json`);
  }
}

function readBatch(text: string): Batch | undefined {
  try {
    const batch = JSON.parse(text) as Batch;
    return isListId(batch.list) && Array.isArray(batch.counts) ? batch : undefined;
  } catch {
    return undefined; // cut by a crash
  }
}
