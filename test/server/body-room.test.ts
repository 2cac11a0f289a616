// Bodies that are held as a whole share what room a server has for them.
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers } from '../setup/walk.ts';

let exchange: TestExchange;
let agency: Party;
beforeAll(async () => {
  exchange = await startExchange({ CHADAN_BODY_ROOM: '1', CHADAN_BODY_ROOM_WAIT: '0.3' });
  agency = await exchange.party('agency');
});
afterAll(() => exchange.stop());

/** A submission of so many rows with half a kilobyte of evidence each. */
function submissionOf(rows: number, seed: number): string {
  const note = '문자 '.repeat(80);
  const candidates = mobileNumbers(rows, seed).map((value) => ({
    type: 'sender_number',
    value,
    category: 'gambling',
    note,
  }));
  return JSON.stringify({ candidates });
}

/** Sends a head and the first half of a body. */
async function sendHalf(party: Party, body: Buffer, headers: Record<string, string> = {}) {
  const sending = request(`${exchange.url}/v1/submissions`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${await party.token()}`,
      'Content-Type': 'application/json',
      ...headers,
    },
  });
  sending.write(body.subarray(0, body.length / 2));
  return sending;
}

async function answerOf(sending: ClientRequest): Promise<number | undefined> {
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer.statusCode;
}

async function figure(name: string): Promise<number> {
  const { text } = await exchange.anonymous.get('/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}

test('while one body has the room, large ones are asked to come again, and small ones are served', async () => {
  const [holder, other] = [
    await exchange.party('carrier', 'holder'),
    await exchange.party('carrier', 'other'),
  ];
  const body = Buffer.from(submissionOf(800, 1));
  const sending = await sendHalf(holder, body, { 'Content-Length': String(body.length) });
  await expect.poll(() => figure('chadan_bodies_held_bytes'), { timeout: 30_000 }).toBe(body.length);

  const refused = await other.post('/v1/submissions', submissionOf(800, 2)).type('json');
  expect(refused.status).toBe(503);
  expect(refused.body.code).toBe('overloaded');
  expect(refused.get('Retry-After')).toBe('2');
  await other.post('/v1/submissions', submissionOf(20, 3)).type('json').expect(201);
  await agency.post('/v1/cases/claims', { limit: 1 }).expect(201);
  expect(await figure('chadan_bodies_refused_total')).toBe(1);

  sending.end(body.subarray(body.length / 2));
  expect(await answerOf(sending)).toBe(201);
  expect(await figure('chadan_bodies_held_bytes')).toBe(0);
  expect((await other.get('/v1/submissions').expect(200)).body.items).toHaveLength(1);
  await other.post('/v1/submissions', submissionOf(800, 2)).type('json').expect(201);
});

test('a sender that goes away gives back what its body held', async () => {
  const body = Buffer.from(submissionOf(800, 4));
  // Of a length that it does not state: the most that the operation takes.
  const sending = await sendHalf(await exchange.party('carrier'), body);
  sending.on('error', () => undefined); // it is cut on purpose
  await expect
    .poll(() => figure('chadan_bodies_held_bytes'), { timeout: 30_000 })
    .toBeGreaterThan(32_000_000);
  sending.destroy();
  await expect.poll(() => figure('chadan_bodies_held_bytes'), { timeout: 30_000 }).toBe(0);
});

test('who has no token cannot hold room: nothing that is open to everyone takes a large body', async () => {
  const answer = await exchange.anonymous.post('/v1/session').send({ email: 'x'.repeat(70_000) });
  expect(answer.status).toBe(413);
});
