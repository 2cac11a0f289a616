// What of the queue is shown: kept in the address, so that it can be shared and the back button works.
import type { operations } from '../../http/generated/openapi.ts';

export type CaseQuery = NonNullable<operations['listCases']['parameters']['query']>;

/** The part of the query that people choose; cursor and limit are the list's own. */
export type CaseFilter = Omit<CaseQuery, 'cursor' | 'limit'> & { case?: string };

const TEXTS = ['status', 'list', 'category', 'flag', 'q', 'sort', 'case'] as const;

/** A filter from an address; what is no filter is left out, and the server judges the rest. */
export function readCaseFilter(search: Record<string, unknown>): CaseFilter {
  const filter: Record<string, unknown> = {};
  for (const name of TEXTS)
    if (search[name] !== undefined && search[name] !== '') filter[name] = String(search[name]);
  if (typeof search['claimed'] === 'boolean') filter['claimed'] = search['claimed'];
  const minReports = Number(search['minReports']);
  if (Number.isInteger(minReports) && minReports > 0) filter['minReports'] = minReports;
  return filter as CaseFilter;
}
