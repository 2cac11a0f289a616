// Why a number is a candidate or is not: its counts, and every rule with its figure and verdict.
import { CommandError } from '../client/command.ts';
import { formatSenderNumber, parseSenderNumber } from '../list/sender-number.ts';
import { figuresOf } from './candidate-choice.ts';
import { maskedSample } from './candidate-file.ts';
import type { ReportDatabase } from './report-database.ts';
import { isChosen, judgeSender, type Rules, type RuleVerdict } from './rules.ts';

export interface Explanation {
  value: string;
  chosen: boolean;
  /** Of a candidate; null for what is none. */
  category: string | null;
  reports: number;
  notSpam: number;
  /** The spellings in the files, most frequent first, at most ten. */
  spellings: { text: string; reports: number }[];
  days: { day: string; reports: number; notSpam: number }[];
  spamTypes: { spamType: string; verdict: string; reports: number }[];
  /** The largest texts of this number, at most five; the sample is masked. */
  texts: { text: string; own: number; reports: number; senders: number; sample: string }[];
  rules: RuleVerdict[];
}

/** Reads the value in any spelling. Throws CommandError where it is no number. */
export async function explainSender(
  db: ReportDatabase,
  spelling: string,
  rules: Rules,
  hasReporters: boolean,
): Promise<Explanation> {
  const number = parseSenderNumber(spelling);
  if (!number.ok)
    throw new CommandError(`--explain: this is no sender number (${number.code}): ${number.detail}`);
  const { value } = number;
  const [row] = await db.rows(
    `SELECT coalesce(max(sender.reports), 0) AS reports, coalesce(max(not_spam), 0) AS not_spam,
      coalesce(max(peak), 0) AS peak,
      (SELECT count(DISTINCT reporter)::DOUBLE FROM used WHERE value = $1 AND verdict <> 'not_spam') AS reporters
    FROM sender WHERE value = $1`,
    [value],
  );
  const figures = figuresOf(row ?? {});
  const verdicts = judgeSender(figures, rules, hasReporters);
  const { reports, notSpam } = figures;
  const details = await readDetails(db, value);
  const [candidate] = await db.rows('SELECT category FROM candidate WHERE value = $1', [value]);
  const category = candidate === undefined ? null : String(candidate['category']);
  return { value, chosen: isChosen(verdicts), category, reports, notSpam, ...details, rules: verdicts };
}

async function readDetails(db: ReportDatabase, value: string) {
  const spellings = await db.rows(
    `SELECT raw AS text, count(*)::DOUBLE AS reports FROM used WHERE value = $1
    GROUP BY raw ORDER BY reports DESC, raw LIMIT 10`,
    [value],
  );
  const days = await db.rows(
    `SELECT day::VARCHAR AS day, reports::DOUBLE AS reports, not_spam::DOUBLE AS "notSpam" FROM sender_day
    WHERE value = $1 ORDER BY day`,
    [value],
  );
  const spamTypes = await db.rows(
    `SELECT spam AS "spamType", verdict, count(*)::DOUBLE AS reports FROM used WHERE value = $1
    GROUP BY spam, verdict ORDER BY reports DESC, spam`,
    [value],
  );
  const texts = await db.rows(
    `WITH own AS (SELECT text_key, count(*)::DOUBLE AS own FROM used WHERE value = $1 AND text_key IS NOT NULL
        GROUP BY text_key ORDER BY own DESC, text_key LIMIT 5)
    SELECT lower(to_hex(text_key)) AS text, own, count(*)::DOUBLE AS reports,
      count(DISTINCT value)::DOUBLE AS senders, min(message) AS sample
    FROM used JOIN own USING (text_key) GROUP BY text_key, own ORDER BY own DESC, text_key`,
    [value],
  );
  return {
    spellings: spellings as unknown as Explanation['spellings'],
    days: days as unknown as Explanation['days'],
    spamTypes: spamTypes as unknown as Explanation['spamTypes'],
    texts: texts.map((row) => ({ ...row, sample: maskedSample(row['sample']) })) as Explanation['texts'],
  };
}

/** The explanation for people. */
export function describeExplanation(found: Explanation): string {
  const lines = [
    `${found.value}  ${formatSenderNumber(found.value)}`,
    found.chosen ? `a candidate, ${found.category}` : 'no candidate',
    `reports: ${found.reports}, and ${found.notSpam} found to be no spam`,
    'rules:',
    ...found.rules.map(({ rule, figure, limit, met }) => {
      const verdict = met === null ? 'not applied' : met ? 'met' : 'MISSED';
      return `  ${rule.padEnd(14)}${String(Math.round(figure * 1000) / 1000).padStart(8)}  limit ${limit ?? '–'}  ${verdict}`;
    }),
    'days:',
    ...found.days.map(({ day, reports, notSpam }) => `  ${day}  ${reports}  not spam ${notSpam}`),
    'spam types:',
    ...found.spamTypes.map((type) => `  ${type.spamType || '(empty)'} → ${type.verdict}  ${type.reports}`),
    'spellings:',
    ...found.spellings.map(({ text, reports }) => `  ${text}  ${reports}`),
    'texts:',
    ...found.texts.map(
      ({ text, own, reports, senders, sample }) =>
        `  ${text}  ${own} of this number; ${reports} reports from ${senders} senders in all\n    ${sample.replace(/\s+/g, ' ')}`,
    ),
  ];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: reports may hold what steers a terminal
  return `${lines.join('\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '')}\n`;
}
