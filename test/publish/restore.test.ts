// The database is restored from a backup under the servers: nothing is signed on it until a new epoch is made, relays
// recover by themselves, and what was stays on record.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { addRestoreCommand } from '../../src/restore-command.ts';
import { startServer } from '../../src/server.ts';
import { readSettings } from '../../src/settings.ts';
import { openRelay, type Relay } from '../../src/sync/relay.ts';
import { keySetOf, keys } from '../keys/key-desk.ts';
import { type SecondServer, startSecond } from '../server/second-server.ts';
import { type Ended, runWords } from '../setup/command.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { expectOneHistory, LIST, stateOf, versionsOf } from './published.ts';

let exchange: TestExchange;
let second: SecondServer | undefined;
let relay: Relay;
let party: Party;
const backup = `chadan_backup_${randomBytes(6).toString('hex')}`;
const epochs: string[] = [];
const alarms: string[] = [];

beforeAll(async () => {
  exchange = await startExchange();
  party = await exchange.party('relay');
  relay = await openRelay({
    dir: join(exchange.directory, 'lists'),
    lists: ['sender-numbers'],
    credentials: party.credentialsFile,
  });
  relay.on('alarm', (error) => alarms.push(error.code));
  relay.on('epoch_changed', ({ from, to }) => epochs.push(from, to));
});
afterAll(async () => {
  await relay.close();
  await second?.stop();
  await exchange.stop();
  await asSuperuser(`drop database if exists ${backup}`);
});

async function asSuperuser(...commands: string[]): Promise<void> {
  const client = new pg.Client(inject('serverUrl'));
  await client.connect();
  try {
    for (const command of commands) await client.query(command);
  } finally {
    await client.end();
  }
}

const live = () => new URL(exchange.databaseUrl).pathname.slice(1);
/** Copies a database whole; whoever is connected to it is thrown out, as by a restart. */
async function copy(from: string, to: string): Promise<void> {
  await asSuperuser(
    `alter database ${from} allow_connections false`,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${from}'`,
    `create database ${to} template ${from}`,
    `alter database ${from} allow_connections true`,
    `alter database ${to} allow_connections true`,
  );
}
async function restore(): Promise<void> {
  await asSuperuser(`drop database ${live()} with (force)`);
  await copy(backup, live());
  exchange.forgetWrites();
}

const settings = () => ({
  DATABASE_URL: exchange.databaseUrl,
  CHADAN_DATA: exchange.directory,
  CHADAN_ISSUER: exchange.url,
  CHADAN_PORT: '0',
  CHADAN_PUBLISH_INTERVAL: '0',
});

async function restoreEpoch(...words: string[]): Promise<Ended> {
  for (const [name, value] of Object.entries(settings())) vi.stubEnv(name, value);
  try {
    return await runWords(addRestoreCommand, ['restore-epoch', ...words]);
  } finally {
    vi.unstubAllEnvs();
  }
}

async function failureToStart(): Promise<string> {
  const log = pino({ level: 'silent' });
  return startServer({ settings: readSettings(settings()), log }).then(
    async (server) => {
      await server.stop();
      return 'it started';
    },
    (error: Error) => error.message,
  );
}

/** The state once the servers are through to the database again. */
const settled = () => vi.waitFor(() => stateOf(exchange), { timeout: 20_000 });

test('versions go on after the backup, and a relay holds them', async () => {
  await submitAndVerify(exchange, mobileNumbers(150, 401));
  await publish(exchange);
  await copy(live(), backup);
  await settled();
  await submitAndVerify(exchange, mobileNumbers(10, 402));
  await publish(exchange);
  expect((await keys(exchange, 'rotate')).code).toBe(0);
  expect((await relay.sync())[0]).toMatchObject({ outcome: 'updated', version: 2, count: 160 });
  await vi.waitFor(async () =>
    expect(JSON.stringify(await fleet())).toContain('"version":2,"lagVersions":0'),
  );
});

const fleet = async () => {
  const agency = await exchange.party('agency');
  const { body } = await agency.get('/v1/relays').expect(200);
  return body.items.find(
    (item: { clientId: string; list: string }) =>
      item.clientId === party.clientId && item.list === 'sender-numbers',
  );
};

test('on a database that was set back nothing is published, and no server starts', async () => {
  await restore();
  expect(await settled()).toMatchObject({ version: 1, count: 150 });
  await submitAndVerify(exchange, mobileNumbers(5, 403));
  const agency = await exchange.party('agency');
  const { status, body } = await agency.post(`${LIST}/versions`);
  expect([status, body.code]).toEqual([503, 'history_set_back']);
  expect(body.detail).toContain('chadan restore-epoch');
  expect(await failureToStart()).toContain('run chadan restore-epoch');
  expect(await stateOf(exchange)).toMatchObject({ version: 1 });
});

test('meanwhile the relay keeps what it holds, and raises an alarm', async () => {
  const [report] = await relay.sync();
  expect(report).toMatchObject({ outcome: 'failed', version: 2, count: 160 });
  expect(alarms.splice(0)).toHaveLength(1);
});

test('restore-epoch says what it would do, and does it when told to', async () => {
  const before = await stateOf(exchange);
  const asked = await restoreEpoch();
  expect([asked.code, asked.out]).toEqual([1, expect.stringContaining('sender-numbers: version 1 of epoch')]);
  expect(await stateOf(exchange)).toEqual(before);
  const done = await restoreEpoch('--yes');
  expect([done.err, done.code]).toEqual(['', 0]);
  const after = await stateOf(exchange);
  expect(after).toMatchObject({ version: 1, count: 150, digest: before.digest, pending: { added: 5 } });
  expect(after.epoch).not.toBe(before.epoch);
  expect(done.out).toContain(`epoch ${after.epoch} begins, version 1, 150 entries`);
});

test('servers go on, those that ran and those that start, and the relay recovers by itself', async () => {
  const sequence = (await keySetOf(exchange)).sequence;
  second = await startSecond(exchange);
  expect((await keySetOf(exchange)).sequence).toBe(sequence);
  const [report] = await relay.sync();
  expect(report).toMatchObject({
    outcome: 'updated',
    how: 'snapshot',
    epochChanged: true,
    version: 1,
    count: 150,
  });
  expect(alarms).toEqual([]);
  const { epoch } = await stateOf(exchange);
  expect(epochs.at(-1)).toBe(epoch);
  await publish(exchange);
  expect((await relay.sync())[0]).toMatchObject({ outcome: 'updated', how: 'diff', version: 2, count: 155 });
  await submitAndVerify(exchange, mobileNumbers(3, 404));
  const agency = await exchange.party('agency');
  expect((await second.post(agency, `${LIST}/versions`)).status).toBe(201);
  expect((await relay.sync())[0]).toMatchObject({ outcome: 'updated', how: 'diff', version: 3, count: 158 });
  await expectOneHistory(exchange);
});

test('receipts show that the relay holds the new epoch; those of the old one are told so', async () => {
  expect(await fleet()).toMatchObject({ version: 3, lagVersions: 0, digestMatches: true });
});

test('the old epoch is gone for readers, and on record for auditors', async () => {
  const [old = '', epoch = ''] = epochs;
  const [number = ''] = mobileNumbers(1, 401);
  const auditor = await exchange.party('auditor');
  for (const path of [
    `/versions/1/snapshot?epoch=${old}`,
    `/versions/1/diff?from=0&epoch=${old}`,
    `/diff?from=0&epoch=${old}`,
    `/entries/${number}/proof?version=1&epoch=${old}`,
  ]) {
    expect((await party.get(LIST + path).expect(410)).body.code).toBe('epoch_gone');
  }
  const { body } = await auditor.get(`${LIST}/versions?epoch=${old}`).expect(200);
  expect(body.items.map(({ version }: { version: number }) => version)).toEqual([1, 0]);
  const versions = await versionsOf(exchange);
  expect(versions[1]).toMatchObject({ added: 150, note: `A new epoch after version 1 of epoch ${old}.` });
  const agency = await exchange.party('agency');
  await agency.post(`${LIST}/entries/${number}/release`, { reason: 'agency_correction' }).expect(201);
  await publish(exchange);
  const entry = await auditor.get(`${LIST}/entries/${number}`).expect(200);
  expect(entry.body.history).toMatchObject([
    { listedIn: 1, listedInEpoch: old, removedIn: 4, removedInEpoch: epoch },
  ]);
});

test('no carrier misses an outcome, though its cursor is from before', async () => {
  const carrier = await exchange.party('carrier', 'carrier one');
  const { body: before } = await carrier.get('/v1/outcomes?limit=1000').expect(200);
  const ahead = Buffer.from('500').toString('base64url'); // what was given out before the loss
  expect(before.items.length).toBeLessThan(500);
  await submitAndVerify(exchange, mobileNumbers(2, 405));
  const { body } = await carrier.get(`/v1/outcomes?after=${ahead}&limit=1000`).expect(200);
  expect(body.items.length).toBeGreaterThanOrEqual(2);
});
