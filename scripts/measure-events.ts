// `npm run measure:events -- --readers 2000`: what readers of the events cost one server: memory for each, time until
// all of them have a new version, and the queries that a crowd which comes back at once makes.
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { ExchangeClient } from '../src/client/exchange-client.ts';
import { openChaosPlace } from './chaos-place.ts';
import { postJson, type Schemas } from './demo-api.ts';
import { registerParty, type ServerProcess, startServerProcess } from './server-process.ts';

const LIST = '/v1/lists/sender-numbers';
const VERSIONS = 5;

interface Reader {
  socket: Socket;
  /** When each event arrived, ms. */
  heard: number[];
}

async function run(count: number): Promise<void> {
  const place = await openChaosPlace();
  const settings = {
    ...place.settings,
    CHADAN_PORT: String(place.port),
    CHADAN_EVENT_READERS_PER_ORGANIZATION: String(count),
    CHADAN_CONNECTIONS_PER_ADDRESS: String(count + 100),
  };
  let server: ServerProcess | undefined;
  try {
    server = await startServerProcess(place.data, settings);
    const agency = await registerParty(server, 'agency', 'agency');
    const carrier = await registerParty(server, 'carrier', 'carrier');
    const relay = await registerParty(server, 'relay', 'relay');
    const token = await relay.accessToken();
    const before = await server.memory();
    let crowd = await followAll(server, token, count);
    const after = await server.memory();
    const spread: number[] = [];
    for (let version = 1; version <= VERSIONS; version++) {
      await order(carrier, agency, version);
      const published = await postJson<Schemas['Version']>(agency, `${LIST}/versions`, {});
      if (published.version !== version) throw new Error(`published ${published.version}, not ${version}`);
      const answeredAt = performance.now();
      await until(() => crowd.every(({ heard }) => heard.length > version));
      spread.push(Math.max(...crowd.map(({ heard }) => heard[version] ?? Number.NaN)) - answeredAt);
    }
    for (const { socket } of crowd) socket.destroy();
    const queries = await countTransactions(place.databaseUrl());
    const comesBackAt = performance.now();
    crowd = await followAll(server, token, count);
    const backMs = performance.now() - comesBackAt;
    const asked = (await countTransactions(place.databaseUrl())) - queries;
    for (const { socket } of crowd) socket.destroy();
    const memory = before === undefined || after === undefined ? undefined : (after - before) / count / 1024;
    const figures = {
      readers: count,
      kibibytesAReader: memory === undefined ? 'unknown here' : Math.round(memory * 10) / 10,
      fanOutMs: spread.map(Math.round),
      allBackMs: Math.round(backMs),
      databaseTransactionsMeanwhile: asked,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await server?.stop();
    await place.close();
  }
}

/** Connects them all and waits until each has heard of the version in force. */
async function followAll(server: ServerProcess, token: string, count: number): Promise<Reader[]> {
  const { hostname, port } = new URL(server.url);
  const request = `GET ${LIST}/events HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const readers = Array.from({ length: count }, () => {
    const reader: Reader = { socket: connect(Number(port), hostname), heard: [] };
    reader.socket.write(request);
    reader.socket.setEncoding('latin1').on('data', (text: string) => {
      for (const _ of text.matchAll(/^event: version$/gm)) reader.heard.push(performance.now());
    });
    return reader;
  });
  await until(() => readers.every(({ heard }) => heard.length > 0));
  return readers;
}

async function order(carrier: ExchangeClient, agency: ExchangeClient, number: number): Promise<void> {
  const value = `+8210${40_000_000 + 7919 * number}`;
  const candidates = [{ type: 'sender_number', value, category: 'gambling', reports: 1 }];
  await postJson(carrier, '/v1/submissions', { candidates });
  const { items } = await agency.requestJson<Schemas['CasePage']>('/v1/cases?status=open');
  const cases = items.map(({ id, revision }) => ({ id, revision }));
  await postJson(agency, '/v1/decisions', { cases, verdict: 'verify' });
}

async function countTransactions(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await pause(1500); // the statistics of sessions arrive a second late
    const { rows } = await client.query<{ count: number }>(
      'select xact_commit::float8 as count from pg_stat_database where datname = current_database()',
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('not within a minute');
    await pause(5);
  }
}

const { values } = parseArgs({ options: { readers: { type: 'string', default: '2000' } } });
await run(Number(values.readers));
