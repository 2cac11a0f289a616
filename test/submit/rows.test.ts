import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvFault, CsvSplitter } from '../../src/submit/csv-records.ts';
import { evidenceJson } from '../../src/submit/evidence-json.ts';
import { RowRules } from '../../src/submit/row-rules.ts';
import { parseTime } from '../../src/submit/seen-time.ts';
import { SeenValues } from '../../src/submit/seen-values.ts';

/** The records, however the text is cut into pieces. */
function splitAt(text: string, cuts: readonly number[]): string[][] | 'fault' {
  const splitter = new CsvSplitter(1000);
  const bytes = Buffer.from(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const records: string[][] = [];
  let from = 0;
  try {
    for (const place of places) {
      records.push(...splitter.split(bytes.subarray(from, place), false));
      from = place;
    }
    records.push(...splitter.split(bytes.subarray(from), true));
    return records;
  } catch (error) {
    if (error instanceof CsvFault) return 'fault';
    throw error;
  }
}

function splitByOracle(text: string): string[][] | 'fault' {
  try {
    const options = { relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n'] };
    return parse(text, options) as string[][];
  } catch {
    return 'fault';
  }
}

test('CSV is split as csv-parse splits it, wherever the pieces end', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '가', ',', '"', '""', '\n', '\r\n', ' ', '😀'),
    maxLength: 40,
  });
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 6 }), (csv, cuts) => {
      expect(splitAt(csv, cuts)).toEqual(splitByOracle(csv));
    }),
    { numRuns: 20_000 },
  );
});

test('what was quoted is read back, wherever the pieces end', () => {
  const field = fc.string({
    unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', '가'),
    minLength: 1,
    maxLength: 8,
  });
  const records = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      records,
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(), { maxLength: 6 }),
      (rows, end, cuts) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quote).join(',') + end).join('');
        expect(splitAt(text, cuts)).toEqual(rows);
      },
    ),
    { numRuns: 5000 },
  );
});

test('a record may have as many characters as are allowed, whatever their bytes', () => {
  const split = (text: string) => new CsvSplitter(10).split(Buffer.from(text), true);
  expect(split('가나다라마바사아자')).toEqual([['가나다라마바사아자']]);
  expect(() => split('가나다라마바사아자차카')).toThrow(CsvFault);
  expect(() => new CsvSplitter(10).split(Buffer.from('"가나다라마바사아자차카'), false)).toThrow(CsvFault);
});

test('evidence is written as JSON.stringify and COPY would write it', () => {
  const text = fc.option(
    fc.string({ unit: fc.constantFrom('a', '가', '"', '\\', '\n', '\t', '😀', '\u001f') }),
  );
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', '"', '\\', '가') }), { maxLength: 3 });
  const evidence = fc.record({
    ...{ model: text, callbackNumber: texts, relay: text, chain: texts, sample: text, sampleHash: text },
    ...{ url: text, reportIds: texts, note: text },
  });
  fc.assert(
    fc.property(evidence, (given) => {
      const copied = evidenceJson(given);
      expect(copied).not.toMatch(/[\n\t]/);
      const isThere = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0);
      const there = Object.entries(given).filter(([, value]) => isThere(value));
      expect(copied.replaceAll('\\\\', '\\')).toBe(JSON.stringify(Object.fromEntries(there)));
    }),
    { numRuns: 3000 },
  );
});

test('a set of values knows each value once, and tells leading zeros and types apart', () => {
  const value = fc.oneof(
    fc.stringMatching(/^\+[1-9][0-9]{2,14}$/).map((text) => ['sender-numbers', text] as const),
    fc.stringMatching(/^[0-9]{1,16}$/).map((text) => ['originator-codes', text] as const),
    fc.stringMatching(/^[0-9A-Z]{1,10}$/).map((text) => ['originator-codes', text] as const),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3000 }), (values) => {
      const seen = new SeenValues();
      const oracle = new Set<string>();
      for (const [list, text] of values) {
        const key = `${list} ${text}`;
        expect(seen.add(list, text)).toBe(!oracle.has(key));
        oracle.add(key);
      }
    }),
    { numRuns: 50 },
  );
});

test('a time is read as JavaScript reads it, if its day exists', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
      expect(parseTime(date.toISOString())).toBe(date.getTime());
    }),
  );
  for (const rest of ['Z', '.25z', '.250Z', '.2509+00:00'])
    expect(parseTime(`2026-11-20T00:00:00${rest}`)).toBe(Date.UTC(2026, 10, 20) + (rest === 'Z' ? 0 : 250));
  expect(parseTime('2026-11-20T09:00:00+09:00')).toBe(Date.UTC(2026, 10, 20));
  for (const text of [
    '2026-13-41',
    '2026-02-29T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T00:00:00',
    '2026-11-20T00:00:00+9',
    '2026-11-20T00:00:00.2a0Z',
    '2026-11-20_00:00:00Z',
    '2026-11-20T00:00:0٠Z',
  ]) {
    expect(parseTime(text)).toBeUndefined();
  }
});

const NOW = new Date('2026-11-24T00:00:00Z');
const GOOD = { type: 'originator_code', value: '123456789', category: 'job', reports: 1 };
const FAULTS: [object, string][] = [
  [{ type: undefined }, 'missing_type'],
  [{ type: 'code', value: '' }, 'unknown_type'],
  [{ value: undefined }, 'empty'],
  [{ value: '', category: 'x' }, 'empty'],
  [{ category: undefined }, 'missing_category'],
  [{ category: 'casino', reports: -1 }, 'unknown_category'],
  [{ reports: -1, score: 2 }, 'invalid_reports'],
  [{ reports: 1e300 }, 'invalid_reports'],
  [{ reporters: '1e3' }, 'invalid_reporters'],
  [{ score: 1.01 }, 'invalid_score'],
  [{ score: 'NaN' }, 'invalid_score'],
  [{ reports: undefined }, 'missing_evidence'],
  [{ firstSeen: 20261120 }, 'invalid_first_seen'],
  [{ lastSeen: '2026-11-24T00:11:00Z' }, 'seen_in_future'],
  [{ lastSeen: '1999-12-31T00:00:00Z' }, 'invalid_last_seen'],
  [{ firstSeen: '2026-11-02T00:00:00Z', lastSeen: '2026-11-01T00:00:00Z' }, 'seen_out_of_order'],
  [{ source: 'rumour' }, 'unknown_source'],
  [{ originatorCode: '12' }, 'invalid_originator_code'],
  [{ model: 7 }, 'invalid_text'],
  [{ sample: 'x'.repeat(4001) }, 'text_too_long'],
  [{ chain: [1] }, 'invalid_array'],
  [{ reportIds: Array.from({ length: 101 }, () => 'x') }, 'too_many_items'],
];

test.each(FAULTS)('%j is refused as %s', (change, code) => {
  const judged = new RowRules(/^[0-9]{9}$/, NOW).judge({ ...GOOD, ...change });
  expect(judged.ok ? 'accepted' : judged.fault.code).toBe(code);
});

test('any row is either accepted or refused, and what is accepted can be stored', () => {
  const rules = new RowRules(/^[0-9]{9}$/, NOW);
  const junk = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
    fc.constantFrom('\u0000', '\ud800', '\u001f'),
  );
  const fields = fc.record({
    sample: junk,
    note: junk,
    model: junk,
    url: junk,
    chain: junk,
    callbackNumber: junk,
    relay: junk,
  });
  fc.assert(
    fc.property(fields, (row) => {
      const judged = rules.judge({ ...GOOD, ...row });
      const stored = JSON.stringify(judged.ok ? judged.row : judged.fault);
      expect(stored).not.toMatch(/\\u0000|\\u001f|\\ud[89a-f]/);
    }),
    { numRuns: 2000 },
  );
});
