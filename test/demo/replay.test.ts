import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';

// 030 23125 xxx is kept free for fiction.
const [A, B, C] = ['030 23125 001', '+49 30 23125-002', '(030) 23125003'];

describe('the replay', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chadan-test-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('publishes each dated list and finds every version and every diff to be what the files say', async () => {
    await writeLists(directory, {
      '2024-01-01': ['# national.txt', A, B, '0302312*', ''],
      '2024-01-03': ['+493023125001', B, C, '+49 30 23125 003', 'call me', '0302312*'],
      '2024-01-05': ['03023125001', '03023125002  # the same set', C, 'call me'],
      '2024-01-07': [B],
      '2024-02-01': [A, B],
    });
    const { code, stdout, stderr, leftovers } = await runProgram('replay', [directory]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => /^ +20\d\d-/.test(line));
    const cells = rows.map((row) => row.trim().split(/ {2,}/));
    // date, entries, numbers, added, removed, version, digest, not numbers
    expect(cells.map(([date, ...more]) => [date, ...more.filter((_, at) => at !== 5)])).toEqual([
      ['2024-01-01', '3', '2', '2', '0', '1', '1'],
      ['2024-01-03', '6', '3', '1', '0', '2', '2'],
      ['2024-01-05', '4', '3', '0', '0', '2 still', '1'],
      ['2024-01-07', '1', '1', '0', '2', '3', '0'],
      ['2024-02-01', '2', '2', '1', '0', '4', '0'],
    ]);
    const [first, second, third, , last] = cells.map((row) => row[6]);
    expect(second).toBe(third);
    expect(last).toBe(first); // the same set has the same digest, whatever came between
    expect(stdout).toMatch(/prefix +1 +0302312\*/);
    expect(stdout).toMatch(/letters +1 +call me/);
    expect(stdout).toContain('1 repeated lines; 1 times a released number was listed again.');
    expect(stdout).toContain('All right: 5 publications, 4 versions, 8 snapshots, 6 diffs between any two');
    expect(leftovers).toEqual([]);
  });

  it('says that a directory holds no dated lists before it starts anything', async () => {
    const empty = join(directory, 'empty');
    await mkdir(empty);
    const { code, stderr, leftovers } = await runProgram('replay', [empty]);
    expect(code).toBe(1);
    expect(stderr).toContain('holds no list_YYYY-MM-DD.txt');
    expect(leftovers).toEqual([]);
  });
});

async function writeLists(
  directory: string,
  lists: Record<string, readonly (string | undefined)[]>,
): Promise<void> {
  for (const [date, lines] of Object.entries(lists)) {
    await writeFile(join(directory, `list_${date}.txt`), `${lines.join('\n')}\n`);
  }
}
