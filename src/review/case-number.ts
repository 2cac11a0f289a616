// Ids of cases and appeals are numbers in the database; anything else is nobody's id.
import { notFound } from '../http/problem.ts';

/** Throws Problem `not_found` for what cannot be one. */
export function caseNumber(id: string, what = 'case'): number {
  const number = /^[1-9][0-9]{0,15}$/.test(id) ? Number(id) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw notFound(what);
  return number;
}
