// Rows of the publish tables as the contract shows them.
import type { components } from '../http/generated/openapi.ts';
import type { ListId } from '../list/entry.ts';
import type { RelayRow } from './receipt-queries.ts';
import { CONNECTED_MS } from './relay-contacts.ts';
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

/** Behind for so long, a relay needs somebody to look. */
const STALE_SECONDS = 300;

/** @param manifestLifeSeconds a relay that has not come for so long holds no manifest that is good */
export function toRelay(row: RelayRow, now: Date, manifestLifeSeconds: number): Schemas['Relay'] {
  const age = (moment: Date | null) => (moment === null ? 0 : now.getTime() - moment.getTime());
  const isPresent = row.version !== null && row.isPresent === true;
  const lagVersions = isPresent ? row.current - (row.version ?? 0) : null;
  const lagSeconds = isPresent ? Math.max(0, Math.floor(age(row.behindSince) / 1000)) : null;
  const isStale = (lagSeconds ?? 0) >= STALE_SECONDS || age(row.pulledAt) >= manifestLifeSeconds * 1000;
  return {
    clientId: row.clientId,
    organization: row.organization,
    name: row.name,
    list: row.list as ListId,
    state: stateOf(row, isStale),
    epoch: row.epoch,
    version: row.version,
    lagVersions,
    lagSeconds,
    digestMatches: row.matches,
    receiptAt: row.receivedAt?.toISOString() ?? null,
    wrongAt: row.wrongAt?.toISOString() ?? null,
    lastPullAt: row.pulledAt?.toISOString() ?? null,
    connected: row.followedAt !== null && age(row.followedAt) <= CONNECTED_MS,
  };
}

/** The gravest of what is to be said. */
function stateOf(row: RelayRow, isStale: boolean): Schemas['Relay']['state'] {
  if (row.version === null) return 'silent';
  if (!row.isPresent) return 'old_epoch';
  if (!row.matches) return 'wrong';
  if (isStale) return 'stale';
  return row.version < row.current ? 'behind' : 'current';
}
