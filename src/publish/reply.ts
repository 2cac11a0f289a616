// Rows of the publish tables as the contract shows them.
import type { components } from '../http/generated/openapi.ts';
import type { ListId } from '../list/entry.ts';
import type { RelayRow } from './receipt-queries.ts';
import type { VersionRow } from './version-queries.ts';

type Schemas = components['schemas'];

export function toVersion(row: VersionRow): Schemas['Version'] {
  return {
    version: row.version,
    publishedAt: row.published_at.toISOString(),
    added: row.added,
    removed: row.removed,
    count: row.count,
    digest: row.digest.toString('hex'),
    chain: row.chain.toString('hex'),
    note: row.note,
    publishedBy: row.published_by,
    confirmedBy: row.confirmed_by,
  };
}

export function toRelay(row: RelayRow, now: Date): Schemas['Relay'] {
  const behindMs = row.behindSince === null ? 0 : now.getTime() - row.behindSince.getTime();
  return {
    clientId: row.clientId,
    organization: row.organization,
    name: row.name,
    list: row.list as ListId,
    version: row.version,
    lagVersions: row.version === null ? null : row.current - row.version,
    lagSeconds: row.version === null ? null : Math.max(0, Math.floor(behindMs / 1000)),
    digestMatches: row.matches,
    receiptAt: row.receivedAt?.toISOString() ?? null,
  };
}
