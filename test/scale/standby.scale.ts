// Snapshots and diffs read from a hot standby with real streaming replication: what relays are told is always there.
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSyncCommands } from '../../src/sync/commands.ts';
import { LIST, stateOf } from '../publish/published.ts';
import { runWords } from '../setup/command.ts';
import type { Party, TestExchange } from '../setup/exchange.ts';
import { until } from '../setup/programs.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { Replicated } from './replicated.ts';

let replicated: Replicated;
let exchange: TestExchange;
let relay: Party;
beforeAll(async () => {
  replicated = await Replicated.start();
  exchange = await replicated.exchange({
    CHADAN_READ_DATABASE_URL: replicated.standby.url('chadan'),
  });
  relay = await exchange.party('relay');
});
afterAll(async () => {
  await exchange?.stop();
  await replicated?.stop();
});

async function publishMore(seed: number): Promise<number> {
  await submitAndVerify(exchange, mobileNumbers(30, seed));
  return (await publish(exchange)).version;
}

/** Readings that the standby did, and those that the primary did in its place. */
async function readings(): Promise<{ standby: number; primary: number }> {
  const { text } = await exchange.anonymous.get('/metrics').expect(200);
  const metric = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return { standby: metric('chadan_standby_reads_total'), primary: metric('chadan_standby_fallbacks_total') };
}

/** A relay of its own brings itself up to date, and checks signature and digest of what it holds. */
async function sync(): Promise<string> {
  const words = ['--dir', join(exchange.directory, 'lists'), '--list', 'sender-numbers'];
  const { code, out, err } = await runWords(addSyncCommands, [
    ...['sync', ...words, '--credentials', relay.credentialsFile],
  ]);
  expect([code, err]).toEqual([0, '']);
  return out;
}

test('the lines come from the standby once it has the version', async () => {
  await publishMore(1);
  await replicated.caughtUp();
  const before = await readings();
  expect(await sync()).toContain('version 1');
  expect(await readings()).toEqual({ standby: before.standby + 1, primary: before.primary });
});

test('a version that the standby lacks is read from the primary, at once', async () => {
  const standby = replicated.on(replicated.standby).db;
  await sql`select pg_wal_replay_pause()`.execute(standby);
  const version = await publishMore(2);
  const before = await readings();
  expect(await sync()).toContain(`version ${version}`);
  expect(await readings()).toEqual({ standby: before.standby, primary: before.primary + 1 });
  await sql`select pg_wal_replay_resume()`.execute(standby);
  await replicated.caughtUp();
  const { epoch } = await stateOf(exchange);
  await relay.get(`${LIST}/versions/${version}/diff?from=0&epoch=${epoch}`).expect(200);
  expect(await readings()).toEqual({ standby: before.standby + 1, primary: before.primary + 1 });
});

test('a standby that is away costs nobody anything, and is read again when it is back', async () => {
  await replicated.end(replicated.standby, 'immediate');
  const version = await publishMore(3);
  expect(await sync()).toContain(`version ${version}`);
  await replicated.begin(replicated.standby);
  const before = (await readings()).standby;
  const { epoch } = await stateOf(exchange);
  let from = 0;
  await until(
    async () => {
      // Each diff is made once: another is asked for each time.
      if (from > version - 1) await publishMore(10 + from);
      const to = (await stateOf(exchange)).version;
      await relay.get(`${LIST}/versions/${to}/diff?from=${from++}&epoch=${epoch}`).expect(200);
      return (await readings()).standby;
    },
    (count) => count > before,
  );
});

test('a past version is proved from the standby', async () => {
  await replicated.caughtUp();
  const { epoch } = await stateOf(exchange);
  const [value = ''] = mobileNumbers(1, 1);
  const before = (await readings()).standby;
  const path = `${LIST}/entries/${encodeURIComponent(`+82${value.slice(1)}`)}/proof?version=1&epoch=${epoch}`;
  await until(
    async () => {
      const { body } = await relay.get(path).expect(200);
      expect(body).toMatchObject({ version: 1 });
      return (await readings()).standby;
    },
    (count) => count > before,
  );
});
