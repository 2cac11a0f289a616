// What of the queue is shown: kept in the address, so that it can be shared and the back button works.
import type { operations } from '../../http/generated/openapi.ts';

export type CaseQuery = NonNullable<operations['listCases']['parameters']['query']>;

/** The part of the query that people choose; the rest is the list's own. */
export type CaseFilter = Omit<CaseQuery, 'cursor' | 'limit' | 'status'> & { case?: string };

const TEXTS = ['list', 'category', 'flag', 'numberClass', 'q', 'sort', 'case'] as const;
const TRUTHS = ['mine', 'claimed'] as const;

/** A filter from an address; what is no filter is left out, and the server judges the rest. */
export function readCaseFilter(search: Record<string, unknown>): CaseFilter {
  const filter: Record<string, unknown> = {};
  for (const name of TEXTS)
    if (search[name] !== undefined && search[name] !== '') filter[name] = String(search[name]);
  for (const name of TRUTHS) if (typeof search[name] === 'boolean') filter[name] = search[name];
  const minReports = Number(search['minReports']);
  if (Number.isInteger(minReports) && minReports > 0) filter['minReports'] = minReports;
  return filter as CaseFilter;
}
