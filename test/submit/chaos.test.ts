import { expect, test } from 'vitest';
import { runProgram } from '../demo/program.ts';

test('a server that is killed while carriers hand in leaves each submission whole or absent', {
  timeout: 180_000,
}, async () => {
  const ended = await runProgram('chaos-submit', ['--rounds', '3', '--seed', '7']);
  expect(ended.stderr).toBe('');
  expect(ended.stdout).toMatch(/3 kills, seed 7: \d+ submissions, each there once and whole\n$/);
  expect([ended.code, ended.leftovers]).toEqual([0, []]);
});
