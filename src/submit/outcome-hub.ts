// Where readers of the outcomes wait for the next one: one LISTEN a server, a promise a reader, no database
// connection. A wake-up is a hint to read again, never a promise that there is something.
import type { Database } from '../database/connection.ts';

/** Waiting readers of one organisation, and of all, on one server. Who comes beyond is answered at once. */
export const MAX_WAITING = { organization: 16, all: 500 };

/** A reader's place. Taken before it reads: what is decided after that wakes it. */
export interface WaitingPlace {
  /** Resolves true once there may be something new since the last call, false when waiting is over. */
  next(): Promise<boolean>;
  /** Waiting is over: it took long enough, or the reader went away. */
  end(): void;
}

export class OutcomeHub {
  readonly #places = new Map<string, Set<Place>>();
  readonly #limits: typeof MAX_WAITING;
  #count = 0;
  #closed = false;

  constructor(limits = MAX_WAITING) {
    this.#limits = limits;
  }

  /** Begins to hear of decisions, whichever server takes them. */
  async start(database: Pick<Database, 'listen'>): Promise<void> {
    await database.listen(
      'chadan_outcome',
      (organizationId) => this.#wake(this.#places.get(organizationId)),
      {
        // What was notified while the connection was away is gone: all read again.
        onReconnect: () => {
          for (const places of this.#places.values()) this.#wake(places);
        },
      },
    );
  }

  /** A place, or undefined when all are taken or the server stops. It is given back by `end`. */
  enter(organizationId: string): WaitingPlace | undefined {
    const places = this.#places.get(organizationId) ?? new Set();
    if (this.#closed || this.#count >= this.#limits.all || places.size >= this.#limits.organization)
      return undefined;
    const place = new Place(() => this.#leave(organizationId, place));
    this.#places.set(organizationId, places.add(place));
    this.#count++;
    return place;
  }

  /** How many readers wait. */
  get waiting(): number {
    return this.#count;
  }

  /** Ends every wait; nobody waits any more. */
  close(): void {
    this.#closed = true;
    for (const places of this.#places.values()) for (const place of places) place.end();
  }

  #wake(places: Iterable<Place> = []): void {
    for (const place of places) place.wake();
  }

  #leave(organizationId: string, place: Place): void {
    const places = this.#places.get(organizationId);
    if (!places?.delete(place)) return;
    this.#count--;
    if (places.size === 0) this.#places.delete(organizationId);
  }
}

class Place implements WaitingPlace {
  readonly #leave: () => void;
  #woken = false;
  #ended = false;
  #resume: (() => void) | undefined;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  async next(): Promise<boolean> {
    if (!this.#woken && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    this.#woken = false;
    return !this.#ended;
  }

  wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  end(): void {
    this.#ended = true;
    this.#leave();
    this.#resume?.();
  }
}
