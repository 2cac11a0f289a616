// The SMPP proxy of examples/ between a client and a message centre, both of the same library, on real sockets.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunningProgram } from '../setup/programs.ts';
import { RelayBench } from './relay-bench.ts';

interface Pdu {
  command: string;
  command_status: number;
  source_addr?: string;
  short_message?: { message: string | Buffer };
  message_id?: string;
  response(options?: object): Pdu;
}
interface Session {
  socket: { localPort?: number };
  on(event: string, listener: (pdu: Pdu) => void): void;
  send(pdu: Pdu): boolean;
  destroy(): void;
}
type Ask = (command: string, fields?: object) => Promise<Pdu>;

// Neither the library nor the example comes with types.
const smpp = await import('smpp' as string).then((module) => module.default);
const EXAMPLE = new URL('../../examples/smpp-proxy/', import.meta.url);
const { createProxy } = await import(new URL('proxy.js', EXAMPLE).href);

const LISTED = '+821023456789,illegal_loan,2027-02-21';
const FOREIGN = '+14155550123,drugs,permanent';
const OTHER = '+821099998888,adult,permanent';
const REFUSED = 0x0a;

let bench: RelayBench;
let centre: Server;
let taken: Pdu[];
let told: string[];
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  bench = await RelayBench.start([LISTED, FOREIGN]);
  taken = [];
  told = [];
  centre = smpp.createServer((session: Session) => {
    closing.push(() => session.destroy());
    session.on('pdu', (pdu) => {
      if (pdu.command.endsWith('_resp')) return;
      taken.push(pdu);
      session.send(pdu.response(pdu.command === 'submit_sm' ? { message_id: `m-${taken.length}` } : {}));
    });
  });
  await listen(centre);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  centre.close();
  await bench.stop();
});

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function startProxy(): Promise<number> {
  const proxy: Server = createProxy({
    relay: bench.relay,
    upstream: { host: '127.0.0.1', port: portOf(centre) },
    tell: (message: string) => told.push(message),
  });
  await listen(proxy);
  closing.push(() => proxy.close());
  return portOf(proxy);
}

/** A client that is bound. */
async function bind(port: number): Promise<Ask> {
  const session = smpp.connect({ host: '127.0.0.1', port });
  closing.push(() => session.destroy());
  await once(session, 'connect');
  const ask: Ask = (command, fields = {}) => new Promise((resolve) => session[command](fields, resolve));
  const bound = await ask('bind_transceiver', { system_id: 'reseller', password: 'secret' });
  expect(bound.command_status).toBe(0);
  return ask;
}

async function statusOf(ask: Ask, source_addr: string, more = {}): Promise<number> {
  const fields = { source_addr, destination_addr: '01055556666', short_message: 'hi', ...more };
  return (await ask('submit_sm', fields)).command_status;
}

describe('the SMPP proxy', () => {
  test('refuses a listed sender however it is spelt, and the message centre never sees it', async () => {
    await bench.sync();
    const ask = await bind(await startProxy());
    for (const sender of [
      '01023456789',
      '010-2345-6789',
      '821023456789',
      '+821023456789',
      '+82-10-2345-6789',
    ])
      expect([sender, await statusOf(ask, sender)]).toEqual([sender, REFUSED]);
    expect(await statusOf(ask, '1023456789', { source_addr_ton: 2 })).toBe(REFUSED);
    expect(await statusOf(ask, '14155550123', { source_addr_ton: 1 })).toBe(REFUSED);
    for (const command of ['data_sm', 'submit_multi']) {
      const answer = await ask(command, { source_addr: '01023456789' });
      expect(answer).toMatchObject({ command: `${command}_resp`, command_status: REFUSED });
    }
    // An empty address would be filled in behind the proxy.
    expect(await statusOf(ask, '')).toBe(REFUSED);
    expect(taken.map(({ command }) => command)).toEqual(['bind_transceiver']);
  });

  test('lets all else through, with its answers, and messages from the centre to the client', async () => {
    await bench.sync();
    const port = await startProxy();
    const ask = await bind(port);
    const text = Buffer.from([0xc2, 0xf7, 0xb4, 0xdc, 0x00, 0xff]);
    const answer = await ask('submit_sm', {
      source_addr: '01099998888',
      destination_addr: '01055556666',
      data_coding: 4,
      short_message: text,
    });
    expect(answer).toMatchObject({ command: 'submit_sm_resp', command_status: 0, message_id: 'm-2' });
    expect(taken[1]).toMatchObject({ source_addr: '01099998888', short_message: { message: text } });
    expect(await statusOf(ask, 'KISA', { source_addr_ton: 5 })).toBe(0);
    expect((await ask('enquire_link')).command_status).toBe(0);
    expect((await ask('cancel_sm', { source_addr: '01023456789', message_id: 'm-2' })).command_status).toBe(
      0,
    );
    expect(told).toEqual([]);
  });

  test('lets a released sender pass on a connection that stays, and refuses a new one', async () => {
    await bench.sync();
    const ask = await bind(await startProxy());
    expect(await statusOf(ask, '01023456789')).toBe(REFUSED);
    expect(await statusOf(ask, '01099998888')).toBe(0);
    bench.exchange.publish([FOREIGN, OTHER]);
    await bench.sync();
    expect(await statusOf(ask, '01023456789')).toBe(0);
    expect(await statusOf(ask, '01099998888')).toBe(REFUSED);
  });

  test('goes on refusing with a list that is stale, and tells it once', async () => {
    await bench.sync();
    const ask = await bind(await startProxy());
    bench.exchange.now += 400 * 86_400;
    expect(await statusOf(ask, '01023456789')).toBe(REFUSED);
    expect(await statusOf(ask, '01099998888')).toBe(0);
    expect(told).toEqual(['the list may be out of date; it goes on being used']);
  });

  test('lets nobody send before a list is in force', async () => {
    const ask = await bind(await startProxy());
    expect(await statusOf(ask, '01099998888')).toBe(0x08);
    expect(told[0]).toMatch(/^a sender cannot be looked up: /);
    await bench.sync();
    expect(await statusOf(ask, '01099998888')).toBe(0);
  });

  test('keeps many answers apart, refused and passed ones in one stream', async () => {
    await bench.sync();
    const ask = await bind(await startProxy());
    const senders = Array.from({ length: 500 }, (_, at) => (at % 3 === 0 ? '01023456789' : '01099998888'));
    const statuses = await Promise.all(senders.map((sender) => statusOf(ask, sender)));
    expect(statuses).toEqual(senders.map((sender) => (sender === '01023456789' ? REFUSED : 0)));
  });

  test('cuts off who sends no SMPP, and who cannot be passed on', async () => {
    await bench.sync();
    const port = await startProxy();
    const stranger = smpp.connect({ host: '127.0.0.1', port });
    closing.push(() => stranger.destroy());
    stranger.on('error', () => {});
    await once(stranger, 'connect');
    stranger.socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(stranger, 'close');
    expect(told).toEqual(['a connection ended: a PDU of 1195725856 octets']);
    centre.close();
    const client = smpp.connect({ host: '127.0.0.1', port });
    client.on('error', () => {});
    await once(client, 'close');
    expect(told[1]).toMatch(/ECONNREFUSED/);
  });

  test('runs as a program that follows the exchange', async () => {
    const credentials = join(bench.directory, 'relay.json');
    await writeFile(credentials, JSON.stringify(bench.exchange.credentials), { mode: 0o600 });
    const library = fileURLToPath(new URL('../../src/sync/index.ts', import.meta.url));
    const config = join(bench.directory, 'tsconfig.json');
    await writeFile(
      config,
      JSON.stringify({ compilerOptions: { allowJs: true, paths: { 'chadan/sync': [library] } } }),
    );
    const program = new RunningProgram(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('main.js', EXAMPLE))],
      {
        env: {
          ...process.env,
          TSX_TSCONFIG_PATH: config,
          CHADAN_DIR: join(bench.directory, 'lists'),
          CHADAN_CREDENTIALS: credentials,
          SMPP_UPSTREAM: `127.0.0.1:${portOf(centre)}`,
          SMPP_PORT: '0',
        },
      },
    );
    closing.push(() => program.stop());
    await program.says(/listening on 127\.0\.0\.1:[0-9]+/);
    const ask = await bind(Number(/listening on 127\.0\.0\.1:([0-9]+)/.exec(program.output)?.[1]));
    expect(await statusOf(ask, '010-2345-6789')).toBe(REFUSED);
    expect(await statusOf(ask, '01099998888')).toBe(0);
    bench.exchange.publish([OTHER]);
    await program.says(/version 2 is in force, 1 entries/);
    expect(await statusOf(ask, '010-2345-6789')).toBe(0);
    expect(await statusOf(ask, '01099998888')).toBe(REFUSED);
  });
});
