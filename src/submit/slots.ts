// A few places for long work; who finds none waits in line, and what it has read waits with it. Uploads that stream hold
// a database connection for as long as their sender takes, and must never hold all of them.
import { Problem } from '../http/problem.ts';

/** Each holds a batch of rows. */
const MOST_WAITING = 60;
const RETRY_AFTER_SECONDS = 10;

export class Slots {
  #free: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, mostWaiting = MOST_WAITING) {
    this.#free = count;
    this.#mostWaiting = mostWaiting;
  }

  /**
   * Resolves once a place is taken; `release` gives it back.
   * @throws Problem overloaded where the line is long already
   */
  async take(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else if (this.#waiting.length < this.#mostWaiting)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else
      throw new Problem('overloaded', 'Too many long submissions wait already; nothing was stored.', {
        headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
      });
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
