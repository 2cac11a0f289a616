// Where chaos happens: a temporary directory, a PostgreSQL of its own that outlives the servers and can be
// restarted, and a fixed way to it.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../src/database/embedded.ts';
import { openDatabase, startFront, urlThrough } from './chaos-front.ts';

export interface ChaosPlace {
  /** The data directory of the servers. */
  data: string;
  /** A free port. */
  port: number;
  /** The database's URL where PostgreSQL is at present. */
  databaseUrl(): string;
  /** What servers need: the database by its fixed way, the issuer on `port`. */
  settings: Record<'DATABASE_URL' | 'CHADAN_ISSUER' | 'CHADAN_RATE_WRITE' | 'CHADAN_RATE_READ', string>;
  /** Stops PostgreSQL as an administrator would, waits, and starts it again. */
  restartDatabase(awayMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function openChaosPlace(): Promise<ChaosPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'chadan-chaos-'));
  await chmod(directory, 0o711); // as root, PostgreSQL runs as another user, who must come through
  const options = { dataDir: join(directory, 'postgres') };
  let postgres = await startEmbedded(options);
  const front = await startFront(() => openDatabase(postgres.url));
  const port = await freePort();
  return {
    data: join(directory, 'data'),
    port,
    databaseUrl: () => postgres.url,
    settings: {
      DATABASE_URL: urlThrough(front, postgres.url),
      CHADAN_ISSUER: `http://127.0.0.1:${port}`,
      CHADAN_RATE_WRITE: '0', // a few clients do the work of all
      CHADAN_RATE_READ: '0',
    },
    async restartDatabase(awayMs) {
      await postgres.stop();
      await new Promise((done) => setTimeout(done, awayMs));
      postgres = await startEmbedded(options);
    },
    async close() {
      await front.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
