// A list of any size in a database of its own, written straight into the tables, as if published as version 1.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { connect, type Database } from '../src/database/connection.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import type { DB } from '../src/database/generated/schema.ts';
import { migrate } from '../src/database/migrate.ts';
import { extendChain, startChain } from '../src/list/digest.ts';
import { generateKey } from '../src/list/key-set.ts';
import { ListTree } from '../src/list/tree.ts';
import { foundLists } from '../src/publish/founding.ts';
import { HighWater } from '../src/publish/high-water.ts';
import { ListMemory, snapshotBytes } from '../src/publish/list-memory.ts';
import { ManifestSigner } from '../src/publish/manifest-signer.ts';
import type { PublisherDeps } from '../src/publish/publisher.ts';

export const LIST = 'sender-numbers';
const STRIDE = 7919; // prime to 10⁸: consecutive i give distinct numbers, spread over the range

export interface SeededList {
  /** How many entries it began with. */
  entries: number;
  /** Of its database, for a server of its own. */
  url: string;
  database: Database;
  deps: PublisherDeps;
  /** The decision on which every entry rests. */
  decisionId: number;
  stop(): Promise<void>;
}

/** The i-th number of the series, none of which is twice. */
export function seriesValue(i: number): string {
  return `+8210${String((20_000_000 + STRIDE * i) % 100_000_000).padStart(8, '0')}`;
}

/**
 * Orders additions of new numbers and as many releases, spread over the whole list, for one version.
 * @param round from 0; each has numbers of its own, for at most 20 rounds of 1,000 changes
 */
export async function orderChanges(list: SeededList, round: number, changes = 1000): Promise<void> {
  const half = changes / 2;
  const stride = Math.floor(list.entries / 10_000);
  const added = Array.from({ length: half }, (_, i) => seriesValue(list.entries + round * half + i));
  const released = Array.from({ length: half }, (_, i) => seriesValue((round * half + i) * stride));
  await sql`
    insert into listing_order (list_id, value, action, category, until, decision_id, ordered_at)
    select ${LIST}, value, 'list', 'gambling', date '2027-02-21', ${list.decisionId}::bigint, now()
    from unnest(${added}::text[]) as value
    union all
    select ${LIST}, value, 'release', null::text, null::date, ${list.decisionId}::bigint, now()
    from unnest(${released}::text[]) as value`.execute(list.database.db);
}

/** Starts an embedded PostgreSQL with a list of `count` entries; everything is removed by `stop`. */
export async function seedList(count: number): Promise<SeededList> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  await chmod(directory, 0o711); // as root, PostgreSQL runs as another user, who must come through
  const server = await startEmbedded({ dataDir: join(directory, 'postgres') });
  const database = connect({ url: server.url, statementTimeoutMs: 0 });
  const stop = async () => {
    await database.close();
    await server.stop();
    for (const path of [server.directory, directory]) await rm(path, { recursive: true, force: true });
  };
  try {
    await migrate(database.db);
    await foundLists(database.db, new Date());
    const decisionId = await seedDecision(database.db);
    await seedEntries(database.db, count, decisionId);
    await sql`checkpoint`.execute(database.db);
    return { entries: count, url: server.url, database, deps: publisherDeps(database.db), decisionId, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function publisherDeps(db: Kysely<DB>): PublisherDeps {
  const key = generateKey();
  const now = () => new Date();
  return {
    db,
    now,
    timeZone: 'Asia/Seoul',
    retentionDays: 14,
    brake: { share: 1, minimum: 10_000_000 },
    memory: new ListMemory(db),
    signer: new ManifestSigner({
      issuer: 'http://127.0.0.1',
      signingKey: async () => key,
      highWater: new HighWater(undefined, () => undefined),
      now,
      lifeSeconds: 86_400,
      pollSeconds: 5,
    }),
  };
}

async function seedDecision(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with party as (insert into organization (name, kind) values ('agency', 'agency') returning id),
    subject as (
      insert into review_case (list_id, value, category, status, opened_at, updated_at)
      values (${LIST}, '+82112', 'other', 'verified', now(), now()) returning id
    )
    insert into decision (case_id, case_revision, verdict, effect, category, organization_id, decided_by, decided_at)
    select subject.id, 1, 'verify', 'verified', 'gambling', party.id, 'bench', now() from party, subject
    returning id`.execute(db);
  return rows[0]?.id ?? 0;
}

async function seedEntries(db: Kysely<DB>, count: number, decisionId: number): Promise<void> {
  await sql`
    insert into entry (list_id, value, category, until, decision_id, added_in)
    select ${LIST}, '+8210' || lpad(((20000000 + ${STRIDE}::bigint * i) % 100000000)::text, 8, '0'),
           (array['gambling', 'illegal_loan', 'drugs', 'adult'])[1 + i % 4],
           case when i % 10 = 0 then null else date '2027-02-21' end, ${decisionId}, 1
    from generate_series(0, ${count - 1}) as i`.execute(db);
  await sql`vacuum analyze entry`.execute(db);
  const tree = await ListTree.fromSnapshotStream(snapshotBytes(db, { list: LIST, serialBase: 0 }, 1));
  const { epoch } = await db
    .selectFrom('list')
    .select('epoch')
    .where('id', '=', LIST)
    .executeTakeFirstOrThrow();
  const digest = Buffer.from(tree.digest(), 'hex');
  const chain = Buffer.from(extendChain(startChain(epoch), tree.digest()), 'hex');
  await sql`insert into version (list_id, epoch, version, serial, published_at, added, removed, count, digest, chain)
            values (${LIST}, ${epoch}, 1, 1, now(), ${count}, 0, ${count}, ${digest}, ${chain})`.execute(db);
  await sql`update list set version = 1, count = ${count}, digest = ${digest}, chain = ${chain},
                            held_changes = ${count}, unsnapped_changes = ${count}
            where id = ${LIST}`.execute(db);
}
