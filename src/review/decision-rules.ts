// What a verdict on a case leads to, or why it is refused. Pure: no database, no HTTP.
import { isMalignant } from '../list/category.ts';
import { lastDay } from '../list/validity.ts';

export type Verdict = 'verify' | 'reject' | 'request_info';
export type Effect = 'verified' | 'rejected' | 'info_requested' | 'awaiting_second';

export interface CaseState {
  id: number;
  list: string;
  value: string;
  numberClass: string | null;
  category: string;
  status: string;
  revision: number;
  carrierIds: readonly string[];
  /** Two different people must agree to list it. */
  protected: boolean;
  /** Who holds the case at this moment. */
  claimedBy: string | undefined;
  /** The person who decided first, while the case waits for a second one; undefined where only a system did. */
  first: { decisionId: number; by: string } | undefined;
}

export interface Ruling {
  verdict: Verdict;
  category?: string | undefined;
  reason?: string | undefined;
  /** `YYYY-MM-DD` or `permanent`. */
  until?: string | undefined;
  note?: string | undefined;
}

export interface Reviewer {
  kind: 'client' | 'person';
  id: string;
  organizationId: string;
}

export interface Outcome {
  effect: Effect;
  category: string | null;
  until: string | null;
  confirms: number | null;
}

export type RefusalCode =
  | 'stale_revision'
  | 'already_decided'
  | 'own_submission'
  | 'claimed_by_other'
  | 'invalid_request'
  | 'second_reviewer_required';
export interface Refusal {
  code: RefusalCode;
  detail: string;
}

/**
 * Decides one case.
 * @param revision the revision that the reviewer read
 * @param today the day in the agency's time zone
 */
export function decide(
  state: CaseState,
  revision: number,
  ruling: Ruling,
  reviewer: Reviewer,
  today: string,
): Outcome | Refusal {
  if (state.status === 'verified' || state.status === 'rejected' || state.status === 'withdrawn') {
    return { code: 'already_decided', detail: `The case is ${state.status} already.` };
  }
  if (state.revision !== revision) {
    return { code: 'stale_revision', detail: 'The case changed since it was read: read it again.' };
  }
  if (state.carrierIds.includes(reviewer.organizationId)) {
    return { code: 'own_submission', detail: 'Who submits never decides.' };
  }
  if (state.claimedBy !== undefined && state.claimedBy !== reviewer.id) {
    return { code: 'claimed_by_other', detail: 'Someone else holds the case at this moment.' };
  }
  if (ruling.verdict === 'request_info')
    return { effect: 'info_requested', category: null, until: null, confirms: null };
  if (ruling.verdict === 'reject') return { effect: 'rejected', category: null, until: null, confirms: null };
  return verify(state, ruling, reviewer, today);
}

function verify(state: CaseState, ruling: Ruling, reviewer: Reviewer, today: string): Outcome | Refusal {
  // A system never confirms, and two systems are not two people: what it decides of a guarded value is a proposal.
  const isConfirmation = state.status === 'awaiting_second';
  if (isConfirmation && (state.first?.by === reviewer.id || reviewer.kind === 'client')) {
    return { code: 'second_reviewer_required', detail: 'A second person must confirm this decision.' };
  }
  const category = ruling.category ?? state.category;
  const isStrike = state.list === 'originator-codes' && isMalignant(category);
  if (isStrike && ruling.until !== undefined && ruling.until !== 'permanent') {
    return {
      code: 'invalid_request',
      detail: 'A code in a malignant category is listed for good: one strike.',
    };
  }
  const until =
    ruling.until === undefined
      ? lastDay({ ...state, category }, today)
      : ruling.until === 'permanent'
        ? null
        : ruling.until;
  if (state.first) return { effect: 'verified', category, until, confirms: state.first.decisionId };
  const needsTwo = state.protected || isConfirmation;
  return { effect: needsTwo ? 'awaiting_second' : 'verified', category, until, confirms: null };
}
