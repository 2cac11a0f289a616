// Work that the exchange does by itself, round after round. Every instance runs it: the work itself must bear that.
import type { Logger } from 'pino';

export interface Round {
  /** What is done, as the log says it. */
  name: string;
  /** The same as the metrics say it. */
  job: string;
  /** From the end of a round to the next. */
  everyMs: number;
  work: () => Promise<unknown>;
}

export class Rounds {
  readonly #round: Round;
  readonly #log: Logger;
  readonly #ended: (job: string, ok: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  /** @param ended told of every round */
  constructor(round: Round, log: Logger, ended: (job: string, ok: boolean) => void) {
    this.#round = round;
    this.#log = log;
    this.#ended = ended;
  }

  /** @param firstMs until the first round */
  start(firstMs = this.#round.everyMs): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run().then(() => this.start());
    }, firstMs);
  }

  /** Stops after the round that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Nobody waits for it: a failure is logged, and the next round tries again. */
  async #run(): Promise<void> {
    try {
      await this.#round.work();
      this.#ended(this.#round.job, true);
    } catch (error) {
      this.#ended(this.#round.job, false);
      this.#log.error({ err: error }, `${this.#round.name} failed; it is tried again`);
    }
  }
}
