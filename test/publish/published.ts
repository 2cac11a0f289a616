// What is published of a list, read as an outsider reads it, and whether it is one unbroken history.
import { expect } from 'vitest';
import { digestOf, extendChain, startChain } from '../../src/list/digest.ts';
import type { Party, TestExchange } from '../setup/exchange.ts';

export interface PublishedVersion {
  version: number;
  publishedAt: string;
  added: number;
  removed: number;
  count: number;
  digest: string;
  chain: string;
  note: string | null;
}

export interface ListState extends PublishedVersion {
  epoch: string;
  pending: { added: number; removed: number; held: boolean };
}

export const LIST = '/v1/lists/sender-numbers';

export async function stateOf(exchange: TestExchange): Promise<ListState> {
  const relay = await exchange.party('relay');
  return (await relay.get(LIST).expect(200)).body;
}

export async function versionsOf(exchange: TestExchange): Promise<PublishedVersion[]> {
  const relay = await exchange.party('relay');
  const versions: PublishedVersion[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await relay.get(`${LIST}/versions?limit=1000${cursor}`).expect(200);
    versions.push(...body.items);
    if (body.next === null) return versions.toReversed();
    cursor = `&cursor=${body.next}`;
  }
}

export async function linesOf(relay: Party, version: number, epoch: string): Promise<string[]> {
  const { text } = await relay.get(`${LIST}/versions/${version}/snapshot?epoch=${epoch}`).expect(200);
  const [header, ...lines] = text.split('\n');
  expect(header).toBe('value,category,until');
  expect(lines.pop()).toBe('');
  expect(lines).toEqual(lines.toSorted());
  return lines;
}

/** Every version has the digest of its snapshot, the chain has no fork, and each diff leads to the next. */
export async function expectOneHistory(exchange: TestExchange): Promise<PublishedVersion[]> {
  const relay = await exchange.party('relay');
  const { epoch, version: newest, digest, chain: head, count } = await stateOf(exchange);
  const versions = await versionsOf(exchange);
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, i) => i));
  expect(versions.at(-1)).toMatchObject({ version: newest, digest, chain: head, count });
  let chain = startChain(epoch);
  let lines = new Set<string>();
  for (const { version, ...row } of versions.slice(1)) {
    const { text } = await relay
      .get(`${LIST}/versions/${version}/diff?from=${version - 1}&epoch=${epoch}`)
      .expect(200);
    const changes = text.trimEnd().split('\n').slice(1);
    lines = applied(lines, changes);
    chain = extendChain(chain, row.digest);
    expect(changes.filter((line) => line.startsWith('+')).length).toBe(row.added);
    expect(changes.filter((line) => line.startsWith('-')).length).toBe(row.removed);
    expect([lines.size, digestOf(lines), chain], `version ${version}`).toEqual([
      row.count,
      row.digest,
      row.chain,
    ]);
    expect(changes.length).toBeGreaterThan(0);
  }
  expect(await linesOf(relay, newest, epoch)).toEqual([...lines].toSorted());
  return versions;
}

function applied(before: ReadonlySet<string>, changes: readonly string[]): Set<string> {
  const lines = new Set(before);
  for (const change of changes) {
    const line = change.slice(2);
    if (change.startsWith('-')) expect(lines.delete(line), change).toBe(true);
    else {
      expect(lines.has(line), change).toBe(false);
      lines.add(line);
    }
  }
  return lines;
}
