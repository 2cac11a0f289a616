import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, expect, test } from 'vitest';
import { writeReportFile } from '../../bench/report-file.ts';
import type { RowFields } from '../../src/submit/row-fields.ts';
import { RowRules } from '../../src/submit/row-rules.ts';
import { analyzeFiles, directory, HEADER, line, many, NOW, writeFeed, writeReports } from './feed.ts';

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('fifty reports in a day make a number a candidate, forty-nine do not', async () => {
  const path = writeReports([...many(50), ...many(49, { origin: '02-2000-0000' })]);
  const { candidates, analysis } = await analyzeFiles([path]);
  expect(candidates.map(({ value, category, reports }) => [value, category, reports])).toEqual([
    ['+821020000000', 'gambling', '50'],
  ]);
  expect(analysis).toMatchObject({ rows: 99, senders: 2, candidates: 1, byCategory: { gambling: 1 } });
});

test('days are counted in a row where the window is longer, and every spelling is one number', async () => {
  const path = writeReports([
    ...many(30, { reportedAt: '2026-11-20 23:59:59' }),
    ...many(30, { reportedAt: '2026-11-21 00:00:00', origin: '+82 10 2000 0000' }),
  ]);
  expect((await analyzeFiles([path])).candidates).toEqual([]);
  expect((await analyzeFiles([path], { rules: { windowDays: 2 } })).candidates).toHaveLength(1);
});

test('reports found to be no spam never count, and too many of them keep a number out', async () => {
  const spared = [...many(60), ...many(16, { spamType: '비스팸' })];
  const taken = [
    ...many(60, { origin: '1588-0000' }),
    ...many(15, { origin: '1588-0000', spamType: '비스팸' }),
  ];
  const { candidates } = await analyzeFiles([writeReports([...spared, ...taken])]);
  expect(candidates.map(({ value, reports }) => [value, reports])).toEqual([['+8215880000', '60']]);
});

test('the majority of spam types is the category; what is undetermined has no say', async () => {
  const path = writeReports([
    ...many(20, { spamType: '의약품' }),
    ...many(19, { spamType: '새 유형' }),
    ...many(30, { spamType: '확인불가' }),
  ]);
  const { candidates, analysis } = await analyzeFiles([path]);
  expect(candidates[0]?.['category']).toBe('drugs');
  expect(analysis.unknownSpamTypes).toBe(19);
});

test('a majority that is asked for decides the category, or nobody does', async () => {
  const path = writeReports([
    ...many(30, { spamType: '도박' }),
    ...many(20, { spamType: '성인' }),
    ...many(50, { spamType: '확인불가' }),
  ]);
  const categoryAt = async (minCategoryShare: number) =>
    (await analyzeFiles([path], { rules: { minCategoryShare } })).candidates[0]?.['category'];
  expect([await categoryAt(0.6), await categoryAt(0.61)]).toEqual(['gambling', 'other']);
  const { analysis } = await analyzeFiles([path], { explain: '010-2000-0000' });
  expect(analysis.explanation).toMatchObject({ chosen: true, category: 'gambling' });
});

test('numbers that are none are left out and counted by reason', async () => {
  const origins = ['0000', '', '010-12**-0000', '1588000012', '010-2000-0000'];
  const path = writeReports(
    origins.map((origin, seq) => ({ ...many(1, { origin })[0], seq: `${seq}` }) as never),
  );
  const { analysis } = await analyzeFiles([path]);
  expect(analysis.leftOut).toEqual({ anonymous: 1, empty: 1, masked: 1, wrong_length: 1 });
});

test('times that cannot be, and days outside the period, are left out', async () => {
  const path = writeReports([
    ...many(50),
    ...many(1, { reportedAt: 'soon' }),
    ...many(1, { reportedAt: '2026-11-25 00:00:00' }),
    ...many(1, { reportedAt: '2026-11-19 23:59:59' }),
    ...many(1, { reportedAt: '2026-11-21 00:00:00' }),
  ]);
  const { analysis } = await analyzeFiles([path], { period: { since: '2026-11-20', until: '2026-11-20' } });
  expect(analysis.leftOut).toEqual({ invalid_time: 2, outside_period: 2 });
  expect(analysis.candidates).toBe(1);
});

test('a report that is in two files counts once', async () => {
  const path = writeReports(many(30));
  const { analysis, candidates } = await analyzeFiles([path, path]);
  expect(candidates).toEqual([]);
  expect(analysis).toMatchObject({ rows: 60, repeated: 30 });
});

test('the evidence shows the largest text group with all its senders, and a masked sample', async () => {
  const text = '고객님 당일 대출 가능합니다';
  const path = writeReports([
    ...many(50, { message: `${text} 010-0123-4567 https://example.com/a?id=1` }),
    ...many(3, { message: `${text}!! 010-0999-0000`, origin: '02-2000-0000' }),
  ]);
  const { candidates, csv } = await analyzeFiles([path]);
  expect(candidates[0]?.['note']).toMatch(/: 50 of this number's reports; 53 reports from 2 senders in all$/);
  expect(candidates[0]?.['sample']).toContain(text);
  expect(csv).not.toMatch(/0123|id=1|0999/);
});

test('a file in CP949 is converted, and said to be', async () => {
  const utf8 = writeReports([...many(50, { message: '뷁 도박 사이트 안내 드립니다' })]);
  const path = writeFeed(iconv.encode(readFileSync(utf8, 'utf8'), 'cp949'));
  const { candidates, analysis } = await analyzeFiles([path]);
  expect(candidates[0]).toMatchObject({ category: 'gambling', sample: '뷁 도박 사이트 안내 드립니다' });
  expect(analysis.converted).toEqual([path]);
});

test('BOM, CRLF, quoted line breaks and English names are read', async () => {
  const rows = many(50, { message: '첫 줄의 안내, "둘째 줄"\r\n셋째 줄' }).map(
    (report) =>
      `${report.seq},gambling,${report.origin},20261120120000,"${report.message?.replaceAll('"', '""')}"`,
  );
  const text = ['\ufeffseq,spamType,Origin Number,reportedAt,message', ...rows].join('\r\n');
  const { candidates, analysis } = await analyzeFiles([writeFeed(text)]);
  expect(analysis).toMatchObject({ rows: 50, broken: 0 });
  expect(candidates[0]?.['sample']).toBe('첫 줄의 안내, "둘째 줄"\r\n셋째 줄');
});

test('broken records are counted and the first are named', async () => {
  const broken = Buffer.from('7,문자,도박\n', 'utf8');
  const bytes = iconv.encode(`8,,기타${','.repeat(9)}\n`, 'cp949');
  const head = Buffer.from(`${[HEADER, ...many(2).map(line)].join('\n')}\n`);
  const { analysis } = await analyzeFiles([writeFeed(Buffer.concat([head, broken, bytes]))], {
    encoding: 'utf-8',
  });
  expect(analysis).toMatchObject({ rows: 2, broken: 2 });
  expect(analysis.firstBroken.map(({ record, fault }) => [record, fault])).toEqual([
    [4, 'missing columns'],
    [5, 'invalid encoding'],
  ]);
});

test('distinct reporters count where the file names them; where not, the rule is said not to apply', async () => {
  const rows = many(50).map(
    ({ seq, origin, reportedAt }, index) => `${seq},도박,${origin},${reportedAt},r${index % 9}`,
  );
  const path = writeFeed(['seq,스팸유형,원발신번호,신고시간,신고자', ...rows].join('\n'));
  expect((await analyzeFiles([path], { rules: { minReporters: 10 } })).candidates).toEqual([]);
  const { candidates, analysis } = await analyzeFiles([path], { rules: { minReporters: 9 } });
  expect(candidates[0]?.['reporters']).toBe('9');
  expect(analysis.minReporters).toBe('applied');
  const feed = writeReports(many(50));
  expect((await analyzeFiles([feed], { rules: { minReporters: 9 } })).analysis.minReporters).toBe(
    'not_applied',
  );
});

test('explain shows the figures of a number in any spelling, and which rule it misses', async () => {
  const path = writeReports([...many(40), ...many(20, { spamType: '비스팸' })]);
  const { analysis } = await analyzeFiles([path], { explain: '+82 (0)10 2000 0000' });
  expect(analysis.explanation).toMatchObject({
    value: '+821020000000',
    chosen: false,
    category: null,
    reports: 40,
    notSpam: 20,
    days: [{ day: '2026-11-20', reports: 40, notSpam: 20 }],
    rules: [
      { rule: 'min-reports', figure: 40, limit: 50, met: false },
      { rule: 'max-not-spam', met: false },
      { rule: 'min-reporters', met: null },
    ],
  });
  const unseen = await analyzeFiles([path], { explain: '02-2000-0001' });
  expect(unseen.analysis.explanation).toMatchObject({ chosen: false, reports: 0, days: [] });
});

test('what the exchange would refuse is never written: a whole feed, no invalid row, exactly the known truth', async () => {
  const path = join(directory, 'generated.csv');
  const truth = await writeReportFile(path, { rows: 60_000, seed: 7 });
  const { candidates, analysis, csv } = await analyzeFiles([path]);
  const { rows, broken, repeated, leftOut } = truth;
  expect(analysis).toMatchObject({ rows, broken, repeated, leftOut });
  expect(candidates.length).toBeGreaterThan(10);
  expect(new Map(candidates.map((row) => [row['value'], [row['reports'], row['category']]]))).toEqual(
    new Map(
      [...truth.candidates].map(([value, { reports, category }]) => [value, [String(reports), category]]),
    ),
  );
  const judge = new RowRules(/^[0-9]{9}$/, NOW);
  const faults = candidates.map((row) => judge.judge(row as RowFields)).filter(({ ok }) => !ok);
  expect(faults).toEqual([]);
  expect((await analyzeFiles([path])).csv).toBe(csv);
});

test('nothing of the reports is left behind', () => {
  expect(readdirSync(directory).filter((name) => name.startsWith('chadan-analyze-'))).toEqual([]);
});
