// Publishing over HTTP: lists, versions, receipts. Maps contract ↔ domain, holds no rule.
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { invalidCursor, pageOf, readCursor } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import type { ListId } from '../list/entry.ts';
import { requireList } from './held-version.ts';
import { isMassChange } from './next-version.ts';
import { type PublisherDeps, planNext, publishVersion } from './publisher.ts';
import { type PullDeps, pullHandlers } from './pull-handlers.ts';
import { selectRelays } from './receipt-queries.ts';
import { recordReceipt } from './receipts.ts';
import { toRelay, toVersion } from './reply.ts';
import { type ListRow, selectVersion, selectVersions } from './version-queries.ts';

type Schemas = components['schemas'];

export interface PublishDeps extends PublisherDeps, PullDeps {
  /** Told of each new version that a caller made. */
  afterPublication: (list: string) => void;
}

const MAX_VERSION = 2 ** 31 - 1;

type PublishOperation =
  | 'listLists'
  | 'getList'
  | 'listVersions'
  | 'getVersion'
  | 'publishVersion'
  | 'createReceipt'
  | 'listRelays'
  | keyof ReturnType<typeof pullHandlers>;

export function publishHandlers(deps: PublishDeps): Pick<Handlers, PublishOperation> {
  return { ...listHandlers(deps), ...versionHandlers(deps), ...fleetHandlers(deps), ...pullHandlers(deps) };
}

function listHandlers(deps: PublishDeps): Pick<Handlers, 'listLists' | 'getList'> {
  return {
    async listLists() {
      const rows = await deps.db.selectFrom('list').selectAll().orderBy('id', 'desc').execute();
      return {
        status: 200,
        body: { items: await Promise.all(rows.map((row) => describeList(deps, row))), next: null },
      };
    },

    async getList({ path }) {
      return { status: 200, body: await describeList(deps, await requireList(deps.db, path.list)) };
    },
  };
}

async function describeList(deps: PublishDeps, row: ListRow): Promise<Schemas['List']> {
  const { next } = await planNext(deps, deps.db, row.id);
  return {
    id: row.id as ListId,
    epoch: row.epoch,
    version: row.version,
    count: row.count,
    digest: row.digest.toString('hex'),
    chain: row.chain.toString('hex'),
    publishedAt: row.published_at.toISOString(),
    pending: {
      added: next.additions.length,
      removed: next.removals.length,
      held: isMassChange(next, row.count, deps.brake),
    },
  };
}

function versionHandlers(
  deps: PublishDeps,
): Pick<Handlers, 'listVersions' | 'getVersion' | 'publishVersion'> {
  return {
    async listVersions({ path, query }) {
      const { id } = await requireList(deps.db, path.list);
      const { limit = 50, cursor } = query;
      const before = readCursor<readonly [number]>(cursor, ['number'])?.[0];
      if (before !== undefined && (before < 0 || before > MAX_VERSION)) throw invalidCursor();
      const rows = await selectVersions(deps.db, id, before, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toVersion, (row) => [row.version]) };
    },

    async getVersion({ path }) {
      const { id } = await requireList(deps.db, path.list);
      const row = await selectVersion(deps.db, id, path.version);
      if (!row) throw notFound('version');
      return { status: 200, body: toVersion(row) };
    },

    async publishVersion({ path, body, author }) {
      const { version, created } = await publishVersion(deps, path.list, {
        ...body,
        publishedBy: author.id,
        author,
      });
      if (!created) return { status: 200, body: toVersion(version) };
      deps.afterPublication(path.list);
      return { status: 201, body: toVersion(version) };
    },
  };
}

function fleetHandlers(deps: PublishDeps): Pick<Handlers, 'createReceipt' | 'listRelays'> {
  return {
    async createReceipt({ path, body, caller }) {
      await recordReceipt(deps, path.list, caller.clientId, body);
      return { status: 204 };
    },

    async listRelays() {
      const now = deps.now();
      const rows = await selectRelays(deps.db);
      return { status: 200, body: { items: rows.map((row) => toRelay(row, now)), next: null } };
    },
  };
}
