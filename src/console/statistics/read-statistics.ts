// The figures of a period: as data to show, as CSV to keep.
import { client, type Schemas } from '../api.ts';
import { saveFile } from '../save-file.ts';

/** Whole days in the agency's time zone, both included. */
export interface Period {
  from: string;
  to: string;
  interval: 'day' | 'week' | 'month' | 'half_year';
}

/** Throws the exchange's Problem. */
export async function readStatistics(period: Period): Promise<Schemas['Statistics']> {
  const { data, error } = await client.GET('/v1/statistics', { params: { query: period } });
  if (!data) throw error;
  return data as Schemas['Statistics'];
}

/** Saves the figures as a file. Throws the exchange's Problem. */
export async function downloadStatistics(period: Period): Promise<void> {
  const { data, error } = await client.GET('/v1/statistics', {
    params: { query: period },
    headers: { Accept: 'text/csv' },
    parseAs: 'blob',
  });
  if (!data) throw error;
  saveFile(data as Blob, `statistics-${period.from}-${period.to}.csv`);
}
