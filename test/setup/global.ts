// One PostgreSQL for the whole run and a migrated template database in it; the tests clone the template.
// With TEST_DATABASE_URL (a superuser's) that server is used, and only what was made in it is removed.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { connect } from '../../src/database/connection.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';
import { makeMonths } from '../../src/database/months.ts';
import { databaseUrl } from './database-url.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run, as a superuser. */
    serverUrl: string;
    templateDatabase: string;
  }
}

const PREFIX = 'chadan-test-';
/** Speed before safety: nothing here has to survive a power cut. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

interface Server {
  url: string;
  stop(): Promise<void>;
}

/** Called by vitest before the first test; what it returns, after the last, failed or not. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const server = given ? { url: given, stop: async () => undefined } : await startServer();
  const template = `chadan_template_${randomBytes(6).toString('hex')}`;
  const stop = async (): Promise<void> => {
    if (given) await query(server.url, `drop database if exists ${template} with (force)`);
    await server.stop();
  };
  try {
    await query(server.url, `create database ${template} encoding 'UTF8' template template0`);
    const database = connect({ url: databaseUrl(server.url, template) });
    try {
      await migrate(database.db);
      await makeMonths(database.db, new Date());
    } finally {
      await database.close();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  provide('serverUrl', server.url);
  provide('templateDatabase', template);
  return stop;
}

async function startServer(): Promise<Server> {
  await sweepDeadRuns();
  const directory = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(directory, 0o711); // as root the server runs as another user, who must come through
  const server = await startEmbedded({ dataDir: join(directory, 'data'), overrides: { settings: SETTINGS } });
  // Ended without teardown: at least leave no server behind.
  const kill = (): void => void process.kill(server.pid, 'SIGQUIT');
  process.once('exit', kill);
  return {
    url: server.url,
    async stop() {
      process.off('exit', kill);
      await server.stop();
      await rm(server.directory, { recursive: true, force: true });
      await rm(directory, { recursive: true, force: true });
    },
  };
}

// A run that was killed leaves its server and its directory; the process in the name is gone then.
async function sweepDeadRuns(): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const name of await readdir(tmpdir())) {
    const path = join(tmpdir(), name);
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : 0;
    if (!pid || existsSync(`/proc/${pid}`) || (await lstat(path)).uid !== process.getuid?.()) continue;
    await killServer(join(path, 'data/cluster'));
    await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function killServer(cluster: string): Promise<void> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  // The number may have been given to a stranger: only a process that stands in this cluster is its server.
  const directory = pid ? await readlink(`/proc/${pid}/cwd`).catch(() => '') : '';
  if (directory === cluster) process.kill(pid, 'SIGQUIT');
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
