import { expect, test } from 'vitest';
import { isFlat, type MemorySample, memoryTrend } from '../../scripts/memory-trend.ts';

const MEBIBYTE = 1024 * 1024;
const ALLOWED = { share: 0.05, bytes: 8 * MEBIBYTE };

/** Twenty minutes of a heap that fills and is collected, with what stays for good in each minute. */
function heap(leakedPerMinute: number): MemorySample[] {
  return Array.from({ length: 400 }, (_, i) => ({
    at: i * 3000,
    bytes: (60 + ((i * 7) % 40) + (leakedPerMinute * i) / 20) * MEBIBYTE,
  }));
}

test('a heap that fills and is collected is flat', () => {
  const trend = memoryTrend(heap(0));
  expect(trend.level / MEBIBYTE).toBeCloseTo(60, -1);
  expect(isFlat(trend, ALLOWED)).toBe(true);
});

test('a leak of one MiB a minute is found under it', () => {
  const trend = memoryTrend(heap(1));
  expect(trend.growth / MEBIBYTE).toBeGreaterThan(15);
  expect(isFlat(trend, ALLOWED)).toBe(false);
});

test('a heap that shrinks is flat', () => {
  expect(isFlat(memoryTrend(heap(-1)), ALLOWED)).toBe(true);
});

test('nothing is said on a few samples', () => {
  expect(() => memoryTrend(heap(0).slice(0, 39))).toThrow(/too few/);
});
