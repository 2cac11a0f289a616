// docs/gateways/nginx.md against a real nginx, with a gateway behind it that takes what nginx lets through.

import { once } from 'node:events';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, programPath, type RunningProgram, until } from '../setup/programs.ts';
import { someLines } from '../sync/hostile-exchange.ts';
import { FOREIGN, GatewayBench, LATER, LISTED, LISTED_TOO } from './gateway-bench.ts';

let bench: GatewayBench;
let sync: RunningProgram;
let nginx: RunningProgram;
let gateway: Server;
let url: string;
let config: string;

beforeAll(async () => {
  const program = await programPath('nginx', 'nginx');
  bench = await GatewayBench.start('nginx.md');
  gateway = createServer((_request, response) => response.end('sent')).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  bench.places.set('http://127.0.0.1:8000', `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`);
  bench.places.set('/etc/nginx/chadan', join(bench.directory, 'chadan'));
  await mkdir(join(bench.directory, 'chadan'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}/send`;
  config = join(bench.directory, 'nginx.conf');
  await writeFile(config, await nginxConfig(port));
  await writeFile(
    join(bench.directory, 'bin/nginx'),
    `#!/bin/sh\nexec '${program}' -p '${bench.directory}' -c '${config}' -e stderr "$@"\n`,
    { mode: 0o755 },
  );
});
afterAll(async () => {
  await bench?.stop();
  gateway?.closeAllConnections();
  gateway?.close();
});

async function nginxConfig(port: number): Promise<string> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${bench.directory}/${name};`,
  );
  return `daemon off; pid ${bench.directory}/nginx.pid; worker_processes 1; events {}
http { access_log off; ${temporary.join(' ')}
${await bench.block('nginx.conf')}
server { listen 127.0.0.1:${port};
${await bench.block('location')} } }\n`;
}

async function statusOf(query: string): Promise<number> {
  const response = await fetch(`${url}?${query}`, { headers: { connection: 'close' } });
  await response.text();
  return response.status;
}

const becomes = (query: string, status: number) =>
  until(
    () => statusOf(query),
    (seen) => seen === status,
  );

test('nginx does not start before there is a list', async () => {
  const { code, err } = await bench.run('nginx', ['-t']);
  expect(code).not.toBe(0);
  expect(err).toContain('senders.map');
  expect(await bench.run('bash', ['-ec', await bench.block('first')])).toMatchObject({ code: 0 });
  nginx = bench.program('nginx', []);
  await becomes('from=01099998888', 200);
  sync = await bench.follow();
});

test('a listed sender is refused however it is spelt, another passes', async () => {
  const refused = ['01023456789', '821023456789', '+821023456789', '%2B821023456789', '%2b82-10-2345-6789'];
  refused.push(
    '010-2345-6789',
    '010.2345.6789',
    '010%202345%206789',
    '(010)2345-6789',
    '%28010%292345%2D6789',
  );
  refused.push('15881234', '1588-1234', '14155550123', '%2B14155550123', '+1+415+555+0123');
  refused.push(
    '00700821023456789',
    '001-82-10-2345-6789',
    '00821023456789',
    '%2B82-010-2345-6789',
    '1023456789',
  );
  for (const sender of refused) expect([sender, await statusOf(`from=${sender}`)]).toEqual([sender, 403]);
  for (const sender of ['01099998888', '15881235', '%2B14155550124', '00700821099998888', '1099998888'])
    expect([sender, await statusOf(`from=${sender}&text=hi`)]).toEqual([sender, 200]);
});

test('a request that could be read in two ways is refused', async () => {
  const doubtful = [
    'from=01099998888&from=01023456789',
    'from=01099998888&%66rom=01023456789',
    '%66rom=01023456789',
  ];
  doubtful.push('from=%301023456789', 'text=hi', 'from=', 'from=KAKAO', '%66rom');
  for (const query of doubtful) expect([query, await statusOf(query)]).toEqual([query, 400]);
});

test('a release and a new entry are in force after the reload', async () => {
  await bench.publish([LISTED_TOO, FOREIGN, LATER]);
  await becomes('from=01099998888', 403);
  await becomes('from=01023456789', 200);
  expect(await statusOf('from=15881234')).toBe(403);
});

test('a failed sync empties nothing', async () => {
  await bench.failSync();
  expect(await statusOf('from=15881234')).toBe(403);
});

test('a configuration that is broken keeps the list in force, and is tried again', async () => {
  await writeFile(`${config}.good`, await readFile(config));
  await writeFile(config, 'nonsense');
  sync.forget();
  await bench.publish([LISTED]);
  await sync.says(/the command of --on-change failed/);
  expect(await statusOf('from=15881234')).toBe(403);
  await rename(`${config}.good`, config);
  await becomes('from=15881234', 200);
  // A worker that ends may have answered last.
  await becomes('from=01023456789', 403);
});

test('a large list loads without a warning', async () => {
  await bench.publish([LISTED, ...someLines(50_000)]);
  await becomes('from=01020000000', 403);
  expect(nginx.output).not.toContain('warn');
});
