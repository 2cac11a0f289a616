// What a test waits for comes when the machine has time for it: no wait of a test ends before a minute is over, whatever
// patience it asks for (vitest's own is a second).
import { vi } from 'vitest';

/** Also of `expect.poll`, by the configuration. */
const PATIENCE_MS = 60_000;

const { waitFor } = vi;
vi.waitFor = (callback, options) => {
  const { timeout = 0, ...rest } = typeof options === 'number' ? { timeout: options } : (options ?? {});
  return waitFor(callback, { ...rest, timeout: Math.max(timeout, PATIENCE_MS) });
};
