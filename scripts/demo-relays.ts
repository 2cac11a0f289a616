// Steps of the relay operators: sync with the real library, check senders, and what the agency sees of it.
import { join } from 'node:path';
import type { ListId } from '../src/list/entry.ts';
import { openRelay, type Relay, type SyncReport } from '../src/sync/index.ts';
import type { Schemas } from './demo-api.ts';
import type { Party } from './demo-exchange.ts';
import { LISTS, type Version } from './demo-publish.ts';
import type { Cell, Screen } from './demo-screen.ts';

export interface Follower {
  party: Party;
  relay: Relay;
}

/** Opens an empty directory for each party. */
export function openFollowers(parties: readonly Party[], directory: string): Promise<Follower[]> {
  return Promise.all(
    parties.map(async (party, at) => {
      const relay = await openRelay({
        dir: join(directory, `lists-${at + 1}`),
        credentials: party.client.credentials,
        client: party.client,
      });
      return { party, relay };
    }),
  );
}

/** Syncs all lists, shows them beside what the exchange has, and gives back the reports. Throws unless equal. */
export async function syncFollowers(
  screen: Screen,
  followers: readonly Follower[],
  versions: ReadonlyMap<ListId, Version>,
): Promise<SyncReport[]> {
  const rows: Cell[][] = [];
  const reports: SyncReport[] = [];
  const wrong: string[] = [];
  const synced = await Promise.all(followers.map(({ relay }) => relay.sync()));
  for (const list of LISTS) {
    const version = versions.get(list);
    if (version === undefined) continue;
    rows.push([list, 'exchange', version.version, version.count, version.digest.slice(0, 12), '', '']);
    for (const [at, { party }] of followers.entries()) {
      const report = synced[at]?.find((one) => one.list === list);
      if (!report || report.outcome === 'failed')
        throw report?.error ?? new Error(`${party.organization} did not sync ${list}`);
      const isEqual = report.version === version.version && report.digest === version.digest;
      if (!isEqual) wrong.push(`${party.organization} ${list}`);
      reports.push(report);
      rows.push([
        '',
        party.organization,
        report.version ?? '',
        report.count ?? '',
        report.digest?.slice(0, 12) ?? '',
        describeWay(report),
        isEqual ? 'equal' : 'NOT EQUAL',
      ]);
    }
  }
  screen.table(['list', 'held by', 'version', 'entries', 'digest', 'by', ''], rows);
  if (wrong.length > 0) throw new Error(`not what the exchange has: ${wrong.join(', ')}`);
  screen.good('All hold exactly what was verified: their digests equal the signed one.');
  return reports;
}

function describeWay({ how, from, added, removed }: SyncReport): string {
  const change = `+${added} −${removed}`;
  if (how === 'diff') return `diff from ${from} (${change})`;
  return how === 'snapshot' ? `snapshot (${change})` : 'nothing new';
}

/** One look-up and what it must answer. */
export interface Question {
  text: string;
  list: ListId;
  isBlocked: boolean;
  why: string;
}

/** Looks values up at the first relay. Throws where an answer is not as it must be. */
export function checkValues(
  screen: Screen,
  { relay, party }: Follower,
  questions: readonly Question[],
): void {
  const rows: Cell[][] = [];
  const wrong: string[] = [];
  for (const { text, list, isBlocked, why } of questions) {
    const { blocked, category, until, refusal } = relay.check(text, { list });
    if (blocked !== isBlocked) wrong.push(text);
    const answer = blocked ? 'blocked 차단' : refusal ? `no number (${refusal.code})` : 'clear 통과';
    rows.push([text, answer, category ?? '', until ?? '', why]);
  }
  screen.table(['asked at the gateway', 'answer', 'category', 'until', ''], rows);
  if (wrong.length > 0) throw new Error(`${party.organization} answers wrongly for ${wrong.join(', ')}`);
}

/** Shows what the agency knows of each relay from its signed receipts. Throws unless all are right and current. */
export async function showReceipts(screen: Screen, desk: Party): Promise<void> {
  const { items } = await desk.client.requestJson<Schemas['RelayPage']>('/v1/relays');
  screen.table(
    ['relay 중계사', 'list', 'version', 'behind', 'digest', 'receipt 수신확인'],
    items.map(({ organization, list, version, lagVersions, digestMatches, receiptAt }) => [
      organization,
      list,
      version ?? '–',
      lagVersions === null ? '–' : `${lagVersions} versions`,
      digestMatches === null ? 'unknown' : digestMatches ? 'right' : 'WRONG',
      receiptAt ?? 'none',
    ]),
  );
  const isRight = items.every(
    ({ lagVersions, digestMatches }) => lagVersions === 0 && digestMatches === true,
  );
  if (!isRight) throw new Error('not every relay has acknowledged the version in force');
}
