import { expect, test } from 'vitest';
import { runProgram } from '../demo/program.ts';

/** More by `FUZZ_REQUESTS=20000 npx vitest run test/fuzz`, or `npm run fuzz`. */
const REQUESTS = process.env['FUZZ_REQUESTS'] ?? '2000';

test('whatever is asked, valid or broken, is answered as the contract says', {
  timeout: 1_800_000,
}, async () => {
  const ended = await runProgram('fuzz', ['--requests', REQUESTS, '--seed', '7']);
  expect(ended.stderr).toBe('');
  expect(ended.stdout).toMatch(/ requests, seed 7, .* 0 faults/);
  expect([ended.code, ended.leftovers]).toEqual([0, []]);
});
