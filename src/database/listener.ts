// LISTEN on one connection of its own, which comes back after a loss. Notifications sent meanwhile are gone:
// whoever listens must read the state anew in onReconnect, and must not take a notification for more than a hint.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';

export interface Subscription {
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Called when listening works again after a loss: read anew what notifications would have told. */
  onReconnect?: () => void | Promise<void>;
}

export interface Listener {
  /** Resolves once the server listens: what is committed after that is heard. Rejects if it cannot be reached. */
  listen(
    channel: string,
    handler: (payload: string) => void | Promise<void>,
    options?: ListenOptions,
  ): Promise<Subscription>;
  close(): Promise<void>;
}

interface Entry extends ListenOptions {
  channel: string;
  handler: (payload: string) => void | Promise<void>;
}

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 10_000;
/** A connection that a firewall dropped without a word is noticed by a question that gets no answer. */
const HEARTBEAT_MS = 30_000;

/** A listener that connects with `open` at the first subscription. */
export function createListener(options: {
  open: () => Promise<pg.Client>;
  onError: (error: Error) => void;
}): Listener {
  const line = new Line(options.open, options.onError);
  return {
    async listen(channel, handler, { onReconnect } = {}) {
      const entry: Entry = { channel, handler, ...(onReconnect && { onReconnect }) };
      await line.add(entry);
      return { close: () => line.remove(entry) };
    },
    close: () => line.close(),
  };
}

class Line {
  readonly #open: () => Promise<pg.Client>;
  readonly #onError: (error: Error) => void;
  readonly #entries = new Set<Entry>();
  readonly #stopped = new AbortController();
  /** Settles when a connection listens to all channels; replaced at a loss. */
  #connecting: Promise<pg.Client> | undefined;
  #current: pg.Client | undefined;

  constructor(open: () => Promise<pg.Client>, onError: (error: Error) => void) {
    this.#open = open;
    this.#onError = onError;
  }

  async add(entry: Entry): Promise<void> {
    // Before LISTEN, so that a loss in between listens again for this one too.
    this.#entries.add(entry);
    try {
      const client = await this.#connection();
      await client.query(`listen ${client.escapeIdentifier(entry.channel)}`);
    } catch (error) {
      this.#entries.delete(entry);
      throw error;
    }
  }

  async remove(entry: Entry): Promise<void> {
    this.#entries.delete(entry);
    const wanted = [...this.#entries].some(({ channel }) => channel === entry.channel);
    if (wanted || !this.#current) return; // after a loss only what is still wanted is listened to
    await this.#current.query(`unlisten ${this.#current.escapeIdentifier(entry.channel)}`);
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    this.#entries.clear();
    this.#current = undefined;
    const client = await this.#connecting?.catch(() => undefined); // its failure was told to whoever subscribed
    await client?.end();
  }

  async #connection(): Promise<pg.Client> {
    this.#connecting ??= this.#establish();
    try {
      return await this.#connecting;
    } catch (error) {
      this.#connecting = undefined; // the next subscription tries again
      throw error;
    }
  }

  async #establish(): Promise<pg.Client> {
    const client = await this.#open();
    client.on('error', (error) => this.#report(error));
    client.on('notification', ({ channel, payload }) => {
      for (const entry of this.#entries) {
        if (entry.channel === channel) void this.#call(() => entry.handler(payload ?? ''));
      }
    });
    const heartbeat = setInterval(() => void this.#beat(client), HEARTBEAT_MS).unref();
    client.once('end', () => {
      clearInterval(heartbeat);
      if (client === this.#current) void this.#reconnect();
    });
    try {
      const channels = new Set([...this.#entries].map(({ channel }) => channel));
      for (const channel of channels) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    this.#current = client;
    return client;
  }

  async #reconnect(): Promise<void> {
    this.#current = undefined;
    this.#connecting = this.#persist();
    try {
      await this.#connecting;
      for (const { onReconnect } of this.#entries) if (onReconnect) await this.#call(onReconnect);
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#report(error);
    }
  }

  async #persist(): Promise<pg.Client> {
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LAST_DELAY_MS)) {
      // Spread, so that many servers do not come back in the same instant.
      await pause(delay * (0.5 + Math.random() / 2), undefined, { signal: this.#stopped.signal });
      try {
        return await this.#establish();
      } catch (error) {
        this.#report(error);
      }
    }
  }

  async #beat(client: pg.Client): Promise<void> {
    try {
      await client.query({ text: 'select', query_timeout: HEARTBEAT_MS / 2 } as pg.QueryConfig);
    } catch (error) {
      this.#report(error);
      await client.end(); // with a question open this closes the socket at once, and 'end' follows
    }
  }

  // The failure of one subscriber must not keep the others from hearing.
  async #call(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    this.#onError(error instanceof Error ? error : new Error(String(error)));
  }
}
