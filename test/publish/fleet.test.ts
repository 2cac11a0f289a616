// What the agency and the auditor see of all relays: who pulled when, who listens, who is late.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { importPrivateJwk } from '../../src/list/key-set.ts';
import { signReceipt } from '../../src/list/receipt.ts';
import { type SecondServer, startSecond } from '../server/second-server.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { followRaw } from './event-reader.ts';
import { LIST, stateOf } from './published.ts';

let exchange: TestExchange;
let second: SecondServer;
beforeAll(async () => {
  exchange = await startExchange();
  second = await startSecond(exchange);
});
afterAll(async () => {
  await second.stop();
  await exchange.stop();
});

interface Relay {
  clientId: string;
  list: string;
  state: string;
  lastPullAt: string | null;
  connected: boolean;
}

async function fleet(): Promise<Relay[]> {
  const auditor = await exchange.party('auditor');
  return (await auditor.get('/v1/relays').expect(200)).body.items;
}

async function seen(relay: Party, list = 'sender-numbers'): Promise<Relay | undefined> {
  return (await fleet()).find((row) => row.clientId === relay.clientId && row.list === list);
}

async function acknowledge(relay: Party): Promise<void> {
  const { epoch, version, digest, count } = await stateOf(exchange);
  const iat = Math.floor(exchange.now().getTime() / 1000);
  const state = { sub: 'sender-numbers', epoch, version, digest, count };
  const claims = { iss: relay.clientId, aud: exchange.url, iat, ...state };
  const jws = signReceipt(claims, importPrivateJwk(relay.credentials.privateKey));
  await relay.post(`${LIST}/receipts`, jws).type('application/jwt').expect(204);
}

test('the last pull of a relay is seen, from whichever server it pulled', { timeout: 240_000 }, async () => {
  const relay = await exchange.party('relay', 'pulling');
  const other = await exchange.party('relay', 'pulling elsewhere');
  const from = exchange.now().getTime();
  await relay.get(`${LIST}/manifest`).expect(200);
  expect((await second.get(other, `${LIST}/manifest`)).status).toBe(200);
  for (const party of [relay, other]) {
    const row = await vi.waitFor(
      async () => {
        const found = await seen(party);
        expect(found?.lastPullAt).not.toBeNull();
        return found;
      },
      { timeout: 10_000, interval: 100 },
    );
    expect(Date.parse(row?.lastPullAt ?? '')).toBeGreaterThanOrEqual(from);
    expect(await seen(party, 'originator-codes')).toMatchObject({ lastPullAt: null });
  }
  // Asked for again with the ETag it has: it came, though nothing was sent.
  const { headers } = await relay.get(`${LIST}/manifest`).expect(200);
  const before = (await seen(relay))?.lastPullAt ?? '';
  await relay
    .get(`${LIST}/manifest`)
    .set('If-None-Match', headers['etag'] ?? '')
    .expect(304);
  await vi.waitFor(async () => expect((await seen(relay))?.lastPullAt ?? '').toSatisfy((at) => at > before), {
    timeout: 10_000,
    interval: 100,
  });
});

test('who follows the events is seen as connected, and not for long after', {
  timeout: 240_000,
}, async () => {
  const relay = await exchange.party('relay', 'listening');
  const reader = followRaw(second.url, await relay.token());
  await reader.events(1);
  await vi.waitFor(async () => expect(await seen(relay)).toMatchObject({ connected: true }), {
    timeout: 25_000,
    interval: 200,
  });
  expect(await seen(relay, 'originator-codes')).toMatchObject({ connected: false });
  reader.close();
  const now = exchange.now().getTime();
  exchange.setTime(new Date(now + 36_000));
  expect(await seen(relay)).toMatchObject({ connected: false });
  exchange.setTime(new Date(now));
});

test('a relay is current, behind, and stale after five minutes', async () => {
  const relay = await exchange.party('relay', 'late');
  await submitAndVerify(exchange, mobileNumbers(1, 501));
  await publish(exchange);
  await acknowledge(relay);
  expect(await seen(relay)).toMatchObject({ state: 'current', lagVersions: 0 });
  await submitAndVerify(exchange, mobileNumbers(1, 502));
  await publish(exchange);
  expect(await seen(relay)).toMatchObject({ state: 'behind', lagVersions: 1 });
  const now = exchange.now().getTime();
  exchange.setTime(new Date(now + 301_000));
  expect(await seen(relay)).toMatchObject({ state: 'stale', lagVersions: 1 });
  exchange.setTime(new Date(now));
  await acknowledge(relay);
  expect(await seen(relay)).toMatchObject({ state: 'current' });
});

test('a relay that holds the newest version and comes no more is stale once its manifest is no good', async () => {
  const relay = await exchange.party('relay', 'gone');
  await acknowledge(relay);
  await relay.get(`${LIST}/manifest`).expect(200);
  await vi.waitFor(async () => expect((await seen(relay))?.lastPullAt).not.toBeNull(), {
    timeout: 10_000,
    interval: 100,
  });
  expect(await seen(relay)).toMatchObject({ state: 'current' });
  const now = exchange.now().getTime();
  exchange.setTime(new Date(now + 86_401_000));
  expect(await seen(relay)).toMatchObject({ state: 'stale', lagVersions: 0 });
  exchange.setTime(new Date(now));
});

test('chadan relays shows the fleet as a table and as JSON, and says by its exit code whether all is well', async () => {
  const auditor = await exchange.party('auditor');
  const table = await chadan('relays', '--credentials', auditor.credentialsFile);
  const [headings, ...rows] = table.stdout.trimEnd().split('\n');
  expect(headings).toMatch(/^ORGANIZATION +CLIENT +LIST +STATE +VERSION +BEHIND +LAST PULL +EVENTS$/);
  expect(rows).toHaveLength((await fleet()).length);
  expect(rows.find((row) => /^late +system +sender-numbers/.test(row))).toMatch(/ current +\d+ +0 /);
  expect(rows.find((row) => /^listening +system +sender-numbers/.test(row))).toMatch(/ SILENT +- +- +never/);
  expect(table.code).toBe(2); // some are silent
  const json = await chadan('relays', '--json', '--credentials', auditor.credentialsFile);
  expect(JSON.parse(json.stdout)).toEqual(await fleet());
  const relay = await exchange.party('relay', 'late');
  const refused = await chadan('relays', '--credentials', relay.credentialsFile);
  expect([refused.code, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toMatch(/^chadan: .*insufficient_scope/);
});

async function chadan(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), cli, ...words]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}
