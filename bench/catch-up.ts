// P4: a relay that missed a thousand versions, many of whose changes cancel: it takes one diff of the net change. By the
// relay's own code, beside a fresh relay that takes the snapshot of the same version.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { registerParty, type ServerProcess, startServerProcess } from '../scripts/server-process.ts';
import type { Credentials } from '../src/client/credentials.ts';
import { ExchangeClient } from '../src/client/exchange-client.ts';
import type { Manifest } from '../src/list/manifest.ts';
import { publishVersion } from '../src/publish/publisher.ts';
import { openRelay } from '../src/sync/index.ts';
import { freePorts } from './programs.ts';
import { type Result, round } from './result.ts';
import { LIST, type SeededList, seedList, seriesValue } from './seeded-list.ts';
import { benchZone } from './zone.ts';

interface History {
  entries: number;
  versions: number;
  /** Of each version: a quarter each of new entries that stay, originals that go, entries that come, and go again. */
  changes: number;
}

const FULL: History = { entries: 5_000_000, versions: 1000, changes: 1000 };
const SMALL: History = { entries: 50_000, versions: 40, changes: 200 };
const SNAPSHOT_DEADLINE_MS = 10 * 60_000;
const ROUNDS = 3;

/** Measures a catch-up over the whole history, and checks every byte of the diff against plain sets. */
export async function benchCatchUp(scale: 'small' | 'full'): Promise<Result> {
  const history = scale === 'full' ? FULL : SMALL;
  const list = await seedList(history.entries);
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  try {
    const measured = await measure(list, history, directory);
    const peer = await benchZone(history);
    return report(history, measured, peer, scale);
  } finally {
    await list.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(list: SeededList, history: History, directory: string) {
  const [port = 0] = await freePorts(1);
  const start = () =>
    startServerProcess(join(directory, 'data'), { DATABASE_URL: list.url, CHADAN_PORT: String(port) });
  const credentials = await syncFirst(await start(), directory);
  for (let round = 1; round <= ROUNDS; round++)
    await cp(join(directory, 'behind'), join(directory, `behind ${round}`), { recursive: true });
  const begun = performance.now();
  const net = await publishHistory(list, history);
  const publishedMs = performance.now() - begun;
  await sql`update list set unsnapped_changes = count where id = ${LIST}`.execute(list.database.db); // makes it due
  const server = await start(); // signs the last version with the key that the relays know
  try {
    await awaitSnapshot(new ExchangeClient(credentials));
    // The first to ask for this diff waits until the database has merged it and it is compressed; and it is the first
    // that this process applies.
    const first = await syncOnce(credentials, join(directory, 'behind'), 'diff');
    // From here on both are ready, as snapshots always are. In turns, the best of each: what disturbs only slows.
    let [again, fresh] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 1; round <= ROUNDS; round++) {
      again = Math.min(again, await syncOnce(credentials, join(directory, `behind ${round}`), 'diff'));
      fresh = Math.min(fresh, await syncOnce(credentials, join(directory, `fresh ${round}`), 'snapshot'));
    }
    const diff = await fetchDiff(new ExchangeClient(credentials));
    if (!diff.equals(net)) throw new Error('the diff is not the net change');
    return { publishedMs, diff, net, first, again, fresh };
  } finally {
    await server.stop();
  }
}

/** A relay takes version 1; gives its credentials. */
async function syncFirst(server: ServerProcess, directory: string): Promise<Credentials> {
  try {
    const { credentials } = await registerParty(server, 'relay', 'relay');
    await awaitSnapshot(new ExchangeClient(credentials));
    await syncOnce(credentials, join(directory, 'behind'), 'snapshot');
    return credentials;
  } finally {
    await server.stop();
  }
}

/** Publishes the history in this process; gives the net change as a diff must say it, by plain sets. */
async function publishHistory(list: SeededList, { entries, versions, changes }: History): Promise<Buffer> {
  const quarter = changes / 4;
  const stride = Math.floor(entries / (versions * quarter));
  const removed: string[] = [];
  const added: string[] = [];
  let passing: string[] = [];
  let next = entries;
  const take = () => Array.from({ length: quarter }, () => seriesValue(next++));
  for (let version = 0; version < versions; version++) {
    const gone = Array.from({ length: quarter }, (_, i) => (version * quarter + i) * stride);
    const staying = take();
    const coming = take();
    await order(list, [...staying, ...coming], [...gone.map(seriesValue), ...passing]);
    await publishVersion(list.deps, LIST);
    removed.push(...gone.map(seededLine));
    added.push(...staying.map(line));
    passing = coming;
  }
  added.push(...passing.map(line));
  const text = [...removed.sort().map((one) => `-,${one}`), ...added.sort().map((one) => `+,${one}`)];
  return Buffer.from(`op,value,category,until\n${text.join('\n')}\n`);
}

function line(value: string): string {
  return `${value},gambling,2027-02-21`;
}

/** The line of the i-th entry that the list began with. */
function seededLine(i: number): string {
  const category = ['gambling', 'illegal_loan', 'drugs', 'adult'][i % 4];
  return `${seriesValue(i)},${category},${i % 10 === 0 ? 'permanent' : '2027-02-21'}`;
}

async function order({ database, decisionId }: SeededList, added: string[], released: string[]) {
  await sql`
    insert into listing_order (list_id, value, action, category, until, decision_id, ordered_at)
    select ${LIST}, value, 'list', 'gambling', date '2027-02-21', ${decisionId}::bigint, now()
    from unnest(${added}::text[]) as value
    union all
    select ${LIST}, value, 'release', null::text, null::date, ${decisionId}::bigint, now()
    from unnest(${released}::text[]) as value`.execute(database.db);
}

/** Waits until the manifest names the snapshot of the version in force, which a server makes at its start if it is due. */
export async function awaitSnapshot(relay: ExchangeClient): Promise<void> {
  const deadline = Date.now() + SNAPSHOT_DEADLINE_MS;
  for (;;) {
    const jws = await (await relay.request(`/v1/lists/${LIST}/manifest`)).text();
    const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString();
    const { version, snapshot } = JSON.parse(payload) as Manifest;
    if (snapshot.version === version) return;
    if (Date.now() > deadline) throw new Error(`the snapshot of version ${version} was never made`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The diff from version 1 as it is before any coding. */
async function fetchDiff(relay: ExchangeClient): Promise<Buffer> {
  const { epoch } = await relay.requestJson<{ epoch: string }>(`/v1/lists/${LIST}`);
  const response = await relay.request(`/v1/lists/${LIST}/diff?from=1&epoch=${epoch}`);
  return Buffer.from(await response.arrayBuffer());
}

/** One sync of a relay in a directory, until the new list is verified and in force. */
async function syncOnce(credentials: Credentials, dir: string, how: 'diff' | 'snapshot'): Promise<number> {
  const relay = await openRelay({ dir, credentials, lists: [LIST] });
  try {
    const begun = performance.now();
    const [report] = await relay.sync(LIST);
    const elapsedMs = performance.now() - begun;
    if (report?.outcome !== 'updated' || report.how !== how)
      throw report?.error ?? new Error(`the relay is ${report?.outcome} by ${report?.how}`);
    return elapsedMs;
  } finally {
    await relay.close();
  }
}

type Measured = Awaited<ReturnType<typeof measure>>;

function report(history: History, measured: Measured, zone: object, scale: 'small' | 'full'): Result {
  const { diff, net, first, again, fresh, publishedMs } = measured;
  const figure = diff.length / net.length;
  const netLines = net.toString().split('\n').length - 2;
  return {
    id: 'P4',
    goal: 'one diff ≤ 1.2 × the bytes of the net change; less time than a fresh snapshot while under a third of the list',
    figure: round(figure),
    unit: '× the bytes of the net change',
    met: figure <= 1.2 && again < fresh,
    details: {
      ...history,
      changedLines: history.versions * history.changes - history.changes / 4,
      netLines,
      netShare: round(netLines / history.entries),
      diffBytes: diff.length,
      syncByDiffMs: { first: Math.round(first), again: Math.round(again) },
      syncFreshMs: Math.round(fresh),
      publishedMs: Math.round(publishedMs),
      bind9: zone,
      ...(scale === 'small' && { note: 'the goal is for --scale full' }),
    },
  };
}
