// Server-sent events of new versions: who hears what, who is cut, and what a crowd costs.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { VersionEvents } from '../../src/publish/version-events.ts';
import { layLine } from '../server/database-line.ts';
import { startSecond } from '../server/second-server.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { followRaw, type RawReader } from './event-reader.ts';
import { LIST, stateOf } from './published.ts';

let exchange: TestExchange;
const open: RawReader[] = [];
beforeAll(async () => {
  exchange = await startExchange();
});
afterEach(() => {
  for (const reader of open.splice(0)) reader.close();
});
afterAll(() => exchange.stop());

function follow(...words: Parameters<typeof followRaw>): RawReader {
  const reader = followRaw(...words);
  open.push(reader);
  return reader;
}

let seed = 7000;
async function nextVersion(): Promise<string> {
  await submitAndVerify(exchange, mobileNumbers(1, seed++));
  await publish(exchange);
  const { epoch, version } = await stateOf(exchange);
  const id = `${epoch}:${version}`;
  // The notification comes a moment after the commit.
  const probe = follow(exchange.url, await (await exchange.party('relay')).token());
  await vi.waitFor(() => expect(probe.ids().at(-1)).toBe(id), { timeout: 15_000, interval: 10 });
  probe.close();
  return id;
}

test('a reader hears the version in force at once, then each new one', async () => {
  const token = await (await exchange.party('relay')).token();
  const first = await nextVersion();
  const reader = follow(exchange.url, token);
  expect(await reader.events(1)).toEqual([first]);
  const second = await nextVersion();
  expect(await reader.events(2)).toEqual([first, second]);
  expect(reader.text()).toMatch(/^retry: \d{4}$/m);
  const { epoch, version, digest } = await stateOf(exchange);
  const event = JSON.stringify({ list: 'sender-numbers', epoch, version, digest });
  expect(reader.text()).toContain(`id: ${second}\nevent: version\ndata: ${event}\n\n`);
});

test('a reader that comes back is told where it is behind, once, and nothing where it is current', async () => {
  const token = await (await exchange.party('relay')).token();
  const first = await nextVersion();
  await nextVersion();
  const third = await nextVersion();
  const behind = follow(exchange.url, token, { lastEventId: first });
  expect(await behind.events(1)).toEqual([third]);
  const current = follow(exchange.url, token, { lastEventId: third });
  const strange = follow(exchange.url, token, { lastEventId: 'what-is-this' });
  expect(await strange.events(1)).toEqual([third]);
  const fourth = await nextVersion();
  expect(await current.events(1)).toEqual([fourth]); // and not the third before it
  expect(await behind.events(2)).toEqual([third, fourth]);
});

test('a crowd that comes back at once does not ask the database', async () => {
  const relay = await exchange.party('relay');
  const id = await nextVersion();
  const token = await relay.token();
  await relay.get(LIST).expect(200); // the token is known before the tables are shut
  await exchange.db.transaction().execute(async (trx) => {
    await sql`lock table list, version, snapshot, entry in access exclusive mode`.execute(trx);
    const crowd = Array.from({ length: 200 }, () => follow(exchange.url, token));
    for (const reader of crowd) expect(await reader.events(1)).toEqual([id]);
  });
});

test('what was published while the server did not hear of it is told once it hears again', async () => {
  const line = await layLine(exchange.databaseUrl);
  const far = await startSecond(exchange, { DATABASE_URL: line.url });
  try {
    const first = await nextVersion();
    const reader = follow(far.url, await (await exchange.party('relay')).token());
    expect(await reader.events(1)).toEqual([first]);
    await line.cut();
    const missed = await nextVersion();
    await line.mend();
    expect(await reader.events(2)).toEqual([first, missed]);
  } finally {
    await far.stop();
    await line.close();
  }
});

test('a reader that does not read is cut, and the others hear on', async () => {
  const [server, events, tell] = await ownEvents(200);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  try {
    const deaf = follow(url, 'x');
    const good = follow(url, 'x');
    await deaf.events(1);
    await good.events(1);
    deaf.socket.pause();
    let isCut = false;
    const cut = once(deaf.socket, 'close').then(() => {
      isCut = true;
    });
    let version = 1000;
    // As much as the buffers of both kernels hold goes through; then nothing more is kept for it.
    await vi.waitFor(
      () => {
        tell(++version, 'a'.repeat(1_000_000));
        expect(events.connections).toBe(1);
      },
      { timeout: 30_000, interval: 5 },
    );
    expect(isCut).toBe(false); // it does not even notice before it reads
    deaf.socket.resume();
    await cut;
    tell(9999, 'b');
    await vi.waitFor(() => expect(good.ids().at(-1)).toMatch(/:9999$/), { timeout: 10_000 });
  } finally {
    events.close();
    server.close();
  }
});

test('a reader slower than the versions hears of the newest, not of each', async () => {
  const [server, events, tell] = await ownEvents(60_000);
  const { port } = server.address() as AddressInfo;
  try {
    const slow = follow(`http://127.0.0.1:${port}`, 'x');
    await slow.events(1);
    slow.socket.pause();
    for (let version = 1001; version <= 1200; version++) tell(version, 'a'.repeat(1_000_000));
    slow.socket.resume();
    await vi.waitFor(() => expect(slow.ids().at(-1)).toMatch(/:1200$/), { timeout: 20_000 });
    expect(slow.ids().length).toBeLessThan(100);
  } finally {
    events.close();
    server.close();
  }
});

/** Events of a server of their own, with versions that the test makes up, as large as it wants. */
async function ownEvents(
  heartbeatMs: number,
): Promise<[Server, VersionEvents, (version: number, digest: string) => void]> {
  let hear: (payload: string) => void = () => undefined;
  const events = new VersionEvents({
    db: exchange.db,
    now: exchange.now,
    limits: { organization: 10, all: 10 },
    selectRevoked: async () => new Set<string>(),
    onError: (error) => {
      throw error;
    },
    heartbeatMs,
  });
  await events.start({
    listen: async (_channel, handler) => {
      hear = (payload) => void handler(payload);
      return { close: async () => undefined };
    },
  });
  const reader = { clientId: 'c', organizationId: 'o', expiresAt: new Date('2999-01-01') };
  const app = express().get('/v1/lists/sender-numbers/events', (request, response) =>
    events.connect('sender-numbers', reader, request, response),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { epoch } = await stateOf(exchange);
  const tell = (version: number, digest: string) =>
    hear(JSON.stringify({ list: 'sender-numbers', epoch, version, digest }));
  return [server, events, tell];
}

test('an organisation has its share of connections, a server its fill', async () => {
  const small = await startSecond(exchange, {
    CHADAN_EVENT_READERS: '5',
    CHADAN_EVENT_READERS_PER_ORGANIZATION: '3',
  });
  try {
    const greedy = await exchange.party('relay', 'greedy');
    const other = await exchange.party('relay', 'other');
    const token = await greedy.token();
    const held = Array.from({ length: 3 }, () => follow(small.url, token));
    for (const reader of held) await reader.events(1);
    const refused = await small.get(greedy, `${LIST}/events`);
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_connections']);
    expect(refused.get('Retry-After')).toMatch(/^\d+$/);
    for (const reader of Array.from({ length: 2 }, async () => follow(small.url, await other.token())))
      await (await reader).events(1);
    const full = await small.get(other, `${LIST}/events`);
    expect([full.status, full.body.code]).toEqual([503, 'overloaded']);
    expect(full.get('Retry-After')).toMatch(/^\d+$/);
    held[0]?.close();
    await vi.waitFor(async () => {
      const again = follow(small.url, await greedy.token());
      await vi.waitFor(() => expect(again.text()).toContain('HTTP/1.1'));
      expect(again.text()).toContain('HTTP/1.1 200');
    });
  } finally {
    await small.stop();
  }
});

test('a revoked client hears nothing more within five seconds, on every server', async () => {
  const second = await startSecond(exchange);
  try {
    const stolen = await exchange.party('relay', 'stolen');
    const honest = await exchange.party('relay');
    const theirs = follow(second.url, await stolen.token());
    const ours = follow(second.url, await honest.token());
    await theirs.events(1);
    const heard = (await ours.events(1)).length;
    await exchange.admin.delete(`/v1/clients/${stolen.clientId}`).expect(204);
    const begun = performance.now();
    await theirs.ended;
    expect(performance.now() - begun).toBeLessThan(5000 + 10_000); // and what a busy machine takes
    await nextVersion();
    await ours.events(heard + 1);
  } finally {
    await second.stop();
  }
});

test('who listens is let go when the token has expired, told when to come again', async () => {
  const late = await startExchange();
  try {
    const relay = await late.party('relay');
    const reader = follow(late.url, await relay.token());
    await reader.events(1);
    late.setTime(new Date(Date.now() + 599_000)); // tokens live for 600 s
    const other = follow(late.url, await relay.token());
    await other.events(1);
    late.setTime(new Date(Date.now() + 601_000));
    await reader.ended;
    expect(reader.text()).toMatch(/retry: \d{4}\n\n\r\n0\r\n\r\n$/);
    expect(other.socket.destroyed).toBe(false);
  } finally {
    for (const reader of open.splice(0)) reader.close();
    await late.stop();
  }
});

test('a server that stops tells its readers when to come again, each at another moment', async () => {
  const second = await startSecond(exchange);
  const token = await (await exchange.party('relay')).token();
  const readers = Array.from({ length: 20 }, () => follow(second.url, token));
  for (const reader of readers) await reader.events(1);
  await second.stop();
  const moments = new Set<string>();
  for (const reader of readers) {
    await reader.ended;
    moments.add(/retry: (\d+)\n\n\r\n0\r\n\r\n$/.exec(reader.text())?.[1] ?? 'none');
  }
  expect(moments.size).toBeGreaterThan(10);
  expect(moments).not.toContain('none');
});
