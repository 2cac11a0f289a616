// A rolling upgrade: the release before and this one on one PostgreSQL behind one balancer, both taking submissions,
// decisions, publications and pulls, until the old one is stopped. Nothing that was answered is lost, and there is one
// history.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../bench/candidate-numbers.ts';
import { type Front, openFirst, startFront } from '../../scripts/chaos-front.ts';
import { type ChaosPlace, openChaosPlace } from '../../scripts/chaos-place.ts';
import { ChaosWork } from '../../scripts/chaos-work.ts';
import { OutsideView } from '../../scripts/outside-view.ts';
import { registerParty, type ServerProcess, startServerProcess } from '../../scripts/server-process.ts';
import { run, until } from '../setup/programs.ts';
import { checkOutPrevious } from './previous-release.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
/** What both releases must have done while they ran side by side. */
const DONE_BY_BOTH = ['createSubmission', 'decideCases', 'publishVersion', 'getManifest', 'getDiff'];

/** What a reader sees whose connection was kept alive at the moment that the server closed it. */
const CUT = /fetch failed|terminated|ECONNRESET|socket hang up|other side closed/;

let directory: string;
let place: ChaosPlace;
let balancer: Front;
let previous: string;
const servers: ServerProcess[] = [];
const connections = new Set<Socket>();
let turn = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-upgrade-'));
  previous = join(directory, 'previous');
  await checkOutPrevious(previous);
  place = await openChaosPlace();
  balancer = await startFront(async () => {
    const ports = servers.map(({ url }) => Number(new URL(url).port));
    const first = turn++ % Math.max(1, ports.length);
    const socket = await openFirst([...ports.slice(first), ...ports.slice(0, first)]);
    if (socket) connections.add(socket);
    return socket;
  });
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await balancer?.close();
  await place?.close();
  await rm(directory, { recursive: true, force: true });
});

const settings = () => ({
  ...place.settings,
  CHADAN_ISSUER: `http://127.0.0.1:${balancer.port}`,
  CHADAN_PORT: '0',
  CHADAN_PUBLISH_INTERVAL: '0.3',
});

/** A command of a release, with the settings of a server. */
function chadan(root: string, data: string, ...words: string[]) {
  const cli = join(root, 'src/cli.ts');
  return run(process.execPath, ['--import', import.meta.resolve('tsx'), cli, ...words], {
    env: { PATH: process.env['PATH'], TMPDIR: tmpdir(), CHADAN_DATA: data, ...settings() },
  });
}

async function doneBy({ url }: ServerProcess): Promise<Set<string>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const pattern = /^chadan_http_request_duration_seconds_count\{operation="(\w+)",status="20[01]"\} [1-9]/gm;
  return new Set([...text.matchAll(pattern)].map(([, operation]) => operation as string));
}

/** Parties at work, and a reader that follows each version, until it ends; what fails meanwhile fails there. */
function begin(work: ChaosWork, view: OutsideView) {
  const life = { over: false };
  const pull = async () => {
    while (!life.over) {
      await view.verify().catch((error: Error) => {
        if (!CUT.test(error.message)) throw error;
      });
    }
  };
  const all = Promise.all([work.run(life), work.run(life), pull()]);
  return {
    answered: () => work.counts.answered,
    all,
    end: async () => {
      life.over = true;
      await all;
    },
  };
}

/** Until so many more calls were answered. */
async function goOn({ answered, all }: ReturnType<typeof begin>, calls: number): Promise<void> {
  const from = answered();
  const enough = until(answered, (count) => count >= from + calls, 120_000);
  await Promise.race([enough, all]);
  await enough;
}

test('both releases serve side by side, the old one is stopped, and nothing is lost', async () => {
  const [oldData, newData] = [join(directory, 'old-data'), join(directory, 'new-data')];
  const old = await startServerProcess(oldData, settings(), join(previous, 'src/cli.ts'));
  servers.push(old);
  const parties = {
    carrier: await registerParty(old, 'carrier', 'carrier'),
    agency: await registerParty(old, 'agency', 'agency'),
  };
  const { credentials } = await registerParty(old, 'relay', 'relay');
  const view = new OutsideView('sender-numbers', credentials);
  const work = new ChaosWork(new Random(1), parties, view);
  let life = begin(work, view);
  await goOn(life, 30);

  await cp(join(oldData, 'keys'), join(newData, 'keys'), { recursive: true });
  const migrated = await chadan(fileURLToPath(new URL('../../', import.meta.url)), newData, 'migrate');
  expect(migrated).toMatchObject({ code: 0, out: expect.stringContaining('up to date') });
  const started = await startServerProcess(newData, { ...settings(), CHADAN_MIGRATE: 'no' }, CLI);
  servers.push(started);
  // Connections that are kept alive know the old server alone: all come anew, once nothing is under way.
  await life.end();
  for (const connection of connections) connection.destroy();
  life = begin(work, view);
  await until(
    async () => {
      await goOn(life, 20);
      const done = await Promise.all([doneBy(old), doneBy(started)]);
      return DONE_BY_BOTH.filter((operation) => !done.every((set) => set.has(operation)));
    },
    (missing) => missing.length === 0,
    120_000,
  );
  for (const { url } of servers) expect((await fetch(`${url}/readyz`)).status).toBe(200);

  servers.splice(servers.indexOf(old), 1);
  await old.stop();
  expect(old.child.exitCode).toBe(0);
  await goOn(life, 30);
  await life.end();
  await work.check();
  expect(await work.checkAllCases()).toBeGreaterThan(0);
  expect(view.versions.length).toBeGreaterThan(2);
  expect(work.counts.answered).toBeGreaterThan(100);
});

test('a relay of the release before goes on with this one', async () => {
  const file = join(directory, 'old-data/admin.json');
  const credentials = join(directory, 'relay.json');
  const words = ['--org', 'Another relay', '--kind', 'relay', '--role', 'relay', '--name', 'gateway'];
  const added = await chadan(
    previous,
    directory,
    'client',
    'add',
    ...words,
    '--out',
    credentials,
    '--credentials',
    file,
  );
  expect(added).toMatchObject({ code: 0 });
  const synced = await chadan(
    previous,
    directory,
    'sync',
    '--dir',
    join(directory, 'lists'),
    '--credentials',
    credentials,
  );
  expect(synced).toMatchObject({ code: 0, out: expect.stringMatching(/sender-numbers.*version \d+/) });
});

test('the audit record of both is one chain', async () => {
  const file = join(directory, 'old-data/admin.json');
  const credentials = join(directory, 'auditor.json');
  const words = ['--org', 'Ministry', '--kind', 'operator', '--role', 'auditor', '--name', 'audit'];
  const root = fileURLToPath(new URL('../../', import.meta.url));
  await chadan(root, directory, 'client', 'add', ...words, '--out', credentials, '--credentials', file);
  const verified = await chadan(root, directory, 'audit', 'verify', '--credentials', credentials);
  expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('chain holds') });
});
