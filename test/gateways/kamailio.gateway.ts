// docs/gateways/kamailio.md against a real Kamailio, which is sent SIP messages over UDP.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, programPath, type RunningProgram, until } from '../setup/programs.ts';
import { someLines } from '../sync/hostile-exchange.ts';
import { FOREIGN, GatewayBench, LATER, LISTED, LISTED_TOO } from './gateway-bench.ts';

let bench: GatewayBench;
let kamailio: RunningProgram;
let sync: RunningProgram;
let program: string;
let port: number;

beforeAll(async () => {
  program = await programPath('kamailio', 'kamailio');
  bench = await GatewayBench.start('kamailio.md');
  bench.places.set('/run/kamailio', bench.directory);
  bench.places.set('/opt/chadan', fileURLToPath(new URL('../..', import.meta.url)));
  port = await freePort();
  await writeFile(join(bench.directory, 'kamailio.cfg'), await config());
});
afterAll(() => bench?.stop());

async function config(): Promise<string> {
  return `#!KAMAILIO
listen=udp:127.0.0.1:${port}
children=1
log_stderror=yes
loadmodule "sl.so"
loadmodule "pv.so"
${await bench.block('kamailio.cfg')}
request_route {
${await bench.block('route')}
  sl_send_reply("202", "Accepted");
}\n`;
}

function startKamailio(): void {
  const { directory } = bench;
  const files = [
    '-f',
    join(directory, 'kamailio.cfg'),
    '-Y',
    directory,
    '-P',
    join(directory, 'kamailio.pid'),
  ];
  kamailio = bench.program(program, ['-DD', '-E', '-m', '64', ...files]);
}

/** The status with which a SIP MESSAGE from a sender is answered. */
async function statusOf(sender: string): Promise<number> {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const id = `${process.hrtime.bigint()}`;
    const request = [
      `MESSAGE sip:01055556666@127.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${id}`,
      `From: <sip:${sender}@127.0.0.1>;tag=${id}`,
      `To: <sip:01055556666@127.0.0.1>`,
      `Call-ID: ${id}@127.0.0.1`,
      'CSeq: 1 MESSAGE',
      'Max-Forwards: 70',
      'Content-Type: text/plain',
      'Content-Length: 2',
      '',
      'hi',
    ].join('\r\n');
    socket.send(request, port, '127.0.0.1');
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(1000) })) as [Buffer];
    return Number(/^SIP\/2\.0 ([0-9]{3})/.exec(answer.toString())?.[1]);
  } finally {
    socket.close();
  }
}

const becomes = (sender: string, status: number) =>
  until(
    () => statusOf(sender),
    (seen) => seen === status,
  );

test('Kamailio does not start before there is a list', async () => {
  startKamailio();
  await until(
    () => kamailio.hasEnded,
    (ended) => ended,
  );
  expect(kamailio.output).toContain('Error while initializing module htable');
  expect(await bench.run('bash', ['-ec', await bench.block('first')])).toMatchObject({ code: 0 });
  startKamailio();
  await becomes('01099998888', 202);
  sync = await bench.follow();
});

test('a listed sender is refused however it is spelt, another passes', async () => {
  const refused = ['01023456789', '821023456789', '+821023456789', '010-2345-6789', '%30102345%36789'];
  refused.push('+82-10-2345-6789;phone-context=example.com', '15881234', '+14155550123', '14155550123');
  refused.push(
    '00700821023456789',
    '001-82-10-2345-6789',
    '+82-010-2345-6789',
    '1023456789',
    '00700821588-1234',
  );
  for (const sender of refused) expect([sender, await statusOf(sender)]).toEqual([sender, 403]);
  for (const sender of ['01099998888', '15881235', 'alice', '00700821099998888', '1099998888'])
    expect([sender, await statusOf(sender)]).toEqual([sender, 202]);
});

test('a release and a new entry reach the table entry by entry', async () => {
  // The command ran once, as a reload, when following began.
  await until(
    () => bench.run('cat', [join(bench.directory, 'lists/kamailio.state')]),
    ({ code }) => code === 0,
  );
  await bench.publish([LISTED_TOO, FOREIGN, LATER]);
  await becomes('01099998888', 403);
  await becomes('01023456789', 202);
  expect(await statusOf('15881234')).toBe(403);
  expect(sync.output).not.toContain('giving it the whole list');
});

test('another category keeps a sender listed', async () => {
  await bench.publish([LISTED_TOO, FOREIGN.replace('drugs', 'adult'), LATER]);
  await until(
    () =>
      bench.run('kamcmd', [
        '-s',
        `unix:${bench.directory}/kamailio_ctl`,
        'htable.get',
        'chadan_sender_numbers',
        's:14155550123',
      ]),
    ({ out }) => out.includes('value: adult'),
  );
  expect(await statusOf('14155550123')).toBe(403);
});

test('a failed sync empties nothing', async () => {
  await bench.failSync();
  expect(await statusOf('15881234')).toBe(403);
});

test('a Kamailio that was away loads what is in force, and goes on from there', async () => {
  await kamailio.stop();
  sync.forget();
  await bench.publish([LISTED_TOO, ...someLines(1000)]);
  await sync.says(/the table holds nothing(.*\n)*.*the command of --on-change failed/);
  startKamailio();
  // Whatever reaches it first, its file or what changed: additions come before releases.
  await becomes('01020000000', 403);
  await becomes('01099998888', 202);
  await bench.publish([LISTED]);
  await becomes('01020000000', 202);
  await becomes('01023456789', 403);
});

test('a table that does not hold what it should is loaded whole', async () => {
  await bench.run('kamcmd', [
    '-s',
    `unix:${bench.directory}/kamailio_ctl`,
    'htable.flush',
    'chadan_sender_numbers',
  ]);
  expect(await statusOf('01023456789')).toBe(202);
  // Nothing tells of it before the next version: a reload by hand, or forgetting the state, brings all of it back.
  await bench.run('rm', [join(bench.directory, 'lists/kamailio.state')]);
  await bench.publish([LISTED, LATER]);
  await becomes('01023456789', 403);
  await becomes('01099998888', 403);
});
