// What a bench reports: one figure against its goal, and how it came about.

export interface Result {
  id: string;
  goal: string;
  figure: number;
  unit: string;
  met: boolean;
  details: Record<string, unknown>;
}

/** Two decimals are more than any of these measurements is exact to. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that so large a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
