// A primary and its hot standby, and an exchange on them.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { connect, type Database } from '../../src/database/connection.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { Postgres } from '../setup/postgres.ts';
import { until } from '../setup/programs.ts';

export class Replicated {
  readonly directory: string;
  readonly primary: Postgres;
  readonly standby: Postgres;
  readonly #running: Set<Postgres>;
  readonly #connections: Database[] = [];

  private constructor(directory: string, primary: Postgres, standby: Postgres) {
    this.directory = directory;
    this.primary = primary;
    this.standby = standby;
    this.#running = new Set([primary, standby]);
  }

  static async start(): Promise<Replicated> {
    const directory = await mkdtemp(join(tmpdir(), 'chadan-replicated-'));
    await chmod(directory, 0o755);
    const primary = await Postgres.create(join(directory, 'one'));
    await primary.run('createdb', '-h', '127.0.0.1', '-p', String(primary.port), '-U', 'chadan', 'chadan');
    return new Replicated(directory, primary, await primary.standby(join(directory, 'two')));
  }

  /** Both hosts in one URL, the one that was the primary first. */
  get url(): string {
    const hosts = `127.0.0.1:${this.primary.port},127.0.0.1:${this.standby.port}`;
    return `postgresql://chadan@${hosts}/chadan?target_session_attrs=read-write`;
  }

  /** An exchange that knows both hosts. */
  exchange(environment: Record<string, string> = {}): Promise<TestExchange> {
    const database = connect({ url: this.url });
    return startExchange(environment, {
      database: {
        ...{ url: this.url, db: database.db, pool: database.pool, database },
        drop: () => database.close(),
      },
    });
  }

  /** A connection to one of the servers. */
  on(postgres: Postgres): Database {
    const database = connect({ url: postgres.url('chadan') });
    this.#connections.push(database);
    return database;
  }

  /** Waits until the standby has all that the primary has committed. */
  async caughtUp(): Promise<void> {
    const { rows } = await sql<{ lsn: string }>`select pg_current_wal_lsn()::text as lsn`.execute(
      this.on(this.primary).db,
    );
    const standby = this.on(this.standby).db;
    await until(
      async () =>
        (
          await sql<{ there: boolean }>`
            select pg_last_wal_replay_lsn() >= ${rows[0]?.lsn}::pg_lsn as there`.execute(standby)
        ).rows[0]?.there,
      (there) => there === true,
      120_000,
    );
  }

  async end(postgres: Postgres, mode: 'fast' | 'immediate'): Promise<void> {
    await postgres.stop(mode);
    this.#running.delete(postgres);
  }

  async begin(postgres: Postgres): Promise<void> {
    await postgres.start();
    this.#running.add(postgres);
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    for (const postgres of this.#running) await postgres.stop('immediate');
    await rm(this.directory, { recursive: true });
  }
}
