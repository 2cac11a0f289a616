// Rows as lines of PostgreSQL's COPY (text format), which takes a million of them for a fraction of what INSERT does.
import { evidenceJson } from './evidence-json.ts';
import type { RowFault } from './row-fields.ts';
import type { AcceptedRow } from './row-rules.ts';

/** The columns of `evidenceColumns`, which both tables have. */
const EVIDENCE_COLUMNS = 'row_number, list_id, value, category, reports, score, first_seen, last_seen';

/** The columns of a candidate: `guessedColumns`, `evidenceColumns`, `candidateColumns`. */
export const CANDIDATE_COLUMNS =
  `candidate (case_id, decision_id, status, ${EVIDENCE_COLUMNS}, submission_id, organization_id, received_on, raw_value, ` +
  'reporters, source, originator_code, evidence)';

/** The columns of what is noted for its case: `guessedCaseColumns`, `evidenceColumns`, `givenCaseColumns`. */
export const GIVEN_CASE_COLUMNS = `given_case (case_id, decision_id, is_new, ${EVIDENCE_COLUMNS}, number_class, unregistrable)`;

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

export function guessedColumns({ caseId, decisionId }: GuessedCase): string {
  return decisionId === null ? `${caseId}\t${NULL}\tpending\t` : `${caseId}\t${decisionId}\tverified\t`;
}

export function guessedCaseColumns({ caseId, decisionId, isNew }: GuessedCase): string {
  return `${caseId}\t${decisionId ?? NULL}\t${isNew}\t`;
}

export function evidenceColumns(rowNumber: number, row: AcceptedRow): string {
  // Written out: a join of arrays would take twice as long.
  return (
    `${rowNumber}\t${row.listId}\t${row.value}\t${row.category}\t${row.reports ?? NULL}\t${row.score ?? NULL}\t` +
    `${timeOf(row.firstSeen)}\t${timeOf(row.lastSeen)}\t`
  );
}

/** @param head of all rows of a submission: its id, the organisation's and its day, each followed by a tab */
export function candidateColumns(head: string, row: AcceptedRow): string {
  return (
    `${head}${escapeText(row.rawValue)}\t${row.reporters ?? NULL}\t${row.source ?? NULL}\t` +
    `${row.originatorCode === null ? NULL : escapeText(row.originatorCode)}\t${evidenceJson(row.evidence)}\n`
  );
}

export function givenCaseColumns(row: AcceptedRow): string {
  return `${row.numberClass ?? NULL}\t${row.unregistrable}\n`;
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
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  // PostgreSQL takes minutes and seconds with one digit too.
  const time = `${date} ${Math.floor(minutes / 60)}:${minutes % 60}:${seconds % 60}`;
  const thousandths = rest - seconds * 1000;
  return thousandths === 0 ? `${time}+00` : `${time}.${String(1000 + thousandths).slice(1)}+00`;
}
