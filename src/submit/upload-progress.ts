// The progress bar of an upload: on stderr, and only where a person looks.
import { SingleBar } from 'cli-progress';

export interface UploadProgress {
  /** A new attempt begins. */
  restart(): void;
  add(bytes: number): void;
  /** Everything is sent; the exchange stores it. */
  sent(): void;
  stop(): void;
}

const MEGABYTE = 1024 * 1024;

/** @param size bytes of the file; undefined when that is not known */
export function startProgress(size: number | undefined, quiet: boolean): UploadProgress {
  if (quiet || size === undefined || !process.stderr.isTTY) {
    return { restart() {}, add() {}, sent() {}, stop() {} };
  }
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: '{bar} {percentage} %  {megabytes} MB  {state}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(1);
  let done = 0;
  bar.start(Math.max(size, 1), 0, { megabytes: '0.0', state: 'sending' });
  return {
    restart() {
      done = 0;
      bar.update(0, { megabytes: '0.0', state: 'sending' });
    },
    add(bytes) {
      done += bytes;
      bar.update(Math.min(done, size), { megabytes: megabytes(done) });
    },
    sent: () => bar.update(size, { state: 'storing' }),
    stop: () => bar.stop(),
  };
}
