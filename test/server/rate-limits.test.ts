import type supertest from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkOf } from '../../src/http/rate-limits.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { type SecondServer, startSecond } from './second-server.ts';

const RATES = { CHADAN_RATE_SIGN_IN: '60', CHADAN_RATE_WRITE: '20', CHADAN_RATE_READ: '30' };
const MANIFEST = '/v1/lists/sender-numbers/manifest';
const RECEIPTS = '/v1/lists/sender-numbers/receipts';

let exchange: TestExchange;
let second: SecondServer;
beforeAll(async () => {
  exchange = await startExchange(RATES);
  second = await startSecond(exchange, RATES);
});
afterAll(async () => {
  await second.stop();
  await exchange.stop();
});

/** Asks again and again until it is refused; how often it was answered before. */
async function askUntilRefused(ask: () => PromiseLike<supertest.Response>) {
  for (let answered = 0; answered < 200; answered++) {
    const response = await ask();
    if (response.status === 429) return { answered, response };
  }
  throw new Error('nothing was refused');
}

function expectRefusal(response: supertest.Response, limit: string, quota: number): void {
  const seconds = Number(response.get('Retry-After'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(response.get('RateLimit-Policy')).toBe(`"${limit}";q=${quota};w=60`);
  expect(response.get('RateLimit')).toBe(`"${limit}";r=0;t=${seconds}`);
}

// What is no receipt is refused, and counts all the same.
const sendReceipt = (relay: Party) =>
  relay.post(RECEIPTS, 'x').set('Content-Type', 'application/jwt') as PromiseLike<supertest.Response>;

test('what a client changes is counted by all servers together', async () => {
  const relay = await exchange.party('relay', 'writer');
  for (let i = 0; i < 10; i++) expect((await sendReceipt(relay)).status).toBe(400);
  const { answered, response } = await askUntilRefused(() => second.post(relay, RECEIPTS, {}));
  expect(answered).toBe(10);
  expectRefusal(response, 'write', 20);
  expect(response.type).toBe('application/problem+json');
  expect(response.body).toMatchObject({ status: 429, code: 'rate_limited' });
  expect((await sendReceipt(relay)).status).toBe(429);
});

test('a client that is over its limit stops no other client, and reads on', async () => {
  const greedy = await exchange.party('relay', 'greedy');
  await askUntilRefused(() => sendReceipt(greedy));
  expect((await sendReceipt(await exchange.party('relay', 'modest'))).status).toBe(400);
  await greedy.get(MANIFEST).expect(200);
});

test.each([
  ['short', {}],
  ['long', { Range: 'bytes=0-' }],
])('pulls by the %s way are counted once each, on each server for itself', async (way, headers) => {
  const relay = await exchange.party('relay', `reader by the ${way} way`);
  const { answered, response } = await askUntilRefused(() => relay.get(MANIFEST).set(headers));
  expect(answered).toBe(30);
  expectRefusal(response, 'read', 30);
  expect((await second.get(relay, MANIFEST)).status).toBe(200);
});

test('a pull that turns from the short way to the long one counts once', async () => {
  const relay = await exchange.party('relay', 'confused');
  const { answered } = await askUntilRefused(() => relay.get('/v1/lists/no-list/manifest'));
  expect(answered).toBe(30);
});

test('what asks after the health of a server is never refused', async () => {
  for (let i = 0; i < 40; i++)
    for (const path of ['/healthz', '/metrics']) await exchange.anonymous.get(path).expect(200);
});

test('refusals are counted in the metrics', async () => {
  const { text } = await exchange.anonymous.get('/metrics');
  expect(text).toMatch(/^chadan_requests_limited_total\{limit="write"\} [1-9]/m);
  expect(text).toMatch(/^chadan_requests_limited_total\{limit="read"\} [1-9]/m);
});

// Last, for nobody gets a token from this address any more.
test('tokens are counted by network address, and refused in the form of OAuth', async () => {
  const ask = () =>
    exchange.anonymous.post('/oauth/token').type('form').send({ grant_type: 'client_credentials' });
  const { response } = await askUntilRefused(ask);
  expectRefusal(response, 'sign-in', 60);
  expect(response.body).toMatchObject({ error: 'temporarily_unavailable' });
  const signIn = { email: 'nobody@agency.example', password: 'x'.repeat(12), totp: '000000' };
  expect((await exchange.anonymous.post('/v1/session').send(signIn)).status).toBe(429);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001::', '2001:db8:1:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
