// The worst that the contract lets anyone send, all at once, does not fill the memory of a real server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerParty, type ServerProcess, startServerProcess } from '../../scripts/server-process.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';
import { mobileNumbers } from '../setup/walk.ts';

const MEBIBYTE = 2 ** 20;
const AT_ONCE = 6;
/** More than a server has room for. */
const MANY = 20;
const PATIENCE_MS = 240_000;
/** What so many requests may hold at once, parsed, beside what a server holds anyway. */
const MOST_BYTES = 700 * MEBIBYTE;

let directory: string;
let database: TestDatabase;
let server: ServerProcess;
let tokens: { agency: string; carrier: string; relay: string };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-memory-'));
  database = await createTestDatabase();
  server = await startServerProcess(directory, {
    DATABASE_URL: database.url,
    CHADAN_PORT: '0',
    CHADAN_BODY_ROOM_WAIT: '3',
  });
  const agency = await registerParty(server, 'agency', 'desk');
  const carrier = await registerParty(server, 'carrier', 'intake');
  const relay = await registerParty(server, 'relay', 'blocking');
  tokens = {
    agency: await agency.accessToken(),
    carrier: await carrier.accessToken(),
    relay: await relay.accessToken(),
  };
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  await rm(directory, { recursive: true });
});

const deep = (bytes: number) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2);
const manyIds = JSON.stringify({
  cases: Array.from({ length: 10_000 }, (_, at) => ({ id: String(at), revision: 1 })),
  decision: { verdict: 'reject', reason: 'not_unlawful' },
});
const manyFields = JSON.stringify(
  Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`field${at}`, at])),
);
/** Objects of one field each, as dense as a body may be, up to its end. */
const dense = (field: string, bytes: number) => {
  const one = '{"nobodyKnows":1},';
  return Buffer.from(`{"${field}":[${one.repeat(bytes / one.length - 2)}{}]}`);
};
/** Texts that take two bytes a character once they are read. */
const evidence = JSON.stringify({
  candidates: mobileNumbers(10_000, 1).map((value) => ({
    type: 'sender_number',
    value,
    category: 'gambling',
    sample: '차단'.repeat(500),
  })),
});

interface Worst {
  what: string;
  as: 'agency' | 'carrier' | 'relay';
  path: string;
  /** How many at once; AT_ONCE if it is not said. */
  count?: number;
  type?: string;
  body?: string | Buffer;
  statuses: number[];
}

const worst: Worst[] = [
  {
    what: 'JSON as deep as a body is long',
    as: 'agency',
    path: '/v1/cases/claims',
    body: deep(MEBIBYTE - 2),
    statuses: [400],
  },
  {
    what: 'a megabyte of fields that nobody knows',
    as: 'agency',
    path: '/v1/cases/claims',
    body: manyFields,
    statuses: [400],
  },
  {
    what: 'ten thousand cases that are not there',
    as: 'agency',
    path: '/v1/decisions',
    body: manyIds,
    statuses: [400, 404, 409],
  },
  {
    what: 'JSON of candidates that never ends',
    as: 'carrier',
    path: '/v1/submissions',
    body: deep(10 * MEBIBYTE),
    statuses: [400, 413],
  },
  {
    what: 'JSON of objects without anything in them',
    as: 'carrier',
    path: '/v1/submissions',
    count: MANY,
    body: Buffer.from(`[${'{},'.repeat(10 * MEBIBYTE)}{}]`),
    statuses: [400, 503],
  },
  {
    what: 'JSON of more candidates than are taken',
    as: 'carrier',
    path: '/v1/submissions',
    count: MANY,
    body: dense('candidates', 32 * MEBIBYTE),
    statuses: [400, 503],
  },
  {
    what: 'JSON of more counts than are taken',
    as: 'relay',
    path: '/v1/lists/sender-numbers/enforcement',
    count: MANY,
    body: dense('counts', 16 * MEBIBYTE),
    statuses: [400, 503],
  },
  {
    what: 'candidates with all the evidence that a body has place for',
    as: 'carrier',
    path: '/v1/submissions',
    body: evidence,
    statuses: [201, 503],
  },
  {
    what: 'a row of CSV without an end',
    as: 'carrier',
    path: '/v1/submissions',
    type: 'text/csv',
    body: `type,value\n"${'x'.repeat(16 * MEBIBYTE)}`,
    statuses: [400],
  },
  {
    what: 'a line of NDJSON without an end',
    as: 'carrier',
    path: '/v1/submissions',
    type: 'application/x-ndjson',
    body: 'x'.repeat(16 * MEBIBYTE),
    statuses: [400],
  },
  {
    what: 'a query as long as a head may be',
    as: 'agency',
    path: `/v1/cases?q=${'x'.repeat(15_000)}`,
    statuses: [400],
  },
  {
    what: 'a query longer than a head may be',
    as: 'agency',
    path: `/v1/cases?q=${'x'.repeat(64_000)}`,
    statuses: [431],
  },
  {
    what: 'a query of many parameters',
    as: 'agency',
    path: `/v1/cases?${'a=1&'.repeat(3500)}`,
    statuses: [400],
  },
];

async function drained(answer: Response): Promise<number> {
  await answer.text();
  return answer.status;
}

test.each(worst)(
  '$what, many times at once, is answered in memory that does not grow without end',
  async ({ as, path, count = AT_ONCE, type, body, statuses }) => {
    const headers = {
      Authorization: `Bearer ${tokens[as]}`,
      ...(body !== undefined && { 'Content-Type': type ?? 'application/json' }),
    };
    const request = { headers, ...(body !== undefined && { method: 'POST', body }) };
    // Who goes on sending what is refused already is cut.
    const send = () => fetch(server.url + path, request).then(drained, () => 'cut');
    const answers = await Promise.all(Array.from({ length: count }, send));
    for (const answer of answers) expect([...statuses, 'cut']).toContain(answer);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1])).toBeLessThan(MOST_BYTES);
  },
  PATIENCE_MS,
);

test('the most memory that the server ever held stays within bounds', async () => {
  const peak = await server.peakMemory();
  if (peak !== undefined) expect(peak).toBeLessThan(MOST_BYTES);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});
