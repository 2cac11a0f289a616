// The tokens of the contract that people choose from, in the order in which they are shown. A token that the
// contract lacks, or one of its tokens that is missing here, does not compile.
import type { Schemas } from './api.ts';

function every<Token extends string>() {
  return <const Given extends readonly Token[]>(
    ...tokens: [Token] extends [Given[number]] ? Given : [missing: Exclude<Token, Given[number]>]
  ): readonly Token[] => tokens as readonly Token[];
}

export const CATEGORIES = every<Schemas['Category']>()(
  'gambling',
  'illegal_loan',
  'drugs',
  'adult',
  'smishing',
  'stock',
  'finance',
  'telecom',
  'driver',
  'real_estate',
  'nightlife',
  'prostitution',
  'account_rental',
  'game',
  'fortune',
  'travel',
  'education',
  'job',
  'payment_code',
  'impersonation',
  'other',
);

export const REJECT_REASONS = every<Schemas['RejectReason']>()(
  'not_spam',
  'insufficient_evidence',
  'undetermined',
  'number_theft_victim',
  'number_reassigned',
  'duplicate',
  'invalid',
  'unallocated',
  'protected',
);

export const RELEASE_REASONS = every<Schemas['ReleaseReason']>()(
  'appeal_accepted',
  'number_reassigned',
  'number_terminated',
  'submitter_withdrew',
  'agency_correction',
  'expired',
);

export const FLAGS = every<Schemas['CaseFlag']>()(
  'protected',
  'unregistrable',
  'reopened',
  'information_requested',
  'information_given',
);

export const LISTS = ['sender-numbers', 'originator-codes'] as const satisfies readonly Schemas['ListId'][];

/** An originator code verified in one of these is listed for good (one strike). */
const MALIGNANT: ReadonlySet<string> = new Set(['gambling', 'illegal_loan', 'drugs', 'adult']);

export function isMalignant(category: string): boolean {
  return MALIGNANT.has(category);
}

export const ROLES = every<Schemas['UserRole']>()('reviewer', 'lead', 'auditor', 'admin');

export const PROTECTION_KINDS = every<Schemas['NewProtection']['kind']>()(
  'bank',
  'government',
  'default_code',
  'opt_out',
  'other',
);

export const APPEAL_STATES = every<Schemas['AppealStatus']>()('filed', 'accepted', 'denied', 'withdrawn');

export const CLIENT_ROLES = every<Schemas['ClientRole']>()('carrier', 'relay', 'agency', 'auditor', 'admin');
