// The compact form as the exchange serves it, and as a relay takes it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCredentials } from '../../src/client/credentials.ts';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { COMPACT_TYPE } from '../../src/list/compact.ts';
import { openRelay } from '../../src/sync/relay.ts';
import { decodeCompact } from '../independent/compact-reader.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { LIST, stateOf } from './published.ts';

let exchange: TestExchange;
let relay: Party;
let epoch: string;
beforeAll(async () => {
  exchange = await startExchange();
  relay = await exchange.party('relay');
  for (const salt of [71, 72]) {
    await submitAndVerify(exchange, mobileNumbers(300, salt));
    await publish(exchange);
  }
  ({ epoch } = await stateOf(exchange));
});
afterAll(() => exchange.stop());

const paths = () => [
  ['snapshot', `${LIST}/versions/2/snapshot?epoch=${epoch}`] as const,
  ['diff', `${LIST}/versions/2/diff?from=1&epoch=${epoch}`] as const,
  ['diff', `${LIST}/diff?from=0&epoch=${epoch}`] as const,
];

async function get(path: string, headers: Record<string, string>): Promise<Response> {
  const token = await relay.token();
  return fetch(`${exchange.url}${path}`, { headers: { Authorization: `Bearer ${token}`, ...headers } });
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test('the compact form says the same as the CSV, in every coding, each with a tag of its own', async () => {
  for (const [kind, path] of paths()) {
    const csv = await get(path, { Accept: 'text/csv' });
    const tags = new Set([csv.headers.get('etag')]);
    const text = await csv.text();
    for (const coding of ['identity', 'gzip', 'br']) {
      const response = await get(path, { Accept: COMPACT_TYPE, 'Accept-Encoding': coding });
      expect(response.headers.get('content-type')).toBe(COMPACT_TYPE);
      expect(response.headers.get('content-encoding') ?? 'identity').toBe(coding);
      expect(response.headers.get('vary')).toBe('Accept, Accept-Encoding');
      const etag = response.headers.get('etag') ?? '';
      tags.add(etag);
      expect(decodeCompact(kind, await bytesOf(response))).toBe(text);
      const again = { Accept: COMPACT_TYPE, 'Accept-Encoding': coding, 'If-None-Match': etag };
      expect((await get(path, again)).status).toBe(304);
    }
    expect(tags.size).toBe(4);
  }
});

test('it is served to those who prefer it, and to nobody else', async () => {
  const [, path] = paths()[0] ?? ['', ''];
  const typeFor = async (Accept: string) => (await get(path, { Accept })).headers.get('content-type');
  expect(await typeFor(`${COMPACT_TYPE}, text/csv;q=0.5`)).toBe(COMPACT_TYPE);
  expect(await typeFor(`${COMPACT_TYPE};q=0.5, text/csv`)).toBe('text/csv; charset=utf-8');
  expect(await typeFor('*/*')).toBe('text/csv; charset=utf-8');
  expect(await typeFor('text/*, application/*;q=0.1')).toBe('text/csv; charset=utf-8');
});

test('it is cut to the range that is asked for, and put together again', async () => {
  const [kind, path] = paths()[0] ?? (['snapshot', ''] as const);
  const headers = { Accept: COMPACT_TYPE, 'Accept-Encoding': 'identity' };
  const first = await get(path, { ...headers, Range: 'bytes=0-999' });
  const etag = first.headers.get('etag') ?? '';
  const rest = await get(path, { ...headers, Range: 'bytes=1000-', 'If-Range': etag });
  expect([first.status, rest.status]).toEqual([206, 206]);
  const whole = Buffer.concat([await bytesOf(first), await bytesOf(rest)]);
  expect(decodeCompact(kind, whole)).toBe(await (await get(path, { Accept: 'text/csv' })).text());
});

test('a relay takes it without being told to, by snapshot and by diff', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'chadan-compact-'));
  const types: string[] = [];
  const client = new ExchangeClient(await readCredentials(relay.credentialsFile), {
    now: () => exchange.now().getTime(),
    fetch: async (...request) => {
      const response = await fetch(...request);
      if (/snapshot|diff/.test(String(request[0]))) types.push(response.headers.get('content-type') ?? '');
      return response;
    },
  });
  const held = await openRelay({ dir, lists: ['sender-numbers'], client });
  try {
    const [first] = await held.sync();
    expect(first).toMatchObject({ outcome: 'updated', version: 2, count: 600 });
    await submitAndVerify(exchange, mobileNumbers(5, 73));
    await publish(exchange);
    const [second] = await held.sync();
    expect(second).toMatchObject({ outcome: 'updated', how: 'diff', version: 3, count: 605 });
    expect(types).toEqual([COMPACT_TYPE, COMPACT_TYPE]);
  } finally {
    await held.close();
    await rm(dir, { recursive: true });
  }
});
