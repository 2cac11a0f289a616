// Decided entries become a version: one transaction under the list's row lock, so that versions have no hole
// and no fork whatever instance publishes. A crash before the commit leaves the old version in force and the
// next attempt clean; the manifest is signed in the same transaction, so no reader sees a half of it.
import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { changesOf, exchangeAuthor, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import { extendChain } from '../list/digest.ts';
import type { Entry } from '../list/entry.ts';
import { isSpecial } from '../list/listed-value.ts';
import type { ListTree } from '../list/tree.ts';
import { gaveWay, pastOthers, takeListLock, withSignsOfLife } from './list-lock.ts';
import type { ListMemory } from './list-memory.ts';
import type { ManifestSigner } from './manifest-signer.ts';
import { isMassChange, type NextVersion, type OrderRow, planVersion } from './next-version.ts';
import {
  advanceOldest,
  deleteOrders,
  insertVersion,
  type ListRow,
  moveEntries,
  selectList,
  selectListed,
  selectOrders,
  selectProtectedValues,
  selectVersion,
  type VersionRow,
} from './version-queries.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** So often a publication gives way to urgent releases; then it is its turn. */
const MAX_GAVE_WAY = 2;

export interface PublisherDeps {
  db: Kysely<DB>;
  now: () => Date;
  timeZone: string;
  /** So long diffs lead on from any version, whatever they cost. */
  retentionDays: number;
  brake: { share: number; minimum: number };
  memory: ListMemory;
  signer: ManifestSigner;
  /** Told of each new version, and how long it took. */
  onPublished?: (list: string, seconds: number) => void;
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

interface Attempt extends PublishOptions {
  /** Whether an urgent release may cancel it. */
  yields?: boolean;
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
export async function publishVersion(
  deps: PublisherDeps,
  list: string,
  options: PublishOptions = {},
): Promise<Published> {
  if (options.urgentOnly) return pastOthers(deps, list, () => publishOnce(deps, list, options));
  for (let attempt = 0; ; attempt++) {
    const yields = attempt < MAX_GAVE_WAY;
    try {
      return await publishOnce(deps, list, { ...options, yields });
    } catch (error) {
      if (!yields || !gaveWay(error)) throw error; // what gave way tries again behind the urgent one
    }
  }
}

function publishOnce(deps: PublisherDeps, list: string, options: Attempt): Promise<Published> {
  return deps.memory.exclusively(list, async () => {
    const undo: { revert?: () => void } = {};
    const begun = performance.now();
    try {
      const published = await deps.db
        .transaction()
        .execute((trx) => publishLocked(deps, trx, list, options, undo));
      if (published.created) {
        deps.memory.advance(list, published.version.version);
        deps.onPublished?.(list, (performance.now() - begun) / 1000);
      }
      return published;
    } catch (error) {
      // If only the answer to the commit was lost, the rows are ahead of the tree now: its next use follows.
      undo.revert?.();
      throw error;
    }
  });
}

export interface PlanOptions {
  urgentOnly?: boolean;
  /** Spares looking for values that are known not to be in force. */
  mayBeListed?: (value: string) => boolean;
}

/** Takes the list into memory, so that the next publication finds it there. */
export function loadList({ db, memory }: PublisherDeps, list: string): Promise<void> {
  return memory.exclusively(list, async () => {
    const row = await selectList(db, list);
    if (row) await memory.treeAt(row);
  });
}

/** What the next version would change, and the orders that it takes. */
export async function planNext(
  deps: Pick<PublisherDeps, 'now' | 'timeZone'>,
  db: Kysely<DB>,
  list: string,
  { urgentOnly = false, mayBeListed = () => true }: PlanOptions = {},
): Promise<Plan> {
  const today = dayOf(deps.now(), deps.timeZone);
  const orders = await selectOrders(db, list, urgentOnly);
  const values = [...new Set(orders.map((order) => order.value))].sort();
  const sought = values.filter(mayBeListed);
  const listed = await selectListed(db, list, sought, urgentOnly ? undefined : today);
  const guarded = await selectProtectedValues(db, list, values);
  const isProtected = (value: string) => guarded.has(value) || isSpecial(list, value);
  return { next: planVersion(orders, listed, isProtected, today), orders };
}

async function publishLocked(
  deps: PublisherDeps,
  trx: Transaction<DB>,
  list: string,
  options: Attempt,
  undo: { revert?: () => void },
): Promise<Published> {
  const row = await takeListLock(trx, list, options.yields === true);
  if (!row) throw notFound('list');
  const tree = await withSignsOfLife(trx, () => deps.memory.treeAt(row));
  const { next, orders } = await planNext(deps, trx, list, {
    urgentOnly: options.urgentOnly ?? false,
    mayBeListed: (value) => tree.has(value),
  });
  const isHeld = !options.urgentOnly && isMassChange(next, row.count, deps.brake);
  if (isHeld && !options.confirmMassChange) throw held(next);
  await deleteOrders(
    trx,
    orders.map((order) => order.id),
  );
  if (next.additions.length + next.removals.length === 0) {
    const current = await selectVersion(trx, row, row.version);
    if (!current) throw new Error(`list ${list}: version ${row.version} has no row`);
    return { version: current, created: false };
  }
  const confirmedBy = isHeld ? options.publishedBy : undefined;
  const version = await writeVersion(deps, trx, row, tree, next, { ...options, confirmedBy }, undo);
  return { version, created: true };
}

async function writeVersion(
  deps: PublisherDeps,
  trx: Transaction<DB>,
  row: ListRow,
  tree: ListTree,
  next: NextVersion,
  options: PublishOptions & { confirmedBy: string | undefined },
  undo: { revert?: () => void },
): Promise<VersionRow> {
  const change = {
    removed: next.removals.map((removal) => toEntry(removal.entry)),
    added: next.additions.map(toEntry),
  };
  const version = row.version + 1;
  const serial = row.serial_base + version;
  const digest = await meanwhile(moveEntries(trx, row.id, serial, next), () => {
    tree.apply(change);
    undo.revert = () => tree.revert(change);
    return tree.digest();
  });
  const chain = extendChain(row.chain.toString('hex'), digest);
  const now = deps.now();
  const inserted = await insertVersion(trx, {
    list: row.id,
    epoch: row.epoch,
    version,
    serial,
    publishedAt: now,
    added: next.additions.length,
    removed: next.removals.length,
    count: tree.count,
    digest,
    chain,
    note: options.note ?? null,
    publishedBy: options.publishedBy ?? null,
    confirmedBy: options.confirmedBy ?? null,
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

/** Computes here while the database works, and fails only when both have come to an end. */
async function meanwhile<T>(writing: Promise<void>, compute: () => T): Promise<T> {
  const computing = setImmediate().then(compute); // by then the statement is on its way
  const [written, computed] = await Promise.allSettled([writing, computing]);
  if (written.status === 'rejected') throw written.reason;
  if (computed.status === 'rejected') throw computed.reason;
  return computed.value;
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
      epoch: row.epoch,
      oldest: row.oldest_version,
      snapshot: row.snapshot_version,
      heldChanges: row.held_changes + changes,
      count: version.count,
    },
    new Date(version.published_at.getTime() - deps.retentionDays * DAY_MS),
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
