// The same rules, written naively over arrays, on random small feeds.
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseSenderNumber } from '../../src/list/sender-number.ts';
import { analyzeFiles, type CandidateCells, directory, type Report, writeReports } from './feed.ts';

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const VERDICTS = {
  도박: 'gambling',
  불법대출: 'illegal_loan',
  기타: 'other',
  없는유형: 'other',
  비스팸: 'not_spam',
  확인불가: 'undetermined',
};
const RANKS = ['gambling', 'illegal_loan', 'other'];

const report = fc.record({
  spamType: fc.constantFrom(...(Object.keys(VERDICTS) as (keyof typeof VERDICTS)[])),
  origin: fc.constantFrom('010-2000-0000', '+821020000000', '1588-0000', '070-2000-0000', '0000', ''),
  reportedAt: fc
    .tuple(fc.integer({ min: 18, max: 23 }), fc.integer({ min: 10, max: 23 }))
    .map(([day, hour]) => `2026-11-${day} ${hour}:00:00`),
  callback: fc.constantFrom('', '02-000-0000', '02-000-0001', '02-000-0002', '02-000-0003'),
  relay: fc.constantFrom('', 'relay one', 'relay two'),
  message: fc.constantFrom(
    '',
    '짧다',
    '당일 대출 가능합니다 고객님 010',
    '당일대출 가능합니다, 고객님! https://example.com/1',
    '오늘만 무료 쿠폰을 드립니다',
  ),
});

test('the engine chooses and describes what a naive reading of the rules does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(report, { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(0, 0.2, 0.5, 1),
      async (rows, minReports, windowDays, maxNotSpam) => {
        const reports = rows.map((row, index) => ({ ...row, seq: `s${index}` }));
        const { candidates } = await analyzeFiles([writeReports(reports)], {
          rules: { minReports, windowDays, maxNotSpam },
        });
        expect(candidates).toEqual(chooseNaively(reports, minReports, windowDays, maxNotSpam));
      },
    ),
    { numRuns: 40, seed: 20261124 },
  );
});

function chooseNaively(reports: Report[], minReports: number, windowDays: number, maxNotSpam: number) {
  const senderOf = ({ origin }: Report) => {
    const number = parseSenderNumber(origin);
    return number.ok ? number.value : undefined;
  };
  const used = reports.filter((row) => senderOf(row) !== undefined);
  const values = new Set(used.map((row) => senderOf(row) as string));
  const found: CandidateCells[] = [];
  for (const value of values) {
    const all = used.filter((row) => senderOf(row) === value);
    const spam = all.filter((row) => row.spamType !== '비스팸');
    if (peakOf(spam, windowDays) < minReports) continue;
    if ((all.length - spam.length) / all.length > maxNotSpam) continue;
    found.push(describe(value, spam, used, senderOf));
  }
  return found.sort((a, b) => Number(b['reports']) - Number(a['reports']) || compare(a['value'], b['value']));
}

function peakOf(rows: Report[], windowDays: number): number {
  const days = rows.map((row) => Number(row.reportedAt.slice(8, 10)));
  return Math.max(
    0,
    ...days.map((last) => days.filter((day) => day <= last && day > last - windowDays).length),
  );
}

function describe(
  value: string,
  spam: Report[],
  used: Report[],
  senderOf: (row: Report) => string | undefined,
): CandidateCells {
  const verdicts = spam.map((row) => VERDICTS[row.spamType as keyof typeof VERDICTS]);
  const [category = 'other'] = top(
    verdicts.filter((verdict) => verdict !== 'undetermined'),
    (a, b) => RANKS.indexOf(a) - RANKS.indexOf(b),
  );
  const times = spam.map((row) => row.reportedAt).sort();
  const stamp = (time = '') => `${time.replace(' ', 'T')}+09:00`;
  const ordered = [...spam].sort((a, b) => compare(a.reportedAt, b.reportedAt) || compare(a.seq, b.seq));
  const groups = new Set(spam.map((row) => lettersOf(row.message)).filter((text) => text.length >= 8));
  const own = (text: string) => spam.filter((row) => lettersOf(row.message) === text).length;
  const most = Math.max(0, ...[...groups].map(own));
  const [text] = [...groups].filter((group) => own(group) === most);
  const group = used.filter((row) => text !== undefined && lettersOf(row.message) === text);
  const senders = new Set(group.map(senderOf)).size;
  const [sample = ''] = group.map((row) => row.message ?? '').sort(compareBytes);
  return {
    ...{ type: 'sender_number', value, category, reports: String(spam.length), reporters: '' },
    ...{ firstSeen: stamp(times[0]), lastSeen: stamp(times.at(-1)), source: 'report' },
    callbackNumber: top(
      spam.map((row) => row.callback ?? ''),
      compare,
    )
      .slice(0, 3)
      .join(';'),
    relay:
      top(
        spam.map((row) => row.relay ?? ''),
        compare,
      )[0] ?? '',
    sample: isTied(groups, own, most) ? expect.any(String) : sample,
    reportIds: ordered
      .slice(0, 20)
      .map((row) => row.seq)
      .join(';'),
    note: isTied(groups, own, most)
      ? expect.any(String)
      : text === undefined
        ? ''
        : expect.stringMatching(
            `: ${most} of this number's reports; ${group.length} reports from ${senders} senders`,
          ),
  };
}

/** Which of two equally large groups is shown is settled by their keys. */
function isTied(groups: Set<string>, own: (text: string) => number, most: number): boolean {
  return [...groups].filter((group) => own(group) === most).length > 1;
}

function top(texts: string[], tie: (a: string, b: string) => number): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || tie(a, b)).map(([text]) => text);
}

function lettersOf(message = ''): string {
  const links = /https?:\/\/\S+/g;
  return message
    .normalize('NFC')
    .toLowerCase()
    .replace(links, '')
    .replace(/[^\p{L}]+/gu, '')
    .slice(0, 40);
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
