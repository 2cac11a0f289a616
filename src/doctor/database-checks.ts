// The database as a server: which host, how it keeps what was committed, its clock, its schema, the months ahead, and
// the standby that is read from.
import { type Kysely, sql } from 'kysely';
import { connect, type Database } from '../database/connection.ts';
import type { DB } from '../database/generated/schema.ts';
import { DatabaseHosts } from '../database/hosts.ts';
import { MigrationError, migrationState } from '../database/migrate.ts';
import { missingMonths } from '../database/months.ts';
import type { Settings } from '../settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const CLOCK = { warn: 5, fail: 30 };
const LAG_WARN_SECONDS = 10;

/** With several hosts: one of them, and one alone, must be the primary. */
export async function checkHosts(url: string): Promise<Finding[]> {
  const { urls } = new DatabaseHosts(url);
  if (urls.length === 1) return [];
  const states = await Promise.all(urls.map(stateOfHost));
  const findings = states.map(({ name, state, reason }) =>
    state === 'away'
      ? warn('hosts', `${name} is away: ${reason}`, 'bring it back: while it is away nothing can take over')
      : ok('hosts', `${name} is a ${state}`),
  );
  const primaries = states.filter(({ state }) => state === 'primary');
  if (primaries.length > 1) {
    const advice =
      'stop the one that was replaced at once, before two histories are signed; then pg_rewind it';
    findings.push(fail('hosts', `${primaries.length} hosts say that they are the primary`, advice));
  }
  return findings;
}

async function stateOfHost(url: string) {
  const { hostname, port, pathname } = new URL(url);
  const name = `${hostname}${port && `:${port}`}${pathname}`;
  const host = connect({ url, poolSize: 1, connectTimeoutMs: 3000 });
  try {
    const { rows } = await sql<{ standby: boolean }>`select pg_is_in_recovery() as standby`.execute(host.db);
    return { name, state: rows[0]?.standby ? 'standby' : 'primary', reason: '' } as const;
  } catch (error) {
    return { name, state: 'away', reason: (error as Error).message } as const;
  } finally {
    await host.close();
  }
}

export async function checkDatabase(
  { db }: Database,
  { database }: Pick<Settings, 'database'>,
): Promise<Finding[]> {
  const { rows } = await sql<Record<string, string>>`
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
           current_setting('full_page_writes') as full_page_writes,
           current_setting('synchronous_commit') as synchronous_commit,
           current_setting('data_checksums') as data_checksums,
           current_setting('max_connections') as max_connections`.execute(db);
  return databaseFindings(rows[0] ?? {}, database.poolSize + 1); // and the one that listens
}

/**
 * @param settings of PostgreSQL, by name, and `version`
 * @param connections that a server opens
 */
export function databaseFindings(settings: Record<string, string>, connections: number): Finding[] {
  const findings = [ok('database', `PostgreSQL ${settings['version']}`)];
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    if (settings[name] !== 'off') continue;
    const says = `${name} is off: after a crash, what was signed may be missing`;
    findings.push(fail('durability', says, `set ${name} = on in postgresql.conf, and reload`));
  }
  if (findings.length === 1) findings.push(ok('durability', 'what is committed survives a crash'));
  if (settings['data_checksums'] === 'off')
    findings.push(
      warn('checksums', 'data_checksums is off: rotten pages go unseen', 'pg_checksums --enable'),
    );
  if (Number(settings['max_connections']) < 2 * connections) {
    const says = `max_connections is ${settings['max_connections']}, and a server takes ${connections}`;
    findings.push(warn('connections', says, 'raise it to what all servers take, and what else connects'));
  }
  return findings;
}

/** @param now what this host takes the time to be */
export async function checkClock({ db }: Database, now: () => Date): Promise<Finding> {
  const before = now().getTime();
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const middle = (before + now().getTime()) / 2;
  const seconds = (middle - (rows[0]?.now.getTime() ?? middle)) / 1000;
  const says = `this host is ${Math.abs(seconds).toFixed(1)} s ${seconds < 0 ? 'behind' : 'ahead of'} the database`;
  const advice =
    'run an NTP client on both; clients are refused beyond 30 s, and relays refuse beyond 5 minutes';
  if (Math.abs(seconds) > CLOCK.fail) return fail('clock', says, advice);
  return Math.abs(seconds) > CLOCK.warn ? warn('clock', says, advice) : ok('clock', says);
}

/** Whether this program's schema is there; false in `fits` says that nothing else can be asked. */
export async function checkSchema(
  { db }: Database,
  { migrates }: Settings,
): Promise<{ fits: boolean; finding: Finding }> {
  try {
    const { applied, pending, newer } = await migrationState(db);
    if (pending.length > 0) {
      const says = `${pending.length} migrations are pending, from ${pending[0]}`;
      const advice = migrates
        ? 'start the server, which applies them, or run chadan migrate'
        : 'run chadan migrate';
      return { fits: false, finding: fail('schema', says, advice) };
    }
    if (newer.length > 0) {
      const says = `a newer release has migrated it: ${newer.join(', ')}`;
      return {
        fits: true,
        finding: warn('schema', says, 'finish the upgrade: this host runs the older one'),
      };
    }
    return { fits: true, finding: ok('schema', `up to date (${applied.at(-1)})`) };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const advice = 'run the release that fits this database';
    return { fits: false, finding: fail('schema', error.message, advice) };
  }
}

export async function checkMonths({ db }: Database, now: Date): Promise<Finding> {
  const missing = await missingMonths(db, now);
  if (missing.length === 0) return ok('partitions', 'the next month is made');
  const advice = 'run chadan migrate each month, or let the servers own their tables';
  return warn('partitions', `missing: ${missing.join(', ')}; their rows will lie in …_other`, advice);
}

/** The standby that is read from: of the same exchange, following, and not far behind. */
export async function checkStandby({ db }: Database, url: string | undefined): Promise<Finding[]> {
  if (url === undefined) return [];
  const standby = connect({ url, poolSize: 1, connectTimeoutMs: 3000 });
  try {
    return [await standbyFinding(db, standby.db)];
  } catch (error) {
    const says = `${(error as Error).message}`;
    return [
      fail('standby', says, 'bring it back, or unset CHADAN_READ_DATABASE_URL; the primary serves meanwhile'),
    ];
  } finally {
    await standby.close();
  }
}

async function standbyFinding(db: Kysely<DB>, standby: Kysely<DB>): Promise<Finding> {
  const epochs = (of: Kysely<DB>) => of.selectFrom('list').select(['id', 'epoch']).orderBy('id').execute();
  if (JSON.stringify(await epochs(db)) !== JSON.stringify(await epochs(standby))) {
    const advice = 'let CHADAN_READ_DATABASE_URL name a standby of DATABASE_URL';
    return fail('standby', 'it does not hold the history of the primary', advice);
  }
  const { rows } = await sql<{ standby: boolean; lag: number | null }>`
    select pg_is_in_recovery() as standby,
           case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
                else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 end as lag`.execute(
    standby,
  );
  const { standby: isStandby, lag } = rows[0] ?? {};
  if (!isStandby) return warn('standby', 'it is no standby', 'name a standby, so that the primary is spared');
  return lagFinding(lag ?? 0);
}

/** @param seconds that the standby is behind */
export function lagFinding(seconds: number): Finding {
  const says = `${seconds.toFixed(1)} s behind`;
  const advice = 'look at pg_stat_replication; until it has a version, the primary is read';
  return seconds > LAG_WARN_SECONDS ? warn('standby', says, advice) : ok('standby', says);
}
