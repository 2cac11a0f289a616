// Audit events: page by page to look at, all of them as a file to keep and to verify.
import { client, type Schemas } from '../api.ts';
import { saveFile } from '../save-file.ts';

export interface EventFilter {
  actor?: string;
  operation?: string;
  target?: string;
}

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
export type EventFormat = keyof typeof TYPES;

/** Newest first. Throws the exchange's Problem. */
export async function readEvents(
  filter: EventFilter,
  cursor: string | null,
): Promise<Schemas['AuditEventPage']> {
  const query = { ...filter, limit: 100, ...(cursor !== null && { cursor }) };
  const { data, error } = await client.GET('/v1/audit-events', { params: { query } });
  if (!data) throw error;
  return data as Schemas['AuditEventPage'];
}

/** Saves all events that match, oldest first. Throws the exchange's Problem. */
export async function downloadEvents(filter: EventFilter, format: EventFormat): Promise<void> {
  const { data, error } = await client.GET('/v1/audit-events', {
    params: { query: filter },
    headers: { Accept: TYPES[format] },
    parseAs: 'blob',
  });
  if (!data) throw error;
  saveFile(data as Blob, `audit-events.${format}`);
}
