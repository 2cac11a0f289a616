// The primary is lost and its standby takes its place, with real streaming replication: servers that know both hosts
// recover by themselves; where the standby lacked what was published, nothing is signed until a new epoch begins.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addRestoreCommand } from '../../src/restore-command.ts';
import { addSyncCommands } from '../../src/sync/commands.ts';
import { LIST, stateOf, versionsOf } from '../publish/published.ts';
import { type Ended, runWords } from '../setup/command.ts';
import type { TestExchange } from '../setup/exchange.ts';
import { until } from '../setup/programs.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { Replicated } from './replicated.ts';

let replicated: Replicated;
let exchange: TestExchange;
beforeEach(async () => {
  replicated = await Replicated.start();
  exchange = await replicated.exchange();
  await exchange.party('agency');
  await exchange.party('relay');
  await submitAndVerify(exchange, mobileNumbers(20, 1));
  await publish(exchange);
  await replicated.caughtUp();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await exchange?.stop();
  await replicated?.stop();
});

/** Publishes until the exchange can; the answer that it then gives. */
async function tryPublish(statuses: number[]) {
  const agency = await exchange.party('agency');
  const response = await agency.post(`${LIST}/versions`, {});
  statuses.push(response.status);
  return response;
}

async function sync(): Promise<Ended> {
  const words = ['--dir', join(exchange.directory, 'lists'), '--list', 'sender-numbers'];
  const { credentialsFile } = await exchange.party('relay');
  return runWords(addSyncCommands, ['sync', ...words, '--credentials', credentialsFile]);
}

test('a server goes on by itself at the promoted standby, with one history', async () => {
  await submitAndVerify(exchange, mobileNumbers(20, 2));
  await replicated.caughtUp();
  const relay = await exchange.party('relay');
  const headers = { Authorization: `Bearer ${await relay.token()}` };
  const events = await fetch(`${exchange.url}${LIST}/events`, { headers });
  const reader = (events.body as ReadableStream<Uint8Array>).getReader();

  await replicated.end(replicated.primary, 'immediate');
  const statuses: number[] = [];
  const refused = await tryPublish(statuses);
  expect([refused.status, refused.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  await replicated.standby.promote();
  const { body } = await until(
    () => tryPublish(statuses),
    ({ status }) => status === 201,
  );
  expect(body).toMatchObject({ version: 2, added: 20, count: 40 });
  expect(new Set(statuses)).toEqual(new Set([503, 201]));
  const versions = await versionsOf(exchange);
  expect(versions.map(({ version, count }) => [version, count])).toEqual([
    [0, 0],
    [1, 20],
    [2, 40],
  ]);
  expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('40 entries') });
  let told = '';
  while (!told.includes('"version":2')) told += Buffer.from((await reader.read()).value ?? []).toString();
  await reader.cancel();
});

test('a standby that lacked the last version is not signed on, and a new epoch heals it', async () => {
  expect(await sync()).toMatchObject({ code: 0 });
  await replicated.end(replicated.standby, 'fast'); // asynchronous replication, and it had fallen behind
  await submitAndVerify(exchange, mobileNumbers(20, 2));
  await publish(exchange);
  expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('version 2') });
  await replicated.end(replicated.primary, 'immediate');
  await replicated.begin(replicated.standby);
  await replicated.standby.promote();
  exchange.forgetWrites();

  await until(
    async () => (await exchange.anonymous.get('/readyz')).status,
    (status) => status === 200,
  );
  await submitAndVerify(exchange, mobileNumbers(5, 3));
  const agency = await exchange.party('agency');
  const refused = await agency.post(`${LIST}/versions`, {}).expect(503);
  expect(refused.body).toMatchObject({
    code: 'history_set_back',
    detail: expect.stringContaining('chadan restore-epoch'),
  });
  const kept = await sync();
  expect(kept).toMatchObject({ code: 3, err: expect.stringContaining('version 2 stays in force') });

  vi.stubEnv('DATABASE_URL', replicated.url);
  vi.stubEnv('CHADAN_DATA', exchange.directory);
  vi.stubEnv('CHADAN_ISSUER', exchange.url);
  const begun = await runWords(addRestoreCommand, ['restore-epoch', '--yes']);
  expect(begun).toMatchObject({ code: 0, out: expect.stringContaining('version 1, 20 entries') });
  expect(await publish(exchange)).toMatchObject({ version: 2, count: 25 });
  expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('25 entries') });
  expect((await stateOf(exchange)).version).toBe(2);
});
