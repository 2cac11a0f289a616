// Which stage the analysis is in and for how long: one line on a terminal, nothing anywhere else.

const EVERY_MS = 500;

export class StageLine {
  readonly #enabled: boolean;
  #timer: NodeJS.Timeout | undefined;

  constructor(enabled: boolean) {
    this.#enabled = enabled && process.stderr.isTTY === true;
  }

  show(stage: string): void {
    this.stop();
    if (!this.#enabled) return;
    const start = Date.now();
    const print = () =>
      process.stderr.write(`\r\u001b[K${stage} … ${Math.round((Date.now() - start) / 1000)} s`);
    print();
    this.#timer = setInterval(print, EVERY_MS).unref();
  }

  /** Takes the line off. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.stderr.write('\r\u001b[K');
  }
}
