import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';

describe('the demo', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chadan-test-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('walks from a generated file to two relays that block what was verified, and leaves nothing behind', async () => {
    const { code, stdout, stderr, leftovers } = await runProgram('demo', ['--rows', '1800', '--seed', '7']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/received +1800/);
    expect(stdout).toMatch(/received +1,800 +1,800 +equal/);
    expect(stdout).toMatch(/which rows are invalid +(\d+) row numbers +\1 row numbers +equal/);
    expect(stdout).toMatch(/accepted values, SHA-256 +([0-9a-f]{12}) +\1 +equal/);
    expect(stdout).toContain('refused, second_reviewer_required');
    expect(stdout).toMatch(/sender-numbers: held by the mass-change brake .*the lead looks, and confirms/);
    expect(stdout).toMatch(/exchange +1 +\d.*\n +Relay One +1 .* equal\n +Relay Two +1 .* equal/);
    expect(stdout).toMatch(/Relay Two +2 .* diff from 1 \(\+0 −1\) +equal/);
    expect(stdout).toMatch(/^ +010-\d{4}-\d{4} +blocked 차단/m);
    expect(stdout).toMatch(/^ +010-\d{4}-\d{4} +clear 통과 +released/m);
    expect(stdout).toMatch(/accepted candidates have their outcome, each once/);
    expect(stdout).toContain('Done: every answer was what it had to be.');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no colour where there is no terminal
    expect(stdout).not.toMatch(/\u001b/);
    expect(leftovers).toEqual([]);
  });

  it('fails where the exchange does not answer what is known of a file', async () => {
    const file = join(directory, 'found.csv');
    const rows = [
      'type,value,category,reports',
      'sender_number,0000,stock,60',
      'originator_code,000000000,adult,81',
    ];
    await writeFile(file, `${rows.join('\n')}\n`);
    const truth = { received: 2, accepted: 2, invalid: 0, duplicates: 0, invalidRows: [] };
    await writeFile(join(directory, 'found.expected.json'), JSON.stringify(truth));
    const { code, stdout, stderr, leftovers } = await runProgram('demo', [file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/received +2 +2 +equal/);
    expect(stdout).toMatch(/accepted +2 +1 +NOT EQUAL/);
    expect(stderr).toContain('FAILED  step 3, Submit: the answer is not the right one: accepted, invalid');
    expect(leftovers).toEqual([]);
  });

  it('says that a file is not there before it starts anything', async () => {
    const { code, stdout, stderr, leftovers } = await runProgram('demo', [join(directory, 'none.csv')]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('none.csv: there is no such file');
    expect(leftovers).toEqual([]);
  });

  it('removes everything when it is interrupted', async () => {
    const { code, stdout, stderr, leftovers } = await runProgram(
      'demo',
      ['--rows', '5000'],
      (output, child) => {
        if (output.includes('3. Submit')) child.kill('SIGINT');
      },
    );
    expect(code).toBe(130);
    expect(stdout).not.toContain('Done');
    expect(stderr).toContain('interrupted');
    expect(leftovers).toEqual([]);
  });
});
