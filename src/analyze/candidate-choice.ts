// From reports to candidates: which numbers the rules choose, and the evidence of each. Everything that could
// differ from run to run (ties, orders) is settled by a stated order.
import type { ReportDatabase, Row } from './report-database.ts';
import { literal } from './report-database.ts';
import { isChosen, judgeSender, type Rules } from './rules.ts';

/** Days in Seoul, both included, as `YYYY-MM-DD`. */
export interface Period {
  since: string | undefined;
  until: string | undefined;
}

export interface Choice {
  senders: number;
  candidates: number;
  /** Reports that no number could be counted with, by reason. */
  leftOut: Record<string, number>;
  byCategory: Record<string, number>;
}

const SEOUL_OFFSET_MS = 9 * 3_600_000;
const EARLIEST = '2000-01-01 00:00:00';
const MAX_CALLBACKS = 3;
const MAX_REPORT_IDS = 20;
const MAX_CALLBACK_LENGTH = 64;
const MAX_NAME_LENGTH = 100;

/** Counts reports by number and day. Reports of the future, before 2000 or without a time are left out. */
export async function countSenders(
  db: ReportDatabase,
  period: Period,
  now: Date,
): Promise<Pick<Choice, 'leftOut'>> {
  const latest = new Date(now.getTime() + SEOUL_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
  const since = period.since === undefined ? 'false' : `reported_at < DATE ${literal(period.since)}`;
  const until =
    period.until === undefined ? 'false' : `reported_at >= DATE ${literal(period.until)} + INTERVAL 1 DAY`;
  const reason = `CASE WHEN reported_at IS NULL OR least(reported_at, seen) < TIMESTAMP ${literal(EARLIEST)}
      OR greatest(reported_at, seen) > TIMESTAMP ${literal(latest)} THEN 'invalid_time'
    WHEN ${since} OR ${until} THEN 'outside_period' ELSE number.reason END`;
  await db.run(`CREATE VIEW judged AS
    SELECT report.*, value, ${reason} AS left_out FROM report JOIN number USING (raw)`);
  await db.run(`CREATE VIEW used AS SELECT judged.*, verdict, rank FROM judged JOIN spam_type USING (spam)
    WHERE left_out IS NULL`);
  await db.run(`CREATE TABLE sender_day AS SELECT value, reported_at::DATE AS day,
    count(*) FILTER (verdict <> 'not_spam') AS reports, count(*) FILTER (verdict = 'not_spam') AS not_spam
    FROM used GROUP BY value, reported_at::DATE`);
  const rows = await db.rows(`SELECT left_out, count(*)::DOUBLE AS reports FROM judged
    WHERE left_out IS NOT NULL GROUP BY left_out ORDER BY reports DESC, left_out`);
  return { leftOut: toCounts(rows, 'left_out', 'reports') };
}

/** Makes the table `candidate`. */
export async function chooseCandidates(
  db: ReportDatabase,
  rules: Rules,
  hasReporters: boolean,
): Promise<void> {
  await db.run(`CREATE TABLE sender AS SELECT value, sum(reports)::DOUBLE AS reports,
      sum(not_spam)::DOUBLE AS not_spam, max(peak)::DOUBLE AS peak
    FROM (SELECT *, sum(reports) OVER (PARTITION BY value ORDER BY day
      RANGE BETWEEN INTERVAL ${rules.windowDays - 1} DAY PRECEDING AND CURRENT ROW) AS peak FROM sender_day)
    GROUP BY value`);
  await db.run(`CREATE TABLE chosen (value VARCHAR)`);
  const [reporters, join] = hasReporters
    ? [
        'coalesce(reporters, 0)',
        `LEFT JOIN (SELECT value, count(DISTINCT reporter)::DOUBLE AS reporters
        FROM used JOIN sender USING (value) WHERE peak >= ${rules.minReports} AND verdict <> 'not_spam'
        GROUP BY value) USING (value)`,
      ]
    : ['0', ''];
  const appender = await db.connection.createAppender('chosen');
  // Few numbers reach the count; the rest never leave the engine.
  for await (const row of db.stream(`SELECT value, reports, not_spam, peak, ${reporters} AS reporters
    FROM sender ${join} WHERE peak >= ${rules.minReports}`)) {
    if (!isChosen(judgeSender(figuresOf(row), rules, hasReporters))) continue;
    appender.appendVarchar(String(row['value']));
    appender.endRow();
  }
  appender.closeSync();
  await gatherEvidence(db, rules, hasReporters);
}

/** The figures in a row of the engine. */
export function figuresOf(row: Row) {
  return {
    reports: Number(row['reports']),
    notSpam: Number(row['not_spam']),
    peak: Number(row['peak']),
    reporters: Number(row['reporters']),
  };
}

async function gatherEvidence(
  db: ReportDatabase,
  { minCategoryShare }: Rules,
  hasReporters: boolean,
): Promise<void> {
  await db.run(`CREATE TABLE hit AS SELECT value, seq, verdict, rank, callback, relay, reporter, reported_at, seen, text_key
    FROM used SEMI JOIN chosen USING (value) WHERE verdict <> 'not_spam'`);
  await db.run(`CREATE TABLE sender_text AS ${topSql('text_key', 'TRUE', 1)}`);
  await db.run(`CREATE TABLE text_group AS SELECT text_key, count(*)::DOUBLE AS reports,
      count(DISTINCT value)::DOUBLE AS senders, min(message) AS sample
    FROM used SEMI JOIN (SELECT DISTINCT text_key FROM sender_text) USING (text_key) GROUP BY text_key`);
  const ids = `length(seq) <= ${MAX_NAME_LENGTH} AND NOT contains(seq, ';')`;
  await db.run(`CREATE TABLE candidate AS
    WITH total AS (SELECT value, count(*)::DOUBLE AS reports,
        count(*) FILTER (verdict <> 'undetermined')::DOUBLE AS named,
        ${hasReporters ? 'nullif(count(DISTINCT reporter), 0)::DOUBLE' : 'NULL'} AS reporters,
        min(seen) AS first_seen, max(seen) AS last_seen,
        min(row(reported_at, seq), ${MAX_REPORT_IDS}) FILTER (${ids}) AS ids FROM hit GROUP BY value),
      category AS (${topSql('verdict', "verdict <> 'undetermined'", 1, 'min(rank)')}),
      relay AS (${topSql('relay', `length(relay) <= ${MAX_NAME_LENGTH}`, 1)}),
      callbacks AS (SELECT value, string_agg(callback, ';' ORDER BY count DESC, callback) AS callbacks
        FROM (${topSql('callback', `length(callback) <= ${MAX_CALLBACK_LENGTH} AND NOT contains(callback, ';')`, MAX_CALLBACKS)})
        GROUP BY value)
    SELECT total.value,
      CASE WHEN category.count >= ${minCategoryShare} * named THEN verdict ELSE 'other' END AS category, total.reports, reporters,
      strftime(first_seen, '%Y-%m-%dT%H:%M:%S+09:00') AS first_seen,
      strftime(last_seen, '%Y-%m-%dT%H:%M:%S+09:00') AS last_seen, relay, callbacks,
      array_to_string(list_transform(ids, lambda x: x[2]), ';') AS report_ids,
      lower(to_hex(sender_text.text_key)) AS text, sender_text.count::DOUBLE AS text_own,
      text_group.reports AS text_reports, text_group.senders AS text_senders, sample
    FROM total LEFT JOIN category USING (value) LEFT JOIN relay USING (value) LEFT JOIN callbacks USING (value)
      LEFT JOIN sender_text USING (value) LEFT JOIN text_group ON text_group.text_key = sender_text.text_key`);
}

/** The most frequent texts of a column, per number; ties by `tie`. */
function topSql(column: string, condition: string, most: number, tie = column): string {
  return `SELECT value, ${column}, count(*) AS count FROM hit WHERE ${column} IS NOT NULL AND ${condition}
    GROUP BY value, ${column} QUALIFY row_number() OVER (PARTITION BY value ORDER BY count(*) DESC, ${tie}) <= ${most}`;
}

/** What the summary says of the numbers. */
export async function countCandidates(db: ReportDatabase): Promise<Omit<Choice, 'leftOut'>> {
  const [sender] = await db.rows('SELECT count(*)::DOUBLE AS senders FROM sender');
  const rows = await db.rows(`SELECT category, count(*)::DOUBLE AS candidates FROM candidate
    GROUP BY category ORDER BY candidates DESC, category`);
  const byCategory = toCounts(rows, 'category', 'candidates');
  const candidates = Object.values(byCategory).reduce((sum, count) => sum + count, 0);
  return { senders: Number(sender?.['senders']), candidates, byCategory };
}

function toCounts(rows: readonly Row[], name: string, count: string): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [String(row[name]), Number(row[count])]));
}
