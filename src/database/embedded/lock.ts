// One server process per embedded database: an advisory lock held on a connection of its own. It dies with the
// process however that dies, so a crash leaves nothing to clear, and PostgreSQL itself outlives it.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { isAlive, ROLE } from './cluster.ts';
import { EmbeddedDatabaseError } from './failure.ts';
import type { Postmaster } from './postmaster.ts';

export interface Lock {
  /** From now on the loss of the connection is meant. The lock itself ends with the connection. */
  expectEnd(): void;
  release(): Promise<void>;
}

export interface LockOptions {
  postmaster: Postmaster;
  password: string;
  /** Named in the refusal. */
  dataDir: string;
  /** Called once when the lock is lost for good: this process must stop using the database. */
  onLost(error: EmbeddedDatabaseError): void;
  log(message: string): void;
}

const KEY = 0x63_68_61_64;
const NAME = /^chadan process (\d+)$/;
/** How long the end of a killed holder may take to be noticed. */
const HOLDER_GRACE_MS = 5_000;
const REGAIN_MS = 10_000;

/** Takes the lock or refuses, naming the process that holds it. */
export async function takeLock(options: LockOptions): Promise<Lock> {
  let client = await acquire(options);
  let ending = false;

  const watch = (): void => {
    client.on('error', (error) => {
      if (!ending) options.log(`the connection that guards ${options.dataDir} failed: ${error.message}`);
    });
    client.once('end', () => {
      if (!ending) void regain();
    });
  };

  // The server ends all connections when one of its processes crashes, then recovers: the lock must be taken again,
  // and another process may have been quicker.
  const regain = async (): Promise<void> => {
    const deadline = Date.now() + REGAIN_MS;
    for (;;) {
      try {
        const regained = await acquire(options);
        if (ending) return await regained.end();
        client = regained;
        return watch();
      } catch (cause) {
        const taken = cause instanceof EmbeddedDatabaseError;
        if (ending) return;
        if (taken || Date.now() > deadline) {
          const reason = taken ? 'was taken over by another process' : 'has stopped';
          return options.onLost(
            new EmbeddedDatabaseError('lost', `the embedded database of ${options.dataDir} ${reason}`, {
              cause,
            }),
          );
        }
      }
      await pause(200);
    }
  };

  watch();
  return {
    expectEnd() {
      ending = true;
    },
    async release() {
      ending = true;
      await client.end();
    },
  };
}

async function acquire(options: LockOptions): Promise<pg.Client> {
  const { host, port } = options.postmaster;
  const client = new pg.Client({
    host,
    port,
    user: ROLE,
    password: options.password,
    database: 'postgres',
    ssl: false,
    application_name: `chadan process ${process.pid}`,
    connectionTimeoutMillis: 5_000,
  });
  // Until it is watched a failure also rejects the call under way; without a listener it would end the process.
  const early = (): void => undefined;
  client.on('error', early);
  try {
    await client.connect();
    await wait(client, options.dataDir);
    client.off('error', early);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function wait(client: pg.Client, dataDir: string): Promise<void> {
  const deadline = Date.now() + HOLDER_GRACE_MS;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      KEY,
    ]);
    if (rows[0]?.taken) return;
    const holder = await findHolder(client);
    const living = holder !== undefined && holder !== process.pid && isAlive(holder);
    if (living || holder === process.pid || Date.now() > deadline) {
      throw new EmbeddedDatabaseError(
        'in-use',
        `the data directory ${dataDir} is in use by another server${holder ? ` (process ${holder})` : ''}: ` +
          'stop it first, or choose another data directory',
      );
    }
    await pause(50);
  }
}

async function findHolder(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ application_name: string }>(
    `select a.application_name
       from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = $1`,
    [KEY],
  );
  const pid = NAME.exec(rows[0]?.application_name ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}
