// Step "publish": both lists, past the mass-change brake only when a lead confirms it; and an urgent release.
import { ExchangeError } from '../src/client/exchange-client.ts';
import type { ListId } from '../src/list/entry.ts';
import { postJson, type Schemas } from './demo-api.ts';
import type { Party } from './demo-exchange.ts';
import { count, type Screen } from './demo-screen.ts';

export type Version = Schemas['Version'];

export const LISTS: readonly ListId[] = ['sender-numbers', 'originator-codes'];

/** Publishes both lists; a version that the brake holds is shown, then confirmed. */
export async function publishLists(screen: Screen, lead: Party): Promise<Map<ListId, Version>> {
  const versions = new Map<ListId, Version>();
  for (const list of LISTS) {
    const published = await publish(lead, list, { note: 'demo' });
    if (published !== 'held') {
      versions.set(list, published);
      continue;
    }
    const { pending } = await lead.client.requestJson<Schemas['List']>(`/v1/lists/${list}`);
    screen.line(
      `${list}: held by the mass-change brake 대량변경 제동 (+${count(pending.added)} −${count(pending.removed)}); the lead looks, and confirms.`,
    );
    const confirmed = await publish(lead, list, { note: 'demo', confirmMassChange: true });
    if (confirmed === 'held') throw new Error(`${list} is held though it was confirmed`);
    versions.set(list, confirmed);
  }
  showVersions(screen, versions);
  return versions;
}

async function publish(
  lead: Party,
  list: ListId,
  body: { note?: string; confirmMassChange?: boolean },
): Promise<Version | 'held'> {
  try {
    return await postJson<Version>(lead.client, `/v1/lists/${list}/versions`, body);
  } catch (error) {
    if (error instanceof ExchangeError && error.code === 'mass_change_held') return 'held';
    throw error;
  }
}

function showVersions(screen: Screen, versions: ReadonlyMap<ListId, Version>): void {
  screen.table(
    ['list 목록', 'version', 'added', 'removed', 'entries', 'digest'],
    [...versions].map(([list, { version, added, removed, count: entries, digest }]) => [
      list,
      version,
      added,
      removed,
      entries,
      digest.slice(0, 12),
    ]),
  );
}

/** Takes a value off its list as urgent; the version in which it is gone. */
export async function releaseUrgently(
  screen: Screen,
  lead: Party,
  { list, value, display }: Schemas['Case'],
  before: Version,
): Promise<Version> {
  const path = `/v1/lists/${list}/entries/${encodeURIComponent(value)}/release`;
  const release = { reason: 'agency_correction', urgent: true, note: 'the owner called' };
  await postJson(lead.client, path, release);
  screen.line(`${display} is released 해제 as urgent: a version of its own, past every brake and interval.`);
  // The exchange publishes it by itself, perhaps already: asked now, it is in force when the answer is here.
  const version = await publish(lead, list, {});
  if (version === 'held') throw new Error('an urgent release was held');
  if (version.version !== before.version + 1 || version.count !== before.count - 1)
    throw new Error(`version ${version.version} has ${version.count} entries`);
  showVersions(screen, new Map([[list, version]]));
  return version;
}
