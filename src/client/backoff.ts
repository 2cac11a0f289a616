// How long to wait before trying again: exponential, capped, with full jitter, so that many clients which
// failed together do not come back together.

export interface Backoff {
  /** The bound of the first wait, in milliseconds. */
  baseMs: number;
  /** No wait is bounded higher. */
  capMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { baseMs: 500, capMs: 20_000 };

/** The wait after a number of failures (1, 2, …), evenly spread between 0 and min(cap, base · 2^(failures−1)). */
export function backoffMs(
  failures: number,
  random: () => number,
  backoff: Backoff = DEFAULT_BACKOFF,
): number {
  const bound = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.floor(random() * bound);
}
