// Server-sent events of new versions: one LISTEN per instance, fanned out to every reader from memory. Neither a
// version nor a reader that comes asks the database, so a thousand that reconnect at once cost it nothing.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { DB } from '../database/generated/schema.ts';
import { notFound, Problem } from '../http/problem.ts';
import { EventConnection, type EventFrame, type EventReader } from './event-connection.ts';
import { selectVersionsInForce } from './version-queries.ts';

export interface VersionEventsOptions {
  db: Kysely<DB>;
  now: () => Date;
  /** Connections of one organisation, and of all, on this server. */
  limits: { organization: number; all: number };
  /** Which of these clients are revoked. */
  selectRevoked: (clientIds: string[]) => Promise<Set<string>>;
  onError: (error: Error) => void;
  heartbeatMs?: number;
}

/** Data of an event `version`. */
export interface VersionEvent {
  list: string;
  epoch: string;
  version: number;
  digest: string;
}

interface Latest {
  event: VersionEvent;
  frame: EventFrame;
  /** It was told to all who were connected. */
  told: boolean;
}

const HEARTBEAT_MS = 15_000;
/** Readers take turns at the heartbeat, so that no instant has all of them. */
const HEARTBEAT_SLOTS = 15;
/** A revoked client is gone within 5 s: it is looked for so often … */
const REVIEW_MS = 2000;
/** … and without a review this young, nothing is told. */
const REVIEW_MAX_AGE_MS = 4500;
/** So many readers are told in one turn; other requests have theirs in between. */
const PART = 250;
const RETRY_AFTER_SECONDS = 30;

export class VersionEvents {
  readonly #options: VersionEventsOptions;
  readonly #latest = new Map<string, Latest>();
  readonly #readers = new Map<string, Set<EventConnection>>();
  readonly #slots = Array.from({ length: HEARTBEAT_SLOTS }, () => new Set<EventConnection>());
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #ofOrganization = new Map<string, number>();
  #count = 0;
  #comers = 0;
  #beats = 0;
  #reviewedAt = 0;
  #isReviewing = false;
  #closed = false;

  constructor(options: VersionEventsOptions) {
    this.#options = options;
  }

  /** Begins to hear of versions, whichever instance publishes them. */
  async start(database: Pick<Database, 'listen'>): Promise<void> {
    // Listening first: a version in between is heard twice rather than not at all.
    await database.listen('chadan_version', (payload) => this.#hear(JSON.parse(payload) as VersionEvent), {
      // What was notified while the connection was away is gone: the state tells it.
      onReconnect: () => this.#readState(),
    });
    await this.#readState();
    this.#reviewedAt = performance.now();
    const beatMs = (this.#options.heartbeatMs ?? HEARTBEAT_MS) / HEARTBEAT_SLOTS;
    this.#timers.push(
      setInterval(() => this.#beat(), beatMs).unref(),
      setInterval(() => void this.#review(), REVIEW_MS).unref(),
    );
  }

  /**
   * Connects a reader: the version in force at once, unless it is the one it heard of last, then each new one.
   * @throws Problem `not_found`, `too_many_connections`, `overloaded`
   */
  connect(list: string, reader: EventReader, request: Request, response: Response): void {
    const latest = this.#latest.get(list);
    if (!latest) throw notFound('list');
    this.#requirePlace(reader.organizationId);
    const lastEventId = request.get('last-event-id');
    const connection = new EventConnection(response, reader, lastEventId);
    const readers = this.#readers.get(list) ?? new Set();
    this.#readers.set(list, readers.add(connection));
    const slot = this.#slots[this.#comers++ % HEARTBEAT_SLOTS];
    slot?.add(connection);
    this.#addCount(reader.organizationId, 1);
    response.once('close', () => {
      readers.delete(connection);
      slot?.delete(connection);
      this.#addCount(reader.organizationId, -1);
    });
    connection.tell(latest.frame);
  }

  /** How many readers are connected. */
  get connections(): number {
    return this.#count;
  }

  /** The clients that are connected, list by list. */
  connected(): { clientId: string; list: string }[] {
    return [...this.#readers].flatMap(([list, readers]) => {
      const clients = new Set([...readers].map(({ reader }) => reader.clientId));
      return [...clients].map((clientId) => ({ clientId, list }));
    });
  }

  /** Ends every connection; readers reconnect, to another instance if this one stops. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of this.#all()) connection.end();
  }

  #requirePlace(organizationId: string): void {
    const { limits } = this.#options;
    const headers = { 'Retry-After': String(RETRY_AFTER_SECONDS) };
    if (this.#closed || this.#count >= limits.all)
      throw new Problem('overloaded', 'This server has no place for a further reader: poll.', { headers });
    if ((this.#ofOrganization.get(organizationId) ?? 0) >= limits.organization) {
      const detail = `Your organisation has ${limits.organization} connections already: close one, or poll.`;
      throw new Problem('too_many_connections', detail, { headers });
    }
  }

  #addCount(organizationId: string, change: 1 | -1): void {
    this.#count += change;
    const count = (this.#ofOrganization.get(organizationId) ?? 0) + change;
    if (count > 0) this.#ofOrganization.set(organizationId, count);
    else this.#ofOrganization.delete(organizationId);
  }

  async #readState(): Promise<void> {
    for (const event of await selectVersionsInForce(this.#options.db)) await this.#hear(event);
  }

  async #hear(event: VersionEvent): Promise<void> {
    const known = this.#latest.get(event.list)?.event;
    if (known?.epoch === event.epoch && known.version >= event.version) return;
    this.#latest.set(event.list, { event, frame: frameOf(event), told: false });
    if (performance.now() - this.#reviewedAt < REVIEW_MAX_AGE_MS) await this.#fanOut(event.list);
  }

  async #fanOut(list: string): Promise<void> {
    const begun = this.#latest.get(list);
    const readers = [...(this.#readers.get(list) ?? [])];
    for (let at = 0; at < readers.length; at += PART) {
      if (at > 0) await nextTurn();
      const latest = this.#latest.get(list); // a newer one may have come: nobody needs both
      if (latest) for (const reader of readers.slice(at, at + PART)) reader.tell(latest.frame);
    }
    if (begun) begun.told = true;
  }

  #beat(): void {
    for (const connection of this.#slots[this.#beats++ % HEARTBEAT_SLOTS] ?? []) connection.beat();
  }

  /** Ends who may not listen any more. While the database cannot say who that is, nobody hears anything new. */
  async #review(): Promise<void> {
    if (this.#isReviewing) return;
    this.#isReviewing = true;
    const begun = performance.now();
    try {
      const clients = new Set([...this.#all()].map(({ reader }) => reader.clientId));
      const revoked = clients.size > 0 ? await this.#options.selectRevoked([...clients]) : new Set();
      const now = this.#options.now();
      for (const connection of this.#all()) {
        const { clientId, expiresAt } = connection.reader;
        if (revoked.has(clientId) || expiresAt <= now) connection.end();
      }
      this.#reviewedAt = begun;
      for (const [list, { told }] of this.#latest) if (!told) await this.#fanOut(list);
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isReviewing = false;
    }
  }

  *#all(): Generator<EventConnection> {
    for (const readers of this.#readers.values()) yield* readers;
  }
}

function frameOf(event: VersionEvent): EventFrame {
  const { list, epoch, version, digest } = event;
  const id = `${epoch}:${version}`;
  const data = JSON.stringify({ list, epoch, version, digest });
  return { id, text: `id: ${id}\nevent: version\ndata: ${data}\n\n` };
}
