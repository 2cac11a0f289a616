// The short forms of the chaos programs; docs/operations.md has the long ones.
import { describe, expect, test } from 'vitest';
import { runProgram } from '../demo/program.ts';

describe('nothing is lost and nothing forks', { timeout: 240_000 }, () => {
  test('when the server is killed while parties submit, decide and publish', async () => {
    const ended = await runProgram('chaos-publish', ['--rounds', '2', '--seed', '7']);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toMatch(/2 kills, seed 7: \d+ answers hold, .* versions in one chain\n$/);
    expect([ended.code, ended.leftovers]).toEqual([0, []]);
  });

  test('when the server is killed before and after a statement of a publication, its commit above all', async () => {
    const ended = await runProgram('chaos-steps', ['--only', '^commit|update entry']);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toMatch(/^\d+ {2}commit .*before: version \d+, old {2}after: version \d+, new$/m);
    expect(ended.stdout).toMatch(/4 kills at 2 of \d+ statements: each left one version in force, whole\n$/);
    expect([ended.code, ended.leftovers]).toEqual([0, []]);
  });

  test('when one of three servers is killed and the database is restarted', async () => {
    const ended = await runProgram('chaos-instances', ['--rounds', '2', '--seed', '7']);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toMatch(
      /2 kills and a restart of the database, seed 7: .* versions in one chain\n$/,
    );
    expect([ended.code, ended.leftovers]).toEqual([0, []]);
  });
});
