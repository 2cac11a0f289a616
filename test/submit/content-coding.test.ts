import { randomBytes } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers } from '../setup/walk.ts';

let exchange: TestExchange;
let carrier: Party;
beforeAll(async () => {
  exchange = await startExchange();
  carrier = await exchange.party('carrier');
});
afterAll(() => exchange.stop());

const csv = (numbers: readonly string[]) =>
  `type,value,category,reports\n${numbers.map((number) => `sender_number,${number},job,5\n`).join('')}`;

function send(body: Buffer, coding: string, type = 'text/csv', path = '/v1/submissions') {
  return carrier
    .post(path)
    .set('Content-Type', type)
    .set('Content-Encoding', coding)
    .serialize((given) => given)
    .send(body);
}

async function countRows(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from candidate) + (select count(*) from submission) as count`.execute(
    exchange.db,
  );
  return rows[0]?.count ?? -1;
}

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
])('a body in %s is stored as if it had come unpacked, in every format', async (coding, pack) => {
  const numbers = mobileNumbers(20_000, coding === 'br' ? 301 : 302);
  const body = csv(numbers);
  const { body: receipt } = await send(pack(Buffer.from(body)), coding)
    .set('Idempotency-Key', `coded-${coding}`)
    .expect(201);
  expect(receipt).toMatchObject({ received: 20_000, accepted: 20_000 });
  const row = { type: 'sender_number', value: numbers[0], category: 'job', reports: 1 };
  const json = pack(Buffer.from(JSON.stringify({ candidates: [row] })));
  await send(json, coding, 'application/json').expect(201);
  await send(pack(Buffer.from(JSON.stringify(row))), coding, 'application/x-ndjson').expect(201);
  // The key stands for what was in it, packed or not.
  const plain = carrier.post('/v1/submissions', body).set('Content-Type', 'text/csv');
  const again = await plain.set('Idempotency-Key', `coded-${coding}`).expect(200);
  expect(again.body).toEqual(receipt);
});

const PLAIN = Buffer.from(csv(mobileNumbers(9000, 303)));
const GZIP = gzipSync(PLAIN);
const BROTLI = brotliCompressSync(PLAIN);
const REFUSED: [string, Buffer, string, number, string][] = [
  ['gzip that ends early', GZIP.subarray(0, -9), 'gzip', 400, 'incomplete_body'],
  ['brotli that ends early', BROTLI.subarray(0, -20), 'br', 400, 'incomplete_body'],
  ['nothing at all in gzip', gzipSync(''), 'gzip', 400, 'invalid_csv'],
  ['what is no gzip', PLAIN, 'gzip', 400, 'invalid_encoding'],
  ['what is no brotli', randomBytes(5000).fill(255, 0, 20), 'br', 400, 'invalid_encoding'],
  ['gzip with a wrong checksum', flipped(GZIP, GZIP.length - 6), 'gzip', 400, 'invalid_encoding'],
  [
    'gzip with something after its end',
    Buffer.concat([GZIP, Buffer.from('rest')]),
    'gzip',
    400,
    'invalid_encoding',
  ],
  ['a gzip that bursts', gzipSync(Buffer.alloc(30_000_000, '\n')), 'gzip', 413, 'payload_too_large'],
  [
    'a brotli that bursts',
    brotliCompressSync(Buffer.alloc(30_000_000, '\n')),
    'br',
    413,
    'payload_too_large',
  ],
  ['a coding that is not taken', PLAIN, 'deflate', 415, 'unsupported_encoding'],
  ['two codings at once', gzipSync(GZIP), 'gzip, gzip', 415, 'unsupported_encoding'],
];

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}

test.each(REFUSED)('%s is refused, and nothing is stored', async (_, body, coding, status, code) => {
  const before = await countRows();
  const answer = await send(body, coding);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(await countRows()).toBe(before);
});

test('gzip in several members is one body', async () => {
  const [one = '', two = ''] = mobileNumbers(2, 304);
  const members = [gzipSync(csv([one])), gzipSync(`sender_number,${two},job,5\n`)];
  const { body } = await send(Buffer.concat(members), 'gzip').expect(201);
  expect(body).toMatchObject({ received: 2, accepted: 2 });
});

test('no other operation takes a coding', async () => {
  const body = gzipSync(JSON.stringify({ cases: [] }));
  const agency = await exchange.party('agency');
  const answer = await agency
    .post('/v1/decisions')
    .set('Content-Type', 'application/json')
    .set('Content-Encoding', 'gzip')
    .serialize((given) => given)
    .send(body);
  expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_encoding']);
  expect(answer.headers['accept-encoding']).toBe('identity');
});
