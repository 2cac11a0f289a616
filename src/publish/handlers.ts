// Publishing over HTTP: lists, versions, receipts. Maps contract ↔ domain, holds no rule.
import type { components } from '../http/generated/openapi.ts';
import type { Handler, Handlers, OperationRequest } from '../http/handler.ts';
import { invalidCursor, pageOf, readCursor } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import type { ListId } from '../list/entry.ts';
import { requireList } from './held-version.ts';
import { type KeyDeps, keyHandlers } from './key-handlers.ts';
import { isMassChange } from './next-version.ts';
import { type Pending, PendingPlans } from './pending.ts';
import { type PublisherDeps, publishVersion } from './publisher.ts';
import { type PullDeps, pullHandlers } from './pull-handlers.ts';
import { selectRelays } from './receipt-queries.ts';
import { recordReceipt } from './receipts.ts';
import type { RelayContacts } from './relay-contacts.ts';
import { toRelay, toVersion } from './reply.ts';
import { type ListRow, selectVersion, selectVersions } from './version-queries.ts';

type Schemas = components['schemas'];

export interface PublishDeps extends PublisherDeps, PullDeps, KeyDeps {
  /** Told of each new version that a caller made. */
  afterPublication: (list: string) => void;
  contacts: RelayContacts;
  manifestLifeSeconds: number;
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
  | keyof ReturnType<typeof keyHandlers>
  | keyof ReturnType<typeof pullHandlers>;

export function publishHandlers(deps: PublishDeps): Pick<Handlers, PublishOperation> {
  return {
    ...listHandlers(deps),
    ...versionHandlers(deps),
    ...fleetHandlers(deps),
    ...keyHandlers(deps),
    ...notePulls(deps.contacts, pullHandlers(deps)),
  };
}

type Pulls = ReturnType<typeof pullHandlers>;
type ListPull = 'getManifest' | 'getSnapshot' | 'getDiff' | 'getDiffToCurrent';

/** The same handlers; whoever fetches something of a list has been here. */
function notePulls(contacts: RelayContacts, pulls: Pulls): Pulls {
  const noted = <Op extends ListPull>(handler: Handler<Op>): Handler<Op> => {
    return async (request) => {
      const reply = await handler(request);
      const { caller, path } = request as OperationRequest<'getManifest'>;
      if (caller.kind === 'client') contacts.pulled(caller.clientId, path.list);
      return reply;
    };
  };
  return {
    ...pulls,
    getManifest: noted<'getManifest'>(pulls.getManifest),
    getSnapshot: noted<'getSnapshot'>(pulls.getSnapshot),
    getDiff: noted<'getDiff'>(pulls.getDiff),
    getDiffToCurrent: noted<'getDiffToCurrent'>(pulls.getDiffToCurrent),
  };
}

function listHandlers(deps: PublishDeps): Pick<Handlers, 'listLists' | 'getList'> {
  const pending = new PendingPlans(deps);
  const describe = async (row: ListRow) => describeList(row, await pending.of(row), deps.brake);
  return {
    async listLists() {
      const rows = await deps.db.selectFrom('list').selectAll().orderBy('id', 'desc').execute();
      return {
        status: 200,
        body: { items: await Promise.all(rows.map(describe)), next: null },
      };
    },

    async getList({ path }) {
      return { status: 200, body: await describe(await requireList(deps.db, path.list)) };
    },
  };
}

function describeList(row: ListRow, pending: Pending, brake: PublishDeps['brake']): Schemas['List'] {
  return {
    id: row.id as ListId,
    epoch: row.epoch,
    version: row.version,
    count: row.count,
    digest: row.digest.toString('hex'),
    chain: row.chain.toString('hex'),
    publishedAt: row.published_at.toISOString(),
    pending: {
      added: pending.additions.length,
      removed: pending.removals.length,
      held: isMassChange(pending, row.count, brake),
    },
  };
}

function versionHandlers(
  deps: PublishDeps,
): Pick<Handlers, 'listVersions' | 'getVersion' | 'publishVersion'> {
  return {
    async listVersions({ path, query }) {
      const { id, epoch } = await requireList(deps.db, path.list);
      const { limit = 50, cursor } = query;
      const history = { id, epoch: query.epoch ?? epoch };
      const before = readCursor<readonly [number]>(cursor, ['number'])?.[0];
      if (before !== undefined && (before < 0 || before > MAX_VERSION)) throw invalidCursor();
      const rows = await selectVersions(deps.db, history, before, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toVersion, (row) => [row.version]) };
    },

    async getVersion({ path }) {
      const list = await requireList(deps.db, path.list);
      const row = await selectVersion(deps.db, list, path.version);
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
      return {
        status: 200,
        body: { items: rows.map((row) => toRelay(row, now, deps.manifestLifeSeconds)), next: null },
      };
    },
  };
}
