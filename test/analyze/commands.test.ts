import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { directory, many, writeFeed, writeReports } from './feed.ts';

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(...words: string[]) {
  const child = ['--import', 'tsx', 'src/cli.ts', 'analyze', '--temp', directory, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, child, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('candidates go to a file, and the summary to stderr', () => {
  const out = join(directory, 'found.csv');
  const { status, stdout, stderr } = run(writeReports(many(50)), '--out', out);
  expect([status, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/^50 reports of 1 senders: 1 candidates\n {2}gambling: 1\n/);
  expect(readFileSync(out, 'utf8')).toMatch(/^type,value,.*\nsender_number,\+821020000000,gambling,50,/);
});

test('without --out they go to stdout; with --json the summary is for machines', () => {
  const { status, stdout, stderr } = run(writeReports(many(50)), '--json');
  expect(status).toBe(0);
  expect(stdout.split('\n')).toHaveLength(3);
  expect(JSON.parse(stderr)).toMatchObject({ rows: 50, candidates: 1, minReporters: 'not_asked' });
});

test('a missing column is named in both languages, in one line, and nothing is written', () => {
  const out = join(directory, 'never.csv');
  const { status, stderr } = run(writeFeed('seq,메시지\n1,a\n'), '--out', out);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^chadan: .*스팸유형 \(spamType\), 원발신번호 \(originNumber\), 신고시간 \(reportedAt\).*\n$/,
  );
  expect(existsSync(out)).toBe(false);
});

test.each([
  ['no such file', [join('/', 'nowhere', 'a.csv')], /there is no such file/],
  ['an empty file', [writeFeed('')], /the file is empty/],
  ['a file without reports', [writeReports([])], /there is no report in/],
  ['UTF-16', [writeFeed(Buffer.from('\ufeffseq', 'utf16le'))], /UTF-16; save it as UTF-8/],
  ['a value that is no number', [writeReports(many(1)), '--explain', '0000'], /anonymous/],
  ['another type', [writeReports(many(1)), '--type', 'originator_code'], /--type must be sender_number/],
  ['a day that does not exist', [writeReports(many(1)), '--since', '2026-02-30'], /--since must be a day/],
])('%s is one line on stderr and exit code 1', (_, words, message) => {
  const { status, stdout, stderr } = run(...words);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
