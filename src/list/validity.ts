// How long a verified value stays listed, and when new evidence makes that longer. Domain rule 3.
import { isMalignant } from './category.ts';
import { addDays } from './day.ts';

const MOBILE_DAYS = 90; // a mobile number may be given to someone else after 90 days
const OTHER_DAYS = 365;

/** What the validity of a value depends on. */
export interface ValueKind {
  list: string;
  numberClass: string | null;
  category: string;
}

/** How many days after its verification a value is listed, or null for permanent. */
export function validityDays(kind: ValueKind): number | null {
  if (kind.list === 'originator-codes' && isMalignant(kind.category)) return null; // one strike
  return kind.numberClass === 'mobile' ? MOBILE_DAYS : OTHER_DAYS;
}

/** The last day in force, or null for permanent. `today` is the agency's. */
export function lastDay(kind: ValueKind, today: string): string | null {
  const days = validityDays(kind);
  return days === null ? null : addDays(today, days);
}

/** How many days before its last day an entry may be renewed: the last third. Not earlier, or lists would churn. */
export function renewalDays(validity: number): number {
  return Math.floor(validity / 3);
}
