// Bounds how much is read from the tables at once for snapshots and diffs that nobody has made yet: a crowd with
// unusual wishes waits in line, and leaves connections to everyone else.

/** Out of the 20 connections of a server, of which a diff takes two. */
const READINGS_AT_ONCE = 4;

export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count = READINGS_AT_ONCE) {
    this.#free = count;
  }

  /** What `produce` gives, begun when it is its turn; the turn ends with it, or when its reader goes away. */
  async *through(produce: () => AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      yield* produce();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
