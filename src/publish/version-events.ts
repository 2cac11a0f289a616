// Server-sent events of new versions: one LISTEN per instance, fanned out to every connection.
import type { ServerResponse } from 'node:http';
import { type Channel, createChannel, createSession } from 'better-sse';
import type { Request, Response } from 'express';
import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { DB } from '../database/generated/schema.ts';
import { selectList } from './version-queries.ts';

const HEARTBEAT_MS = 15_000;

/** Data of an event `version`. */
export interface VersionEvent {
  list: string;
  epoch: string;
  version: number;
  digest: string;
}

export class VersionEvents {
  readonly #db: Kysely<DB>;
  readonly #channels = new Map<string, Channel>();
  readonly #latest = new Map<string, VersionEvent>();
  readonly #open = new Set<ServerResponse>();
  #closed = false;

  constructor(db: Kysely<DB>) {
    this.#db = db;
  }

  /** Begins to hear of versions, whichever instance publishes them. */
  async start(database: Database): Promise<void> {
    await database.listen('chadan_version', (payload) => this.#tell(JSON.parse(payload) as VersionEvent), {
      // What was notified while the connection was away is gone: the state tells it.
      onReconnect: async () => {
        for (const list of this.#channels.keys()) {
          const event = await this.#read(list);
          if (event) this.#tell(event);
        }
      },
    });
  }

  /** Connects a reader: the version in force at once, then each new one, until either side ends it. */
  async connect(list: string, request: Request, response: Response): Promise<void> {
    const session = await createSession(request, response, { keepAlive: HEARTBEAT_MS, retry: 2000 });
    if (this.#closed) {
      response.end();
      return;
    }
    this.#open.add(response);
    session.once('disconnected', () => this.#open.delete(response));
    // Registered before the state is read: a version in between is told twice rather than not at all.
    this.#channel(list).register(session);
    const current = await this.#read(list);
    const latest = this.#latest.get(list);
    const event =
      current && latest?.epoch === current.epoch && latest.version > current.version ? latest : current;
    if (event && session.isConnected) session.push(event, 'version', eventId(event));
  }

  /** How many readers are connected. */
  get connections(): number {
    return this.#open.size;
  }

  /** Ends every connection; readers reconnect, to another instance if this one stops. */
  close(): void {
    this.#closed = true;
    for (const response of this.#open) response.end();
  }

  #tell(event: VersionEvent): void {
    this.#latest.set(event.list, event);
    this.#channels.get(event.list)?.broadcast(event, 'version', { eventId: eventId(event) });
  }

  #channel(list: string): Channel {
    const channel = this.#channels.get(list) ?? createChannel();
    this.#channels.set(list, channel);
    return channel;
  }

  async #read(list: string): Promise<VersionEvent | undefined> {
    const row = await selectList(this.#db, list);
    return row && { list, epoch: row.epoch, version: row.version, digest: row.digest.toString('hex') };
  }
}

function eventId(event: VersionEvent): string {
  return `${event.epoch}:${event.version}`;
}
