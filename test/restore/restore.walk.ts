// The operator's way after a loss, with the commands of the manual: backup, more versions, restore, a new epoch, and
// relays that recover by themselves. Once with pg_dump and pg_restore, once with a base backup.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { postJson, readPages } from '../../scripts/demo-api.ts';
import { type ServerProcess, startServerProcess } from '../../scripts/server-process.ts';
import { readCredentials } from '../../src/client/credentials.ts';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { Postgres } from '../setup/postgres.ts';
import { freePort } from '../setup/programs.ts';
import { mobileNumbers } from '../setup/walk.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const ISSUER = 'http://127.0.0.1';

let directory: string;
let postgres: Postgres;
let server: ServerProcess | undefined;
/** The same over all starts, for the issuer has it. */
let port: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-restore-'));
  await chmod(directory, 0o755);
  postgres = await Postgres.create(join(directory, 'postgres'));
  await postgres.run('createdb', '-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'chadan', 'chadan');
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await postgres.stop();
  await rm(directory, { recursive: true });
});

const settings = () => ({
  DATABASE_URL: postgres.url('chadan'),
  CHADAN_DATA: join(directory, 'data'),
  CHADAN_ISSUER: `${ISSUER}:${port}`,
  CHADAN_PORT: String(port),
});

async function serve(): Promise<void> {
  server = await startServerProcess(join(directory, 'data'), settings());
}

async function chadan(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CLI, ...words], {
    env: { ...process.env, ...settings() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = { out: '', err: '' };
  child.stdout.on('data', (text: Buffer) => (ended.out += text));
  child.stderr.on('data', (text: Buffer) => (ended.err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...ended };
}

const file = (name: string) => join(directory, name);
const as = async (name: string) => new ExchangeClient(await readCredentials(file(`${name}.json`)));

async function register(org: string, kind: string, role: string, name: string): Promise<void> {
  const words = [
    '--org',
    org,
    '--kind',
    kind,
    '--role',
    role,
    '--name',
    'system',
    '--out',
    file(`${name}.json`),
  ];
  const added = await chadan('client', 'add', ...words, '--credentials', join(directory, 'data/admin.json'));
  expect(added).toMatchObject({ code: 0 });
}

/** A further version with as many more numbers. */
async function publishMore(count: number, seed: number): Promise<void> {
  const candidates = mobileNumbers(count, seed).map((value) => ({
    type: 'sender_number',
    value,
    category: 'gambling',
    reports: 60,
  }));
  await postJson(await as('kt'), '/v1/submissions', { candidates });
  const agency = await as('kisa');
  const open = await readPages<{ id: string; revision: number }>(agency, '/v1/cases', { status: 'open' });
  const cases = open.map(({ id, revision }) => ({ id, revision }));
  await postJson(agency, '/v1/decisions', { cases, verdict: 'verify' });
  await postJson(agency, '/v1/lists/sender-numbers/versions', { confirmMassChange: true });
}

const sync = () =>
  chadan('sync', '--dir', file('lists'), '--list', 'sender-numbers', '--credentials', file('relay.json'));

/** From the first version to the recovery; `backup` and `restore` are what differs. */
async function walk(backup: () => Promise<void>, restore: () => Promise<void>): Promise<void> {
  port = await freePort();
  await serve();
  await register('KT', 'carrier', 'carrier', 'kt');
  await register('KISA', 'agency', 'agency', 'kisa');
  await register('Relay One', 'relay', 'relay', 'relay');
  await publishMore(1500, 1);
  await backup();
  await publishMore(20, 2);
  expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('1520 entries') });
  await server?.stop();
  server = undefined;
  await restore();

  const refused = await chadan('serve');
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('chadan restore-epoch')]);
  expect((await chadan('restore-epoch')).code).toBe(1);
  const begun = await chadan('restore-epoch', '--yes');
  expect(begun).toMatchObject({ code: 0, out: expect.stringContaining('version 1, 1500 entries') });
  await serve();
  const recovered = await sync();
  expect(recovered).toMatchObject({ code: 0, out: expect.stringContaining('version 1 by snapshot') });
  expect(recovered.err).toContain('began a new history');
  await publishMore(5, 3);
  expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('version 2 by diff') });
  const { items } = await (await as('kisa')).requestJson<{ items: object[] }>('/v1/relays');
  expect(items).toContainEqual(
    expect.objectContaining({ list: 'sender-numbers', version: 2, lagVersions: 0, digestMatches: true }),
  );
}

const connection = () => ['-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'chadan'];

it('a database restored with pg_restore from a pg_dump', async () => {
  const dump = postgres.path('chadan.dump');
  await walk(
    () => postgres.run('pg_dump', ...connection(), '-Fc', '-f', dump, 'chadan'),
    async () => {
      await postgres.run('dropdb', ...connection(), 'chadan');
      await postgres.run('createdb', ...connection(), 'chadan');
      await postgres.run('pg_restore', ...connection(), '--exit-on-error', '-d', 'chadan', dump);
    },
  );
});

it('a server restored from a base backup', async () => {
  await walk(
    () =>
      postgres.run(
        'pg_basebackup',
        ...connection(),
        '-D',
        postgres.path('base'),
        '-X',
        'stream',
        '-c',
        'fast',
      ),
    async () => {
      await postgres.stop();
      await rm(postgres.path('cluster'), { recursive: true });
      await rename(postgres.path('base'), postgres.path('cluster'));
      await postgres.start();
    },
  );
});
