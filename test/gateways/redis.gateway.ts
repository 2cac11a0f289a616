// docs/gateways/redis.md against a real Redis.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, programPath, type RunningProgram, until } from '../setup/programs.ts';
import { someLines } from '../sync/hostile-exchange.ts';
import { FOREIGN, GatewayBench, LATER, LISTED, LISTED_TOO } from './gateway-bench.ts';

const KEY = 'chadan:{sender-numbers}';

let bench: GatewayBench;
let server: string;
let port: string;
let redis: RunningProgram;
let sync: RunningProgram;

beforeAll(async () => {
  server = await programPath('redis-server', 'redis-server');
  bench = await GatewayBench.start('redis.md');
  port = String(await freePort());
  bench.places.set('-p 6379', `-p ${port}`);
  await startRedis();
  sync = await bench.follow();
});
afterAll(() => bench?.stop());

async function startRedis(): Promise<void> {
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', bench.directory];
  redis = bench.program(server, args);
  await redis.says(/Ready to accept connections/);
}

async function ask(...words: string[]): Promise<string> {
  return (await bench.run('redis-cli', ['-p', port, ...words])).out.trim();
}

const isBlocked = async (sender: string) => (await ask('SISMEMBER', KEY, sender)) === '1';
const version = (number: number) =>
  until(
    () => ask('GET', `${KEY}:version`),
    (seen) => seen === `${bench.exchange.epoch}:${number}`,
  );
/** How often Redis ran a command. */
async function calls(command: string): Promise<number> {
  return Number(
    new RegExp(`cmdstat_${command}:calls=([0-9]+)`).exec(await ask('INFO', 'commandstats'))?.[1] ?? 0,
  );
}

test('a listed sender is refused in each of its spellings, another passes', async () => {
  await version(1);
  for (const sender of ['01023456789', '821023456789', '+821023456789', '15881234', '14155550123'])
    expect([sender, await isBlocked(sender)]).toEqual([sender, true]);
  expect(await isBlocked('01099998888')).toBe(false);
  const look = await bench.run('bash', ['-c', await bench.block('look-up')]);
  expect(look.out.trim()).toBe('1');
});

test('a release and a new entry reach the set as a change', async () => {
  const renames = await calls('rename');
  await bench.publish([LISTED_TOO, FOREIGN, LATER]);
  await version(2);
  expect(await isBlocked('01023456789')).toBe(false);
  expect(await isBlocked('01099998888')).toBe(true);
  expect(await isBlocked('15881234')).toBe(true);
  expect(await ask('SCARD', KEY)).toBe('8');
  expect(await calls('rename')).toBe(renames);
});

test('a large change is one change too', async () => {
  const renames = await calls('rename');
  await bench.publish([LISTED, ...someLines(2000)]);
  await version(3);
  expect(await ask('SCARD', KEY)).toBe('6003');
  await bench.publish([LISTED, ...someLines(1200, 1000)]);
  await version(4);
  expect(await ask('SCARD', KEY)).toBe('3603');
  expect(await isBlocked('01023456789')).toBe(true);
  expect(await calls('rename')).toBe(renames);
});

test('a failed sync empties nothing', async () => {
  await bench.failSync();
  expect(await isBlocked('01023456789')).toBe(true);
  expect(await ask('SCARD', KEY)).toBe('3603');
});

test('a set that Redis lost is given again, whole', async () => {
  await ask('FLUSHALL');
  await bench.publish([LISTED, LATER]);
  await version(5);
  expect(sync.output).toMatch(/failed \(exit code 1\); giving it the whole list/);
  expect(await isBlocked('01023456789')).toBe(true);
  expect(await ask('SCARD', KEY)).toBe('6');
});

test('a set for which there is no memory does not take the place of the old one', async () => {
  const used = Number(/used_memory:([0-9]+)/.exec(await ask('INFO', 'memory'))?.[1]);
  await ask('CONFIG', 'SET', 'maxmemory', String(used + 200_000));
  // Not what changed but all of it, so many that only part fits.
  await rm(join(bench.directory, 'lists/redis.sender-numbers'));
  sync.forget();
  await bench.publish(someLines(20_000));
  await sync.says(/the command of --on-change failed/);
  expect(await isBlocked('01023456789')).toBe(true);
  expect(await ask('SCARD', KEY)).toBe('6');
  await ask('CONFIG', 'SET', 'maxmemory', '0');
  // It is tried again by itself.
  await version(6);
  expect(await ask('SCARD', KEY)).toBe('60000');
});

test('a Redis that was away is brought up to date when it is back', async () => {
  await redis.stop();
  sync.forget();
  await bench.publish([LISTED, LATER]);
  await sync.says(/the command of --on-change failed/);
  await startRedis();
  await version(7);
  expect(await isBlocked('01099998888')).toBe(true);
});

test('an empty list is an empty set', async () => {
  await bench.publish([]);
  await version(8);
  expect(await ask('EXISTS', KEY)).toBe('0');
  const dir = join(bench.directory, 'lists');
  const full = await bench.run('chadan', ['export', '--dir', dir, '--format', 'redis']);
  expect((await bench.run('redis-cli', ['-p', port, '--pipe'], full.out)).code).toBe(0);
  expect(await ask('EXISTS', KEY)).toBe('0');
});
