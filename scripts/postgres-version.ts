// All tests on a PostgreSQL of the system: `npm run test:postgres -- MAJOR [PATH …]`, by default 15, the oldest that is
// promised. Its programs are those of Debian's package, or of PG_BIN; the cluster is a new one, and is removed.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPrograms, Postgres } from '../test/setup/postgres.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** As the embedded one has them in tests. */
const SETTINGS = { synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

const [major = '15', ...paths] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), 'chadan-postgres-'));
await chmod(directory, 0o755);
try {
  const programs = await findPrograms(Number(major));
  process.stdout.write(`PostgreSQL ${major}: ${programs}\n`);
  const password = randomUUID(); // there are tests of a wrong one
  const server = join(directory, 'server');
  const postgres = await Postgres.create(server, { programs, settings: SETTINGS, password });
  try {
    const url = new URL(postgres.url('postgres'));
    url.password = password;
    process.exitCode = await test(url.href, paths);
  } finally {
    await postgres.stop();
  }
} finally {
  await rm(directory, { recursive: true });
}

/** Vitest on that server; its exit code. */
async function test(url: string, words: readonly string[]): Promise<number> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, TEST_DATABASE_URL: url };
  const child = spawn(process.execPath, [vitest, 'run', ...words], { cwd: ROOT, env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
