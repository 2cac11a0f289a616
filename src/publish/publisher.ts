// Decided entries become a version: one transaction under the list's row lock, so that versions have no hole
// and no fork whatever instance publishes. A crash before the commit leaves the old version in force and the
// next attempt clean; the manifest is signed in the same transaction, so no reader sees a half of it.
import { type Kysely, sql, type Transaction } from 'kysely';
import { changesOf, exchangeAuthor, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import { extendChain } from '../list/digest.ts';
import type { Entry } from '../list/entry.ts';
import { isSpecial } from '../list/listed-value.ts';
import type { ListMemory } from './list-memory.ts';
import type { ManifestSigner } from './manifest-signer.ts';
import { isMassChange, type NextVersion, type OrderRow, planVersion } from './next-version.ts';
import {
  advanceOldest,
  beginEntries,
  deleteOrders,
  endEntries,
  insertVersion,
  type ListRow,
  lockList,
  selectListed,
  selectOrders,
  selectProtectedValues,
  selectVersion,
  type VersionRow,
} from './version-queries.ts';

const RETENTION_MS = 14 * 24 * 60 * 60 * 1000;
const PUBLISH_TIMEOUT_MS = 10 * 60 * 1000;

export interface PublisherDeps {
  db: Kysely<DB>;
  now: () => Date;
  timeZone: string;
  brake: { share: number; minimum: number };
  memory: ListMemory;
  signer: ManifestSigner;
}

export interface PublishOptions {
  note?: string | undefined;
  publishedBy?: string | undefined;
  /** Who asked; the exchange itself where nobody did. */
  author?: Author | undefined;
  confirmMassChange?: boolean | undefined;
  /** Only values with an urgent release, past the brake: a version of its own. */
  urgentOnly?: boolean | undefined;
}

export interface Published {
  version: VersionRow;
  /** False when nothing changed, and the version is the one in force. */
  created: boolean;
}

export interface Plan {
  next: NextVersion;
  orders: OrderRow[];
}

/**
 * Publishes what is decided.
 * @throws Problem `not_found`; `mass_change_held` when the brake holds the version, which then waits as it is
 */
export function publishVersion(
  deps: PublisherDeps,
  list: string,
  options: PublishOptions = {},
): Promise<Published> {
  return deps.memory.exclusively(list, async () => {
    const undo: { revert?: () => void } = {};
    try {
      const published = await deps.db
        .transaction()
        .execute((trx) => publishLocked(deps, trx, list, options, undo));
      if (published.created) deps.memory.advance(list, published.version.version);
      return published;
    } catch (error) {
      // If only the answer to the commit was lost, the rows are ahead of the tree now: its next use follows.
      undo.revert?.();
      throw error;
    }
  });
}

/** What the next version would change, and the orders that it takes. */
export async function planNext(
  deps: PublisherDeps,
  db: Kysely<DB>,
  list: string,
  urgentOnly = false,
): Promise<Plan> {
  const today = dayOf(deps.now(), deps.timeZone);
  const orders = await selectOrders(db, list, urgentOnly);
  const values = [...new Set(orders.map((order) => order.value))];
  const listed = await selectListed(db, list, values, urgentOnly ? undefined : today);
  const guarded = await selectProtectedValues(db, list, values);
  const isProtected = (value: string) => guarded.has(value) || isSpecial(list, value);
  return { next: planVersion(orders, listed, isProtected, today), orders };
}

async function publishLocked(
  deps: PublisherDeps,
  trx: Transaction<DB>,
  list: string,
  options: PublishOptions,
  undo: { revert?: () => void },
): Promise<Published> {
  await sql`set local statement_timeout = ${sql.raw(String(PUBLISH_TIMEOUT_MS))}`.execute(trx);
  const row = await lockList(trx, list);
  if (!row) throw notFound('list');
  const { next, orders } = await planNext(deps, trx, list, options.urgentOnly);
  if (!options.urgentOnly && !options.confirmMassChange && isMassChange(next, row.count, deps.brake))
    throw held(next);
  await deleteOrders(
    trx,
    orders.map((order) => order.id),
  );
  if (next.additions.length + next.removals.length === 0) {
    const current = await selectVersion(trx, list, row.version);
    if (!current) throw new Error(`list ${list}: version ${row.version} has no row`);
    return { version: current, created: false };
  }
  return { version: await writeVersion(deps, trx, row, next, options, undo), created: true };
}

async function writeVersion(
  deps: PublisherDeps,
  trx: Transaction<DB>,
  row: ListRow,
  next: NextVersion,
  options: PublishOptions,
  undo: { revert?: () => void },
): Promise<VersionRow> {
  const tree = await deps.memory.treeAt(row);
  const change = {
    removed: next.removals.map((removal) => toEntry(removal.entry)),
    added: next.additions.map(toEntry),
  };
  tree.apply(change);
  undo.revert = () => tree.revert(change);
  const version = row.version + 1;
  const digest = tree.digest();
  const chain = extendChain(row.chain.toString('hex'), digest);
  await endEntries(trx, version, next.removals);
  await beginEntries(trx, row.id, version, next.additions);
  const now = deps.now();
  const inserted = await insertVersion(trx, {
    list: row.id,
    version,
    publishedAt: now,
    added: next.additions.length,
    removed: next.removals.length,
    count: tree.count,
    digest,
    chain,
    note: options.note ?? null,
    publishedBy: options.publishedBy ?? null,
  });
  await writeState(deps, trx, row, inserted);
  await recordAct(trx, options.author ?? exchangeAuthor('publishVersion'), {
    target: `lists/${row.id}/versions/${version}`,
    at: now,
    changes: changesOf(null, {
      added: inserted.added,
      removed: inserted.removed,
      digest,
      note: options.note,
      confirmedMassChange: options.confirmMassChange === true && isMassChange(next, row.count, deps.brake),
    }),
  });
  return inserted;
}

/** The list's row and its manifest, and the word to all who listen; heard only if the transaction commits. */
async function writeState(
  deps: PublisherDeps,
  trx: Transaction<DB>,
  row: ListRow,
  version: VersionRow,
): Promise<void> {
  const changes = version.added + version.removed;
  const retained = await advanceOldest(
    trx,
    {
      list: row.id,
      oldest: row.oldest_version,
      snapshot: row.snapshot_version,
      heldChanges: row.held_changes + changes,
      count: version.count,
    },
    new Date(version.published_at.getTime() - RETENTION_MS),
  );
  await trx
    .updateTable('list')
    .set({
      version: version.version,
      count: version.count,
      digest: version.digest,
      chain: version.chain,
      published_at: version.published_at,
      oldest_version: retained.oldest,
      held_changes: retained.heldChanges,
      unsnapped_changes: row.unsnapped_changes + changes,
    })
    .where('id', '=', row.id)
    .execute();
  await deps.signer.sign(trx, row.id);
  const event = {
    list: row.id,
    epoch: row.epoch,
    version: version.version,
    digest: version.digest.toString('hex'),
  };
  await sql`select pg_notify('chadan_version', ${JSON.stringify(event)})`.execute(trx);
}

function held(next: NextVersion): Problem {
  const detail = `The next version would add ${next.additions.length} and remove ${next.removals.length} entries, more than the mass-change brake lets pass: look at what is pending, then publish with confirmMassChange.`;
  return new Problem('mass_change_held', detail);
}

function toEntry(row: { value: string; category: string; until: string | null }): Entry {
  return { value: row.value, category: row.category, until: row.until ?? 'permanent' };
}
