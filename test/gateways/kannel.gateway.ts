// docs/gateways/kannel.md against a real Kannel: bearerbox and smsbox, an SMSC behind them that takes what Kannel
// lets through, and nginx that serves the list.
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, programPath, type RunningProgram, until } from '../setup/programs.ts';
import { FOREIGN, GatewayBench, LATER, LISTED, LISTED_TOO } from './gateway-bench.ts';

let bench: GatewayBench;
let bearerbox: RunningProgram;
let smsbox: RunningProgram;
let sync: RunningProgram;
let smsc: Server;
let ports: { admin: number; boxes: number; send: number; smsc: number; files: number };
let file: string;
/** The senders whose messages reached the SMSC. */
const sent: string[] = [];

beforeAll(async () => {
  for (const program of ['bearerbox', 'smsbox']) await programPath(program, 'kannel');
  await programPath('nginx', 'nginx');
  await programPath('curl', 'curl');
  bench = await GatewayBench.start('kannel.md');
  file = join(bench.directory, 'lists/kannel/senders.txt');
  smsc = createServer((request, response) => {
    sent.push(new URL(request.url ?? '', 'http://smsc').searchParams.get('from') ?? '');
    response.end('0: Accepted for delivery');
  }).listen(0, '127.0.0.1');
  await once(smsc, 'listening');
  const free = () => freePort();
  ports = {
    admin: await free(),
    boxes: await free(),
    send: await free(),
    smsc: await free(),
    files: await free(),
  };
  bench.places.set('127.0.0.1:8808', `127.0.0.1:${ports.files}`);
  bench.places.set('127.0.0.1:13000', `127.0.0.1:${ports.admin}`);
  bench.places.set('127.0.0.1:13013', `127.0.0.1:${ports.send}`);
  bench.places.set('PASSWORD=...', 'PASSWORD=secret');
  bench.places.set('USER=...', 'USER=canary');
  bench.places.set('/opt/chadan', fileURLToPath(new URL('../..', import.meta.url)));
  await writeFile(join(bench.directory, 'kannel.conf'), await kannelConfig());
  await writeFile(join(bench.directory, 'nginx.conf'), await nginxConfig());
});
afterAll(async () => {
  await bench?.stop();
  smsc?.closeAllConnections();
  smsc?.close();
});

async function kannelConfig(): Promise<string> {
  return `group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = secret
smsbox-port = ${ports.boxes}
smsbox-interface = 127.0.0.1
${await bench.block('core')}
group = smsc
smsc = http
system-type = kannel
port = ${ports.smsc}
smsc-username = any
smsc-password = any
send-url = "http://127.0.0.1:${(smsc.address() as AddressInfo).port}/send"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${ports.send}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = canary
password = secret
`;
}

async function nginxConfig(): Promise<string> {
  const { directory } = bench;
  // As root nginx reads files as a user that owns nothing here.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  return `${user} daemon off; pid ${directory}/nginx.pid; worker_processes 1; events {}
http { access_log off; ${temporary.join(' ')}
${await bench.block('server')} }\n`;
}

function startNginx(): RunningProgram {
  const { directory } = bench;
  return bench.program('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr']);
}

async function startKannel(): Promise<void> {
  const config = join(bench.directory, 'kannel.conf');
  bearerbox = bench.program('bearerbox', [config]);
  await until(
    async () => (await fetch(`http://127.0.0.1:${ports.admin}/status.txt`)).ok,
    (ok) => ok,
  );
  smsbox = bench.program('smsbox', [config]);
  await becomes('01055556666', 202);
}

/** With what smsbox answers a message from this sender. */
async function statusOf(sender: string): Promise<number> {
  const query = new URLSearchParams({
    username: 'canary',
    password: 'secret',
    from: sender,
    to: '01055556666',
  });
  const response = await fetch(`http://127.0.0.1:${ports.send}/cgi-bin/sendsms?${query}&text=hi`);
  await response.text();
  return response.status;
}

const becomes = (sender: string, status: number) =>
  until(
    () => statusOf(sender),
    (seen) => seen === status,
  );

async function reloadAsAnyone(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${ports.admin}/reload-lists?password=secret`)).text();
}

async function script(exported = file) {
  const path = fileURLToPath(new URL('../../examples/gateways/kannel-reload.sh', import.meta.url));
  return bench.run('bash', ['-c', `${await bench.block('settings')} exec '${path}' '${exported}'`]);
}

test('Kannel does not start before its list is served', async () => {
  const early = bench.program('bearerbox', [join(bench.directory, 'kannel.conf')]);
  await early.says(/PANIC/);
  await early.stop();
  expect(await bench.run('bash', ['-ec', await bench.block('first')])).toMatchObject({ code: 0 });
  startNginx();
  const url = `http://127.0.0.1:${ports.files}/senders.txt`;
  await until(
    async () => (await fetch(url)).status,
    (status) => status === 200,
  );
  await startKannel();
  Object.assign(process.env, await settings());
  sync = await bench.follow();
});

/** The settings of the page as environment variables. */
async function settings(): Promise<Record<string, string>> {
  const { out } = await bench.run('bash', ['-c', `${await bench.block('settings')} env | grep ^KANNEL_`]);
  return Object.fromEntries(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
}

test('a listed sender is refused, another passes to the SMSC', async () => {
  for (const sender of [
    '01023456789',
    '821023456789',
    '+821023456789',
    '15881234',
    '14155550123',
    '+14155550123',
  ])
    expect([sender, await statusOf(sender)]).toEqual([sender, 403]);
  for (const sender of ['01099998888', '+821099998888', '15881235', '+14155550124']) {
    expect([sender, await statusOf(sender)]).toEqual([sender, 202]);
    await until(
      () => sent,
      (senders) => senders.includes(sender),
    );
  }
});

test('spellings that Kannel would not find are refused', async () => {
  const doubtful = ['010-2345-6789', '010 2345 6789', '0070082102345678', '+8201023456789', '8201023456789'];
  doubtful.push('1023456789', 'KAKAO', '++821023456789');
  for (const sender of doubtful) expect([sender, await statusOf(sender)]).toEqual([sender, 403]);
});

test('a release and a new entry are in force after the reload, the last line too', async () => {
  await bench.publish([LISTED_TOO, FOREIGN, LATER]);
  await becomes('01099998888', 403);
  await becomes('01023456789', 202);
  // +8215881234 sorts last.
  expect(await statusOf('15881234')).toBe(403);
  expect(sent).not.toContain('01000000000');
});

test('a failed sync empties nothing', async () => {
  await bench.failSync();
  expect(await statusOf('15881234')).toBe(403);
});

test('a list that is not served leaves the one in force, and is told', async () => {
  await rename(file, `${file}.away`);
  expect(await script()).toMatchObject({
    code: 1,
    err: expect.stringMatching(/senders\.txt answers 404 .*not reloaded, the list stays in force/),
  });
  expect(await statusOf('15881234')).toBe(403);
  await rename(`${file}.away`, file);
  await writeFile(`${file}.other`, 'something else\n');
  expect(await script(`${file}.other`)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/does not serve .*not reloaded, the list stays in force/),
  });
  expect(await statusOf('15881234')).toBe(403);
});

test('a list that anybody else emptied is noticed by the canary, and brought back by a restart', async () => {
  await rename(file, `${file}.away`);
  expect(await reloadAsAnyone()).toContain('re-loaded');
  expect(await statusOf('15881234')).toBe(202);
  await rename(`${file}.away`, file);
  expect(await script()).toMatchObject({
    code: 1,
    err: expect.stringContaining('Kannel holds no list and blocks nobody'),
  });
  process.env['KANNEL_RESTART'] = 'yes';
  expect(await script()).toMatchObject({
    code: 0,
    err: 'kannel-reload: Kannel holds no list: restarting it\n',
  });
  expect(await statusOf('15881234')).toBe(403);
});

test('a Kannel that holds no list is told of, and tried again until it does', async () => {
  await smsbox.stop();
  await bearerbox.stop();
  sync.forget();
  await bench.publish([LISTED]);
  await sync.says(/the command of --on-change failed/);
  await startKannel();
  await becomes('01023456789', 403);
});
