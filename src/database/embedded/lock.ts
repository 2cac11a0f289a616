// One server process per embedded database: an advisory lock held on a connection of its own. It dies with the
// process however that dies, so a crash leaves nothing to clear, and PostgreSQL itself outlives it.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { ROLE } from './cluster.ts';
import { EmbeddedDatabaseError } from './failure.ts';
import { isAlive } from './liveness.ts';
import type { Postmaster } from './postmaster.ts';

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
/** How long PostgreSQL may take to notice the end of a killed holder, whose number may still be listed (unreaped). */
const LISTED_HOLDER_GRACE_MS = 1_000;
const GONE_HOLDER_GRACE_MS = 5_000;
const REGAIN_MS = 10_000;

/** Takes the lock or refuses, naming the process that holds it. */
export async function takeLock(options: LockOptions): Promise<Lock> {
  return new Lock(options, await acquire(options));
}

/** The lock, held for as long as PostgreSQL runs: nobody can adopt a server that is about to stop. */
export class Lock {
  readonly #options: LockOptions;
  #ending = false;

  constructor(options: LockOptions, client: pg.Client) {
    this.#options = options;
    this.#watch(client);
  }

  /** From now on the end of the connection, and of the lock with it, is meant. */
  expectEnd(): void {
    this.#ending = true;
  }

  #watch(client: pg.Client): void {
    client.on('error', (error) => {
      if (!this.#ending)
        this.#options.log(`the guard of ${this.#options.dataDir} lost its connection: ${error.message}`);
    });
    client.once('end', () => {
      if (!this.#ending) void this.#regain();
    });
  }

  // When one of its processes crashes the server ends all connections and recovers: the lock must be taken again,
  // and another process may have been quicker.
  async #regain(): Promise<void> {
    for (const deadline = Date.now() + REGAIN_MS; !this.#ending; await pause(200)) {
      try {
        const client = await acquire(this.#options);
        return this.#watch(client);
      } catch (cause) {
        const taken = cause instanceof EmbeddedDatabaseError;
        const stopped = !isAlive(this.#options.postmaster.pid) || Date.now() > deadline;
        if (!this.#ending && (taken || stopped)) return this.#reportLoss(taken, cause);
      }
    }
  }

  #reportLoss(taken: boolean, cause: unknown): void {
    const { dataDir, onLost } = this.#options;
    const reason = taken ? 'was taken over by another process' : 'has stopped';
    onLost(new EmbeddedDatabaseError('lost', `the embedded database of ${dataDir} ${reason}`, { cause }));
  }
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
  const began = Date.now();
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      KEY,
    ]);
    if (rows[0]?.taken) return;
    const holder = await findHolder(client);
    const graceMs = holder !== undefined && isAlive(holder) ? LISTED_HOLDER_GRACE_MS : GONE_HOLDER_GRACE_MS;
    if (Date.now() - began > graceMs) {
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
