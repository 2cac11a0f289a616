// The sidecar beside a gateway: what it answers, what it says of itself, what it survives.
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { generateKey } from '../../src/list/key-set.ts';
import { EnforcementReports } from '../../src/sync/enforcement-reports.ts';
import { problem, someLines, text } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';
import { SidecarProgram } from './sidecar-program.ts';

const LISTED = '+821023456789,illegal_loan,2027-02-21';
let bench: RelayBench;
let credentials: string;
const running: SidecarProgram[] = [];
beforeEach(async () => {
  bench = await RelayBench.start([LISTED, '+14155550123,drugs,permanent']);
  credentials = join(bench.directory, 'relay.json');
  await writeFile(credentials, JSON.stringify(bench.exchange.credentials), { mode: 0o600 });
});
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop('SIGKILL');
  await bench.stop();
});

async function start(...args: string[]): Promise<SidecarProgram> {
  const program = await SidecarProgram.start(
    ['--dir', join(bench.directory, 'lists'), '--list', 'sender-numbers', ...args],
    credentials,
  );
  running.push(program);
  return program;
}

test('answers about a sender in any spelling, one and many, with the state of the lists', async () => {
  const sidecar = await start();
  await sidecar.until('/readyz', ({ status }) => status === 200);
  const lists = [{ list: 'sender-numbers', version: 1, stale: false }];
  const match = {
    list: 'sender-numbers',
    value: '+821023456789',
    category: 'illegal_loan',
    until: '2027-02-21',
    listedBy: 'exchange',
  };
  for (const spelled of ['010-2345-6789', '%2B821023456789', '+82 10 2345 6789'.replaceAll(' ', '%20')]) {
    expect((await sidecar.get(`/check?from=${spelled}`)).body).toEqual({
      blocked: true,
      matches: [match],
      lists,
    });
  }
  // A gateway that forgets to encode the + means it all the same.
  expect((await sidecar.get('/check?from=+14155550123')).body).toMatchObject({ blocked: true });
  expect((await sidecar.get('/check?from=0221234567')).body).toEqual({ blocked: false, matches: [], lists });
  expect((await sidecar.get('/check?from=KT')).body).toMatchObject({
    blocked: false,
    refusals: [{ list: 'sender-numbers', code: 'letters' }],
  });
  const many = await fetch(`${sidecar.url}/check`, {
    method: 'POST',
    body: JSON.stringify({ checks: [{ from: '01023456789' }, { from: '0221234567' }] }),
  });
  expect(await many.json()).toMatchObject({ results: [{ blocked: true }, { blocked: false }], lists });
  for (const bad of [
    '/check',
    '/check?sender=1',
    '/check?from=1&from=2',
    '/check?from=%ff',
    `/check?from=${'1'.repeat(300)}`,
  ]) {
    expect((await sidecar.get(bad)).status).toBe(400);
  }
  const { body: metrics } = await sidecar.get('/metrics');
  expect(metrics).toContain('chadan_relay_checks_total{result="blocked"} 5');
  expect(metrics).toContain('chadan_relay_list_entries{list="sender-numbers"} 2');
  expect(await sidecar.stop()).toBe(0);
});

test('has no answer before a list is in force, and takes each version as it comes', async () => {
  bench.exchange.lies.manifest = () => problem(503, 'database_unavailable');
  const sidecar = await start();
  expect((await sidecar.get('/check?from=0221234567')).status).toBe(503);
  expect((await sidecar.get('/healthz')).status).toBe(200);
  expect((await sidecar.get('/readyz')).body).toMatchObject({ status: 'unavailable' });
  delete bench.exchange.lies.manifest;
  await sidecar.until('/readyz', ({ status }) => status === 200);
  bench.exchange.publish(someLines(5));
  await sidecar.until('/readyz', ({ body }) => body.lists[0].version === 2);
  expect((await sidecar.get('/check?from=01020000000')).body.blocked).toBe(true);
});

test('goes on answering, says stale, counts the alarm and runs its command when it is shown something forged', async () => {
  const told = join(bench.directory, 'told');
  const sidecar = await start('--on-alarm', `echo "$CHADAN_LIST $CHADAN_CODE" >> '${told}'`);
  await sidecar.until('/readyz', ({ body }) => body.status === 'ready');
  const seconds = Math.floor(Date.now() / 1000);
  bench.exchange.forge = { iat: seconds - 86_400, exp: seconds + 5 };
  bench.exchange.publish([LISTED]);
  await sidecar.until('/readyz', ({ body }) => body.lists[0].version === 2);
  bench.exchange.lies.manifest = () => text('application/jwt', bench.exchange.manifest(generateKey()));
  bench.exchange.publish(someLines(5));
  await sidecar.until('/metrics', ({ body }) =>
    body.includes('chadan_relay_alarms_total{list="sender-numbers",code="manifest_refused"}'),
  );
  await sidecar.until('/readyz', ({ status, body }) => status === 200 && body.status === 'stale');
  expect((await sidecar.get('/check?from=01023456789')).body).toMatchObject({
    blocked: true,
    lists: [{ version: 2, stale: true }],
  });
  expect(await sidecar.stop()).toBe(0);
  expect(await readFile(told, 'utf8')).toMatch(/^sender-numbers manifest_refused\n/);
});

test('serves what another process syncs, without credentials', async () => {
  await bench.sync();
  const sidecar = await SidecarProgram.start(['--dir', bench.directory, '--list', 'sender-numbers']);
  running.push(sidecar);
  await sidecar.until('/readyz', ({ status }) => status === 200);
  bench.exchange.publish(someLines(3));
  await bench.sync();
  await sidecar.until('/check?from=01020000000', ({ body }) => body.blocked);
});

test('counts of blocks are sent once, whatever is lost on the way, and survive a kill', async () => {
  const taken = new Map<string, { counts: { value: string; blocked: number }[] }>();
  let refuse = true;
  const fetchOnce: typeof fetch = async (url, init) => {
    if (!String(url).endsWith('/enforcement')) return fetch(url, init);
    // A repeat is the same report to the letter.
    taken.set(String(init?.body), JSON.parse(String(init?.body)));
    // The first answer is lost after the exchange took it.
    if (refuse) throw new TypeError('fetch failed');
    return new Response(null, { status: 204 });
  };
  let now = Date.now();
  const open = () =>
    new EnforcementReports({
      directory: bench.directory,
      client: new ExchangeClient(bench.exchange.credentials, { fetch: fetchOnce }),
      warn: () => {},
      now: () => now,
    });
  const killed = open();
  for (let turn = 0; turn < 3; turn++) killed.count('sender-numbers', '+821023456789');
  await killed.tick();
  const spool = join(bench.directory, 'enforcement');
  // As if its process had been gone for a while.
  for (const name of await readdir(spool)) await utimes(join(spool, name), 0, 0);
  const next = open();
  next.count('sender-numbers', '+821023456789');
  await next.tick();
  expect(next.pending).toBe(1);
  refuse = false;
  now += 11 * 60_000;
  await next.tick();
  expect(next.pending).toBe(0);
  await next.stop();
  const counts = [...taken.values()].flatMap((body) => body.counts);
  expect(counts.reduce((sum, { blocked }) => sum + blocked, 0)).toBe(4);
  expect(await readdir(spool)).toEqual([]);
});
