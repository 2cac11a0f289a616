// Small report files for the tests, and a run of the analysis on them.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Analysis, type AnalysisOptions, analyze } from '../../src/analyze/analysis.ts';

export const NOW = new Date('2026-11-24T00:00:00Z');
export const HEADER =
  'seq,신고유형,스팸유형,회신번호,원발신번호,중계사,수신시간,신고시간,메시지,메시지 타입,저장시간,파일이름';

export interface Report {
  seq: string;
  spamType: string;
  origin: string;
  reportedAt: string;
  callback?: string;
  relay?: string;
  receivedAt?: string;
  message?: string;
}

export type CandidateCells = Record<string, string>;

export const directory = mkdtempSync(join(tmpdir(), 'chadan-test-'));
let files = 0;

export function line(report: Report): string {
  const { seq, spamType, origin, reportedAt, callback = '', relay = '', receivedAt = reportedAt } = report;
  const cells = [
    seq,
    '문자',
    spamType,
    callback,
    origin,
    relay,
    receivedAt,
    reportedAt,
    report.message ?? '',
  ];
  return [...cells, 'SMS', reportedAt, 'a.csv'].map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
}

/** So many reports of one number on one day. */
export function many(count: number, report: Partial<Report> = {}): Report[] {
  return Array.from({ length: count }, (_, index) => ({
    seq: `${report.origin ?? 'n'}-${report.reportedAt ?? ''}-${report.spamType ?? ''}-${index}`,
    spamType: '도박',
    origin: '010-2000-0000',
    reportedAt: '2026-11-20 12:00:00',
    ...report,
  }));
}

export function writeFeed(content: string | Buffer): string {
  const path = join(directory, `feed '${++files}' [a]*.csv`);
  writeFileSync(path, content);
  return path;
}

export function writeReports(reports: readonly Report[]): string {
  return writeFeed(`${[HEADER, ...reports.map(line)].join('\n')}\n`);
}

type Changes = Partial<Omit<AnalysisOptions, 'rules'>> & { rules?: Partial<AnalysisOptions['rules']> };

export async function analyzeFiles(
  paths: string[],
  { rules, ...changes }: Changes = {},
): Promise<{ analysis: Analysis; candidates: CandidateCells[]; csv: string }> {
  const out = join(directory, `out-${++files}.csv`);
  const analysis = await analyze({
    files: paths,
    rules: {
      minReports: 50,
      windowDays: 1,
      minReporters: undefined,
      maxNotSpam: 0.2,
      minCategoryShare: 0,
      ...rules,
    },
    period: { since: undefined, until: undefined },
    sender: 'originNumber',
    encoding: undefined,
    engine: { memory: '500MB', threads: 2, temporary: directory },
    now: NOW,
    out,
    explain: undefined,
    onStage() {},
    ...changes,
  });
  const csv = changes.explain === undefined ? readFileSync(out, 'utf8') : '';
  return { analysis, csv, candidates: parse(csv, { columns: true }) as CandidateCells[] };
}
