// A bar for long downloads on a terminal; nothing anywhere else.
import type { SingleBar } from 'cli-progress';
import type { SyncProgress } from './sync-report.ts';

/** What is shorter is there before a bar could be read. */
const LEAST_BYTES = 2 * 1024 * 1024;
const MEGABYTE = 1e6;

export class ProgressBar {
  readonly #enabled: boolean;
  #bar: SingleBar | undefined;
  #loading: Promise<typeof import('cli-progress')> | undefined;
  #library: typeof import('cli-progress') | undefined;

  constructor(enabled: boolean) {
    this.#enabled = enabled;
  }

  show({ list, what, received, total = 0 }: SyncProgress): void {
    if (!this.#enabled || total < LEAST_BYTES) return;
    this.#loading ??= import('cli-progress').then((library) => {
      this.#library = library.default ?? library;
      return library;
    });
    if (!this.#library) return;
    if (!this.#bar) {
      const format = `${list} ${what} {bar} {percentage}% {value}/{total} MB`;
      this.#bar = new this.#library.SingleBar(
        { format, hideCursor: true },
        this.#library.Presets.shades_classic,
      );
      this.#bar.start(Math.ceil(total / MEGABYTE), 0);
    }
    this.#bar.update(Math.ceil(received / MEGABYTE));
  }

  /** Takes the bar off before a line is printed. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
