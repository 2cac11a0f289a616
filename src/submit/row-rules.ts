// Judges one row: a candidate, or its first fault. The order is fixed: type, value, category, counts and score,
// times, source, originator code, texts. A fault is a value, and never repeats what was given.
import { isCategory } from '../list/category.ts';
import type { ListId } from '../list/entry.ts';
import { parseOriginatorCode } from '../list/originator-code.ts';
import { type NumberClass, parseSenderNumber } from '../list/sender-number.ts';
import { type Evidence, MaskedSamples, readEvidence } from './evidence.ts';
import { FieldReader } from './field-reader.ts';
import type { RowFault, RowFields } from './row-fields.ts';
import { cleanLine } from './text-cleaning.ts';

/** What a value is: its canonical form and the list it would stand in. */
interface JudgedValue {
  listId: ListId;
  value: string;
  rawValue: string;
  /** Null for originator codes. */
  numberClass: NumberClass | null;
  /** The value may not be registered as a sender at all. */
  unregistrable: boolean;
}

/** An accepted row. Times are milliseconds since 1970. */
export interface AcceptedRow extends JudgedValue {
  category: string;
  reports: number | null;
  reporters: number | null;
  firstSeen: number | null;
  lastSeen: number | null;
  source: string | null;
  score: number | null;
  originatorCode: string | null;
  evidence: Evidence;
}

export type Judgement = { ok: true; row: AcceptedRow } | { ok: false; fault: RowFault };

/** No count is higher: there are not so many messages. */
const MAX_COUNT = 1_000_000_000;
/** The clocks of carriers differ from ours. */
const SKEW_MS = 10 * 60_000;
/** An earlier time is a slip. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const SOURCES: ReadonlySet<string> = new Set(['report', 'spam_trap', 'own_traffic']);

/** Judges the rows of one submission. */
export class RowRules {
  readonly #codePattern: RegExp;
  readonly #latestMs: number;
  readonly #samples = new MaskedSamples();

  constructor(codePattern: RegExp, now: Date) {
    this.#codePattern = codePattern;
    this.#latestMs = now.getTime() + SKEW_MS;
  }

  /** The accepted row, or the first fault. */
  judge(fields: RowFields): Judgement {
    const row = new FieldReader(fields);
    const judged = judgeValue(row, this.#codePattern);
    if (judged === null) return { ok: false, fault: row.fault ?? UNKNOWN_TYPE };
    const category = judgeCategory(row);
    const reports = row.count('reports', 'invalid_reports', MAX_COUNT);
    // Reporters may be more than reports: carriers count them over different times.
    const reporters = row.count('reporters', 'invalid_reporters', MAX_COUNT);
    const score = row.share('score', 'invalid_score');
    if (reports === null && score === null)
      row.fail('missing_evidence', 'One of reports and score is needed.');
    const firstSeen = row.time('firstSeen', 'invalid_first_seen', EARLIEST_MS, this.#latestMs);
    const lastSeen = row.time('lastSeen', 'invalid_last_seen', EARLIEST_MS, this.#latestMs);
    if (firstSeen !== null && lastSeen !== null && lastSeen < firstSeen) {
      row.fail('seen_out_of_order', 'lastSeen lies before firstSeen.');
    }
    const source = judgeSource(row);
    const originatorCode = judgeOriginatorCode(row, this.#codePattern);
    const evidence = readEvidence(row, this.#samples);
    if (row.fault !== undefined) return { ok: false, fault: row.fault };
    const { listId, value, rawValue, numberClass, unregistrable } = judged;
    // Written out: spreading a million objects would cost as much as all the rules.
    return {
      ok: true,
      row: {
        listId,
        value,
        rawValue,
        numberClass,
        unregistrable,
        category,
        reports,
        reporters,
        firstSeen,
        lastSeen,
        source,
        score,
        originatorCode,
        evidence,
      },
    };
  }
}

const UNKNOWN_TYPE: RowFault = {
  code: 'unknown_type',
  detail: 'type must be sender_number or originator_code.',
};

function judgeValue(row: FieldReader, codePattern: RegExp): JudgedValue | null {
  const type = row.token('type', UNKNOWN_TYPE.code, UNKNOWN_TYPE.detail);
  if (row.fault !== undefined) return null;
  if (type === null) return row.fail('missing_type', 'type is missing: it is never guessed.');
  if (type !== 'sender_number' && type !== 'originator_code')
    return row.fail(UNKNOWN_TYPE.code, UNKNOWN_TYPE.detail);
  const raw = row.given('value') ?? '';
  if (typeof raw !== 'string') return row.fail('invalid_text', 'value must be a text.');
  const rawValue = cleanLine(raw);
  if (type === 'originator_code') {
    const code = parseOriginatorCode(raw, codePattern);
    if (!code.ok) return row.fail(code.code, code.detail);
    return {
      listId: 'originator-codes',
      value: code.value,
      rawValue,
      numberClass: null,
      unregistrable: false,
    };
  }
  const number = parseSenderNumber(raw);
  if (!number.ok) return row.fail(number.code, number.detail);
  const { value, numberClass, flags } = number;
  return {
    listId: 'sender-numbers',
    value,
    rawValue,
    numberClass,
    unregistrable: flags.includes('unregistrable'),
  };
}

/** The empty text where there is a fault. */
function judgeCategory(row: FieldReader): string {
  const category = row.token('category', 'unknown_category', 'category must be a text.');
  if (category === null) row.fail('missing_category', 'category is missing.');
  else if (!isCategory(category)) row.fail('unknown_category', 'category is not one of the contract.');
  return category ?? '';
}

function judgeSource(row: FieldReader): string | null {
  const detail = 'source must be report, spam_trap or own_traffic.';
  const source = row.token('source', 'unknown_source', detail);
  return source === null || SOURCES.has(source) ? source : row.fail('unknown_source', detail);
}

// A wrong code is a fault, not dropped: it may block a whole sender, so the carrier must learn of it.
function judgeOriginatorCode(row: FieldReader, pattern: RegExp): string | null {
  const raw = row.token('originatorCode', 'invalid_originator_code', 'originatorCode must be a text.');
  if (raw === null) return null;
  const code = parseOriginatorCode(raw, pattern);
  return code.ok ? code.value : row.fail('invalid_originator_code', code.detail);
}
