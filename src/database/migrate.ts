// Brings the schema to the files of db/migrations, forward only and all or nothing. A file that was applied is
// history: one that changed or vanished since is refused, for the schema would no longer be what the files say. A
// database that is newer than this program is taken as it is, so that two releases can serve it at once, unless one of
// the migrations that it has beyond ours says that it is breaking.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Kysely, type Migration, Migrator, sql } from 'kysely';

/** db/migrations of this package: as far from src/database as from dist/database. */
const MIGRATIONS = fileURLToPath(new URL('../../db/migrations/', import.meta.url));

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
const MINIMUM_VERSION = 15;

/** The first line of a migration that an older program cannot live with; all others only add. */
const BREAKING = /^-- breaking:/i;

interface MigrationFile {
  name: string;
  text: string;
  checksum: string;
  breaking: boolean;
}

/** Names of migrations, in order. */
export interface MigrationState {
  applied: string[];
  /** Of this program, and not applied yet. */
  pending: string[];
  /** Applied by a newer program. */
  newer: string[];
}

/** The migrations and this database do not fit; the message says how. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

// biome-ignore lint/suspicious/noExplicitAny: migrations run before there is a schema to type
type AnyDatabase = Kysely<any>;

/** Applies what is missing, in one transaction, and returns the names applied. Two servers at once: one waits. */
export async function migrate(db: AnyDatabase, options: { directory?: string } = {}): Promise<string[]> {
  await checkServer(db);
  const files = await readMigrations(options.directory ?? MIGRATIONS);
  return db.connection().execute(async (connection) => {
    // Waiting for the other server, and filling a big table, may take longer than any ordinary statement.
    await sql`select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)`.execute(
      connection,
    );
    try {
      await createChecksums(connection);
      const { pending } = compare(files, await readApplied(connection));
      return pending.length > 0 ? await runMigrations(connection, files) : [];
    } finally {
      await sql`reset statement_timeout`.execute(connection);
      await sql`reset lock_timeout`.execute(connection);
    }
  });
}

/** Whether this program can work on the database; for readiness. Fails if the database cannot be asked. */
export async function isMigrated(db: AnyDatabase, options: { directory?: string } = {}): Promise<boolean> {
  try {
    return (await migrationState(db, options)).pending.length === 0;
  } catch (error) {
    if (error instanceof MigrationError) return false;
    throw error;
  }
}

/**
 * What has been applied and what has not, without changing anything.
 * @throws MigrationError where this program and the database do not fit
 */
export async function migrationState(
  db: AnyDatabase,
  options: { directory?: string } = {},
): Promise<MigrationState> {
  const files = await readMigrations(options.directory ?? MIGRATIONS);
  const { rows } = await sql<{
    there: boolean;
  }>`select to_regclass('migration_checksum') is not null as there`.execute(db);
  return compare(files, rows[0]?.there ? await readApplied(db) : []);
}

/** Refuses servers that are too old, and databases that cannot hold Korean text. */
export async function checkServer(db: AnyDatabase): Promise<void> {
  const { rows } = await sql<{ version: string; number: number; encoding: string }>`
    select current_setting('server_version') as version,
           current_setting('server_version_num')::int as number,
           current_setting('server_encoding') as encoding`.execute(db);
  const server = rows[0];
  if (!server) throw new MigrationError('the server does not tell its version');
  if (Math.floor(server.number / 10_000) < MINIMUM_VERSION) {
    throw new MigrationError(`PostgreSQL ${MINIMUM_VERSION} or newer is needed, this is ${server.version}`);
  }
  if (server.encoding !== 'UTF8') {
    throw new MigrationError(`the database must have the encoding UTF8, this one has ${server.encoding}`);
  }
}

async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const files: MigrationFile[] = [];
  for (const name of names) {
    if (!FILE_NAME.test(name))
      throw new MigrationError(`${join(directory, name)} is not named NNNN_name.sql`);
    if (files.some((file) => file.name.slice(0, 4) === name.slice(0, 4))) {
      throw new MigrationError(`two migrations have the number ${name.slice(0, 4)} in ${directory}`);
    }
    // A checkout on another system may have changed the line ends: that is no change.
    const text = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(text).digest('hex');
    files.push({ name: name.slice(0, -4), text, checksum, breaking: BREAKING.test(text) });
  }
  return files;
}

/** Servers of the release before go on while this runs. Where they never let go of all tables, locks are waited for. */
const PATIENCE_SECONDS = 30;
/** Others may then hold in another order what a migration locks. */
const ATTEMPTS = 10;
const DEADLOCK = '40P01';

async function runMigrations(
  connection: AnyDatabase,
  files: MigrationFile[],
  attempt = 1,
): Promise<string[]> {
  const [first] = compare(files, await readApplied(connection)).pending;
  const migrations = Object.fromEntries(
    files.map((file) => [file.name, migrationOf(file, file.name === first)]),
  );
  const migrator = new Migrator({ db: connection, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if ((error as { code?: string } | undefined)?.code === DEADLOCK && attempt < ATTEMPTS)
    return runMigrations(connection, files, attempt + 1);
  if (error !== undefined) {
    const failed = results.find(({ status }) => status === 'Error');
    const reason = error instanceof Error ? error.message : String(error);
    const subject = failed ? `migration ${failed.migrationName}` : 'the migrations';
    throw new MigrationError(`${subject} failed, nothing was changed: ${reason}`, { cause: error });
  }
  return results.map(({ migrationName }) => migrationName);
}

function migrationOf(file: MigrationFile, isFirst: boolean): Migration {
  return {
    async up(db) {
      if (isFirst) await holdTables(db);
      await sql.raw(file.text).execute(db);
      const { name, checksum, breaking } = file;
      await sql`
        insert into migration_checksum (name, sha256, breaking) values (${name}, ${checksum}, ${breaking})`.execute(
        db,
      );
    },
  };
}

/**
 * Takes all tables for this transaction at a moment in which nobody holds one. Until then none is held: whoever is at work
 * is neither kept waiting nor in a circle with this.
 */
async function holdTables(db: AnyDatabase): Promise<void> {
  await sql
    .raw(`
    do $$
    declare
      deadline timestamptz := clock_timestamp() + interval '${PATIENCE_SECONDS} seconds';
      tables text := (
        select string_agg(format('%I', relname), ', ') from pg_class
         where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition and pg_has_role(relowner, 'usage')
           and relname not like 'kysely%' and relname <> 'migration_checksum');
    begin
      while tables is not null and clock_timestamp() < deadline loop
        begin
          execute format('lock table %s in access exclusive mode nowait', tables);
          return;
        exception when lock_not_available then
          perform pg_sleep(0.05);
        end;
      end loop;
    end $$`)
    .execute(db);
}

// `if not exists` alone can fail when two servers create at the same instant: one at a time.
async function createChecksums(connection: AnyDatabase): Promise<void> {
  await sql
    .raw(`
    do $$ begin
      perform pg_advisory_xact_lock(hashtextextended('migration checksums', 0));
      create table if not exists migration_checksum (name text primary key, sha256 text not null);
      alter table migration_checksum add column if not exists breaking boolean not null default false;
    end $$`)
    .execute(connection);
}

interface AppliedMigration {
  name: string;
  sha256: string;
  breaking: boolean;
}

/** Throws MigrationError where what was applied is not what the files say. */
function compare(files: MigrationFile[], rows: AppliedMigration[]): MigrationState {
  const known = new Map(files.map((file) => [file.name, file]));
  const applied = new Map(rows.map((row) => [row.name, row]));
  const pending = files.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
  const newest = files.at(-1)?.name ?? '';
  for (const { name, sha256, breaking } of rows) {
    const file = known.get(name);
    if (file === undefined && (name < newest || pending.length > 0)) {
      throw new MigrationError(
        `migration ${name} was applied to this database, but its file is missing: is this program older?`,
      );
    }
    if (file === undefined && breaking) {
      throw new MigrationError(
        `migration ${name} was applied to this database by a newer program, and this one cannot work with it: upgrade`,
      );
    }
    if (file !== undefined && file.checksum !== sha256) {
      throw new MigrationError(
        `migration ${name} was applied to this database, and its file was changed since: add a new one instead`,
      );
    }
  }
  const names = rows.map(({ name }) => name);
  return { applied: names, pending, newer: names.filter((name) => !known.has(name)) };
}

/** As JSON: a table that an older program made has no column `breaking`. */
async function readApplied(db: AnyDatabase): Promise<AppliedMigration[]> {
  const { rows } = await sql<AppliedMigration>`
    select name, sha256, coalesce((to_jsonb(m) ->> 'breaking')::boolean, false) as breaking
      from migration_checksum m order by name`.execute(db);
  return rows;
}
