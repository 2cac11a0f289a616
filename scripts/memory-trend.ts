// Whether memory stays flat: what is left after each collection, not what lies about before it, as a line over time.

export interface MemorySample {
  /** Milliseconds. */
  at: number;
  bytes: number;
}

export interface MemoryTrend {
  /** Mean of the least values, in bytes. */
  level: number;
  /** By how much the line rises over all of the time that is looked at, in bytes; negative where it falls. */
  growth: number;
}

export interface Allowance {
  /** Share of the level. */
  share: number;
  /** What is noise, in bytes. */
  bytes: number;
}

/** So many stretches of time, and of each the least value. */
const STRETCHES = 20;

/**
 * The line through the least value of each stretch (least squares).
 * @param samples after the warm-up, in order; at least two a stretch
 * @throws Error when there are too few to say anything
 */
export function memoryTrend(samples: readonly MemorySample[]): MemoryTrend {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < 2 * STRETCHES)
    throw new Error(`${samples.length} samples are too few: ${2 * STRETCHES} at least`);
  const span = last.at - first.at;
  const least = new Array<number>(STRETCHES).fill(Number.POSITIVE_INFINITY);
  for (const { at, bytes } of samples) {
    const stretch = Math.min(STRETCHES - 1, Math.floor(((at - first.at) / span) * STRETCHES));
    least[stretch] = Math.min(least[stretch] ?? bytes, bytes);
  }
  const points = [...least.entries()].filter(([, bytes]) => Number.isFinite(bytes));
  const level = mean(points.map(([, bytes]) => bytes));
  const middle = mean(points.map(([stretch]) => stretch));
  let [above, below] = [0, 0];
  for (const [stretch, bytes] of points) {
    above += (stretch - middle) * (bytes - level);
    below += (stretch - middle) ** 2;
  }
  return { level, growth: (above / below) * (STRETCHES - 1) };
}

/** Whether memory grew no more than is allowed. */
export function isFlat({ level, growth }: MemoryTrend, { share, bytes }: Allowance): boolean {
  return growth <= level * share + bytes;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
