// How long a verified value stays listed, domain rule 3.
import { isMalignant } from '../list/category.ts';
import { addDays } from '../list/day.ts';

const MOBILE_DAYS = 90; // a mobile number may be given to someone else after 90 days
const OTHER_DAYS = 365;

/** The last day in force, or null for permanent. `today` is the agency's. */
export function lastDay(
  value: { list: string; numberClass: string | null; category: string },
  today: string,
): string | null {
  if (value.list === 'originator-codes' && isMalignant(value.category)) return null; // one strike
  return addDays(today, value.numberClass === 'mobile' ? MOBILE_DAYS : OTHER_DAYS);
}
