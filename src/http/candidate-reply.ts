// A candidate as the contract shows it: to its carrier who reads, and to its carrier who answers the agency.
import type { components } from './generated/openapi.ts';

type Candidate = components['schemas']['Candidate'];

/** Of a row of candidate, what is shown. */
export interface CandidateRow {
  id: number;
  row_number: number;
  list_id: string;
  value: string;
  raw_value: string;
  category: string;
  status: string;
  case_id: number | null;
}

export function toCandidate(row: CandidateRow): Candidate {
  return {
    id: String(row.id),
    row: row.row_number,
    type: row.list_id === 'sender-numbers' ? 'sender_number' : 'originator_code',
    value: row.value,
    rawValue: row.raw_value,
    category: row.category as Candidate['category'],
    status: row.status as Candidate['status'],
    caseId: String(row.case_id),
  };
}
