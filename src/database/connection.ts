// The way to PostgreSQL: a pool with time limits and our readings of its types, and Kysely on top.
// No error that leaves here holds the URL or its password.
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { limitCommits } from './commit-limit.ts';
import type { DB } from './generated/schema.ts';
import { clientOf, DatabaseHosts } from './hosts.ts';
import { createListener, type Listener } from './listener.ts';
import { getTypeParser } from './value-types.ts';

const STATEMENT_TIMEOUT_MS = 30_000;
/** Beyond that, what has no confirmation waits for a standby. */
const COMMIT_GRACE_MS = 2000;

export interface ConnectOptions {
  /** postgresql://user:password@host:port/database, or several hosts; its parameters win over the options here. */
  url: string;
  applicationName?: string;
  poolSize?: number;
  connectTimeoutMs?: number;
  /** How long one ordinary statement may take; 0: no limit. */
  statementTimeoutMs?: number;
  /** How long a statement may wait for a lock; 0: no limit. */
  lockTimeoutMs?: number;
  /** How long a transaction may stand idle before the server ends it. */
  idleInTransactionTimeoutMs?: number;
  /** Told of connections lost while idle and of failing listeners; nothing else hears of these. */
  onError?: (error: Error) => void;
  /** Told of each statement that has ended: its SQL with placeholders, how long it took. */
  onStatement?: (sql: string, ms: number, error?: unknown) => void;
}

export interface Database {
  db: Kysely<DB>;
  pool: pg.Pool;
  /** Hears `notify`; see Listener. */
  listen: Listener['listen'];
  close(): Promise<void>;
}

/** The database could not be reached; says where and why, never with which password. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
  readonly code = 'database-unavailable';
}

/** Prepares a pool; the first query connects. Throws only on a URL that is none. */
export function connect(options: ConnectOptions): Database {
  const onError = options.onError ?? (() => undefined);
  const hosts = new DatabaseHosts(options.url);
  const config = configOf(options, hosts);
  const target = hosts.urls.map(targetOf).join(', ');
  const pool = new ReportingPool({ ...config, max: options.poolSize ?? 10 }, hosts, target);
  // pg hides only `password`; the URL holds it too, and pools get logged.
  Object.defineProperty(pool.options, 'connectionString', { enumerable: false });
  // Ends of idle connections (57P01 when the server stops) arrive here; unheard they would end the process.
  pool.on('error', onError);
  // The pool listens to idle connections alone; one that is lost in the middle of a transaction says so here, and
  // the query that meets it fails.
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  pool.on('connect', (client) => {
    client.on('error', onError);
    if (statementTimeoutMs > 0) limitCommits(client, statementTimeoutMs + COMMIT_GRACE_MS);
  });
  const { onStatement } = options;
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement && {
      log: (event) =>
        onStatement(
          event.query.sql,
          event.queryDurationMillis,
          event.level === 'error' ? event.error : undefined,
        ),
    }),
  });
  const listener = createListener({
    open: () => open(config, hosts, target),
    onError,
  });
  let closing: Promise<unknown> | undefined;
  return {
    db,
    pool,
    listen: listener.listen,
    async close() {
      // The pool is ended by hand: Kysely ends it only if Kysely was used.
      closing ??= Promise.all([listener.close(), pool.end()]);
      await closing;
    },
  };
}

function configOf(options: ConnectOptions, hosts: DatabaseHosts): pg.ClientConfig {
  return {
    connectionString: hosts.current,
    application_name: options.applicationName ?? 'chadan',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    lock_timeout: options.lockTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000, // then every second, ten times: a partition is noticed within 20 s
    types: { getTypeParser },
  };
}

async function open(config: pg.ClientConfig, hosts: DatabaseHosts, target: string): Promise<pg.Client> {
  const Client = clientOf(hosts);
  return hosts
    .reach(async () => {
      const client = new Client(config);
      // A failure before the listener watches also rejects connect(); unheard here it would end the process.
      client.on('error', () => undefined);
      try {
        await client.connect();
        return client;
      } catch (cause) {
        await client.end();
        throw cause;
      }
    })
    .catch((cause: unknown) => {
      throw unavailable(target, cause);
    });
}

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: () => void,
) => void;

class ReportingPool extends pg.Pool {
  readonly #hosts: DatabaseHosts;
  readonly #target: string;

  constructor(config: pg.PoolConfig, hosts: DatabaseHosts, target: string) {
    super({ ...config, Client: clientOf(hosts) as unknown as new () => pg.ClientBase });
    this.#hosts = hosts;
    this.#target = target;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    const connecting = this.#hosts
      .reach(() => super.connect())
      .catch((cause: unknown) => {
        throw unavailable(this.#target, cause);
      });
    if (!callback) return connecting;
    connecting.then(
      (client) => callback(undefined, client, () => client.release()),
      (error: Error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  }
}

// Its parts, not its text; and the cause of a fault in it is left out, for it quotes the URL.
function targetOf(url: string): string {
  try {
    const { host, port, database, user } = new pg.Client(url);
    return `database ${database ?? ''} at ${host}${host.startsWith('/') ? '' : `:${port}`} as ${user ?? ''}`;
  } catch {
    throw new DatabaseUnavailable(
      'the database URL is not of the form postgresql://user:password@host:port/database',
    );
  }
}

function unavailable(target: string, cause: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable(`cannot connect to ${target}: ${reasonOf(cause)}`, { cause });
}

// `localhost` is tried on every address it has; the error of all attempts has no message of its own.
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
