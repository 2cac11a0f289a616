// When relays last came: noted in memory by every server, and written together every few seconds, so that a pull
// costs no write. A crash loses those seconds of it, nothing else.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type ContactRow, upsertContacts } from './receipt-queries.ts';

const FLUSH_MS = 5000;
/** Readers of events are noted with every third flush. */
const FOLLOWERS_EVERY = 3;
/** Who was noted so recently is connected still, to whichever server. */
export const CONNECTED_MS = 2 * FOLLOWERS_EVERY * FLUSH_MS + FLUSH_MS;

export interface RelayContactsDeps {
  db: Kysely<DB>;
  now: () => Date;
  /** Who follows the events of which list just now, on this server. */
  connected: () => { clientId: string; list: string }[];
  onError: (error: unknown) => void;
}

export class RelayContacts {
  readonly #deps: RelayContactsDeps;
  #noted = new Map<string, ContactRow>();
  #timer: NodeJS.Timeout | undefined;
  #flushes = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: RelayContactsDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
  }

  /** A client has fetched something of a list. */
  pulled(clientId: string, list: string): void {
    this.#contact(clientId, list).pulledAt = this.#deps.now();
  }

  /** Writes what was noted since the last time. What cannot be written is noted still. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  async #write(): Promise<void> {
    if (this.#flushes++ % FOLLOWERS_EVERY === 0)
      for (const { clientId, list } of this.#deps.connected())
        this.#contact(clientId, list).followedAt = this.#deps.now();
    const contacts = this.#noted;
    this.#noted = new Map();
    try {
      await upsertContacts(this.#deps.db, [...contacts.values()]);
    } catch (error) {
      this.#noted = new Map([...contacts, ...this.#noted]);
      this.#deps.onError(error);
    }
  }

  #contact(clientId: string, list: string): ContactRow {
    const key = `${clientId} ${list}`;
    const contact = this.#noted.get(key) ?? { clientId, list, pulledAt: null, followedAt: null };
    this.#noted.set(key, contact);
    return contact;
  }
}
