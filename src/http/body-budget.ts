// How many bytes of bodies are held at once. One that is read whole costs about ten times its size until its handler has
// ended; who finds no room waits in line, for a while. Small bodies have room of their own, which no large one takes.
import { Problem } from './problem.ts';

/** Up to here a body takes its share when all of it has come: who drips holds nothing. */
export const SMALL_BODY_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 2;

interface Waiting {
  bytes: number;
  caller: string;
  admit: () => void;
}

/** Room for bodies of one kind, given in the order of asking. */
class Room {
  held = 0;
  refused = 0;
  readonly #bytes: number;
  readonly #waitMs: number;
  readonly #heldBy = new Map<string, number>();
  readonly #line: Waiting[] = [];

  constructor(bytes: number, waitMs: number) {
    this.#bytes = bytes;
    this.#waitMs = waitMs;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** Resolves once there is room. */
  take(bytes: number, caller: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#line.splice(this.#line.indexOf(waiting), 1);
        this.refused++;
        reject(overloaded());
        this.#admit();
      }, this.#waitMs);
      const admit = () => {
        clearTimeout(timer);
        this.#hold(bytes, caller);
        resolve();
      };
      const waiting = { bytes, caller, admit };
      this.#line.push(waiting);
      this.#admit();
    });
  }

  release(bytes: number, caller: string): void {
    this.#hold(-bytes, caller);
    this.#admit();
  }

  #hold(bytes: number, caller: string): void {
    this.held += bytes;
    const held = (this.#heldBy.get(caller) ?? 0) + bytes;
    if (held > 0) this.#heldBy.set(caller, held);
    else this.#heldBy.delete(caller);
  }

  /** Lets in from the front whoever there is room for; only who has its share already is passed over. */
  #admit(): void {
    for (let at = 0; at < this.#line.length; ) {
      const { bytes, caller, admit } = this.#line[at] as Waiting;
      const own = this.#heldBy.get(caller) ?? 0;
      if (own > 0 && own + bytes > this.#bytes / 2) at++;
      else if (this.held > 0 && this.held + bytes > this.#bytes) return;
      else {
        this.#line.splice(at, 1);
        admit();
      }
    }
  }
}

export interface BodyBudgetOptions {
  /** Of all bodies together; a body that is larger is taken alone. */
  bytes: number;
  /** How long a body waits for room. */
  waitMs: number;
  /** In which a body that holds room must have come. */
  patienceMs: number;
}

export class BodyBudget {
  readonly patienceMs: number;
  readonly #small: Room;
  readonly #large: Room;

  constructor({ bytes, waitMs, patienceMs }: BodyBudgetOptions) {
    this.patienceMs = patienceMs;
    this.#small = new Room(bytes / 4, waitMs);
    this.#large = new Room(bytes - bytes / 4, waitMs);
  }

  /** What the body of one request will hold. */
  shareOf(caller: string): BodyShare {
    return new BodyShare(this.#small, this.#large, caller, this.patienceMs);
  }

  get held(): number {
    return this.#small.held + this.#large.held;
  }

  get waiting(): number {
    return this.#small.waiting + this.#large.waiting;
  }

  /** How many waited in vain. */
  get refused(): number {
    return this.#small.refused + this.#large.refused;
  }
}

/** The part of the budget that one request's body holds, from its reading to the end of its handler. */
export class BodyShare {
  readonly #small: Room;
  readonly #large: Room;
  readonly #caller: string;
  readonly #patienceMs: number;
  #room: Room | undefined;
  #bytes = 0;
  #until = 0;

  constructor(small: Room, large: Room, caller: string, patienceMs: number) {
    this.#small = small;
    this.#large = large;
    this.#caller = caller;
    this.#patienceMs = patienceMs;
  }

  /**
   * Before more is read: waits for room once the body is no small one.
   * @param came bytes so far
   * @param expected the whole body, or the most that it may be
   * @throws Problem overloaded; incomplete_body of one that comes too slowly for the room that it holds
   */
  async grow(came: number, expected: number): Promise<void> {
    if (this.#room) {
      if (performance.now() > this.#until) throw tooSlow();
    } else if (came > SMALL_BODY_BYTES) await this.#take(this.#large, expected);
  }

  /**
   * The body is here as a whole.
   * @throws Problem overloaded
   */
  async complete(bytes: number): Promise<void> {
    if (!this.#room) return this.#take(this.#small, bytes);
    this.#room.release(this.#bytes - bytes, this.#caller);
    this.#bytes = bytes;
  }

  /** Gives back what is held, if anything is. */
  release(): void {
    this.#room?.release(this.#bytes, this.#caller);
    this.#room = undefined;
  }

  async #take(room: Room, bytes: number): Promise<void> {
    await room.take(bytes, this.#caller);
    this.#room = room;
    this.#bytes = bytes;
    this.#until = performance.now() + this.#patienceMs;
  }
}

function overloaded(): Problem {
  return new Problem('overloaded', 'This server reads as many bodies as it can; nothing was done.', {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });
}

function tooSlow(): Problem {
  return new Problem(
    'incomplete_body',
    'The body came too slowly to be held as a whole; nothing was stored. CSV and NDJSON may come slowly.',
  );
}
