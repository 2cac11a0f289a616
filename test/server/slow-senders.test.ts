// Who sends slowly, or only holds connections, is cut, and stops nobody else.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startExchange, type TestExchange } from '../setup/exchange.ts';

const WAIT_SECONDS = 1;
const PER_ADDRESS = 60;

let exchange: TestExchange;
beforeAll(async () => {
  exchange = await startExchange({
    CHADAN_HEADERS_WAIT: String(WAIT_SECONDS),
    CHADAN_BODY_WAIT: String(WAIT_SECONDS),
    CHADAN_CONNECTIONS_PER_ADDRESS: String(PER_ADDRESS),
  });
});
afterAll(() => exchange.stop());

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(exchange.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // a server that cuts may reset
  await once(socket, 'connect');
  return socket;
}

/** Sends a head, then a byte at a time for as long as the server lets it; what the server said. */
async function drip(head: string, byte: string): Promise<string> {
  const socket = await open();
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  socket.write(head);
  const dripping = setInterval(() => socket.write(byte), 20);
  await once(socket, 'close').finally(() => clearInterval(dripping));
  return said;
}

const isServed = async () => (await fetch(`${exchange.url}/healthz`)).status;

test('headers that come a byte at a time are cut with 408', async () => {
  const said = await drip('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'a');
  expect(said).toMatch(/^HTTP\/1\.1 408 /);
  expect(await isServed()).toBe(200);
});

test.each([
  ['application/json', 'JSON, which is read at once,'],
  ['text/csv', 'CSV, which is read as it comes,'],
])(
  'a body of %s (%s) that comes a byte at a time is cut with 408, and nothing of it is stored',
  async (type) => {
    const carrier = await exchange.party('carrier');
    const head = [
      'POST /v1/submissions HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${await carrier.token()}`,
      `Content-Type: ${type}`,
      'Content-Length: 100000',
    ];
    expect(await drip(`${head.join('\r\n')}\r\n\r\n`, ' ')).toMatch(/^HTTP\/1\.1 408 /);
    expect((await carrier.get('/v1/submissions').expect(200)).body.items).toEqual([]);
  },
);

test('a body that comes slowly to where nobody reads it is cut too', async () => {
  const head = 'POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await drip(head, '1\r\na\r\n')).toMatch(/^HTTP\/1\.1 40[48] /);
});

test('many connections that say nothing stop nobody, and are closed', async () => {
  const idle = await Promise.all(Array.from({ length: PER_ADDRESS - 10 }, open));
  const closed = Promise.all(idle.map((socket) => once(socket.resume(), 'close')));
  expect(await isServed()).toBe(200);
  await closed;
  expect(await isServed()).toBe(200);
});

test('one address has its share of connections and no more; the next is closed, and counted', async () => {
  const held = await Promise.all(Array.from({ length: PER_ADDRESS + 5 }, open));
  await Promise.all(held.slice(-1).map((socket) => once(socket.resume(), 'close')));
  for (const socket of held) socket.destroy();
  await expect
    .poll(async () => (await fetch(`${exchange.url}/metrics`).catch(() => undefined))?.status)
    .toBe(200);
  const metrics = await (await fetch(`${exchange.url}/metrics`)).text();
  expect(Number(/^chadan_connections_refused_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
});

test('a trusted proxy stands for many, and is not limited', async () => {
  const behind = await startExchange({
    CHADAN_CONNECTIONS_PER_ADDRESS: '1',
    CHADAN_TRUSTED_PROXIES: 'loopback',
  });
  const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(`${behind.url}/healthz`)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  await Promise.all(answers.map((answer) => answer.text()));
  await behind.stop();
});
