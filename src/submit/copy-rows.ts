// Rows as lines of PostgreSQL's COPY (text format), which takes a million of them for a fraction of what INSERT does.
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';

/** The columns of `candidateLine`. */
export const CANDIDATE_COLUMNS =
  'candidate (submission_id, organization_id, received_on, row_number, list_id, value, raw_value, category, status, case_id, decision_id, ' +
  'reports, reporters, first_seen, last_seen, source, score, originator_code, evidence)';

/** The columns of `givenCaseLine`. */
export const GIVEN_CASE_COLUMNS =
  'given_case (row_number, case_id, is_new, decision_id, list_id, value, number_class, unregistrable, category, reports, ' +
  'score, first_seen, last_seen)';

/** The columns of `errorLine`. */
export const ERROR_COLUMNS = 'submission_error (submission_id, row_number, value, code, detail)';

/** Where a row is taken to belong, until the merge says so under locks. Ids as texts. */
export interface GuessedCase {
  caseId: string;
  isNew: boolean;
  /** Of the decision that the value is listed by; null when it is not. */
  decisionId: string | null;
}

const NULL = '\\N';

/** @param head what all rows of a submission begin with: its id, the organisation's and its day, each followed by a tab */
export function candidateLine(head: string, rowNumber: number, row: AcceptedRow, guess: GuessedCase): string {
  // Written out: a join of arrays would take twice as long.
  const evidence = row.evidence === null ? '{}' : escapeText(JSON.stringify(row.evidence));
  const status = guess.decisionId === null ? 'pending' : 'verified';
  return (
    `${head}${rowNumber}\t${row.listId}\t${row.value}\t${escapeText(row.rawValue)}\t${row.category}\t${status}\t` +
    `${guess.caseId}\t${guess.decisionId ?? NULL}\t${row.reports ?? NULL}\t${row.reporters ?? NULL}\t` +
    `${timeOf(row.firstSeen)}\t${timeOf(row.lastSeen)}\t${row.source ?? NULL}\t${row.score ?? NULL}\t` +
    `${row.originatorCode === null ? NULL : escapeText(row.originatorCode)}\t${evidence}\n`
  );
}

export function givenCaseLine(rowNumber: number, row: AcceptedRow, guess: GuessedCase): string {
  return (
    `${rowNumber}\t${guess.caseId}\t${guess.isNew}\t${guess.decisionId ?? NULL}\t${row.listId}\t${row.value}\t` +
    `${row.numberClass ?? NULL}\t${row.unregistrable}\t${row.category}\t${row.reports ?? NULL}\t${row.score ?? NULL}\t` +
    `${timeOf(row.firstSeen)}\t${timeOf(row.lastSeen)}\n`
  );
}

export function errorLine(submissionId: string, rowNumber: number, value: string, fault: RowFault): string {
  return `${submissionId}\t${rowNumber}\t${escapeText(value)}\t${fault.code}\t${escapeText(fault.detail)}\n`;
}

/** Line breaks, tabs and other control characters were removed from all texts, or are escaped in JSON. */
function escapeText(text: string): string {
  return text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
}

const DAY_MS = 86_400_000;
/** The days of late as texts: most times of a file are of few days, and `toISOString` is slow. */
const days = new Map<number, string>();
const MAX_DAYS = 1000;

function timeOf(ms: number | null): string {
  if (ms === null) return NULL;
  const day = Math.floor(ms / DAY_MS);
  let date = days.get(day);
  if (date === undefined) {
    if (days.size >= MAX_DAYS) days.clear();
    date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    days.set(day, date);
  }
  const rest = ms - day * DAY_MS;
  const minutes = Math.floor(rest / 60_000);
  // PostgreSQL takes minutes and seconds with one digit too.
  return `${date} ${Math.floor(minutes / 60)}:${minutes % 60}:${(rest % 60_000) / 1000}+00`;
}
