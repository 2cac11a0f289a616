// Runs the PostgreSQL that comes with the package for those who have none: makes the database at the first start,
// adopts the server that a crashed process left running, refuses a second process on the same data.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, prepareBinaries, removeOldCopies } from './embedded/binaries.ts';
import { DATABASE, ensureCluster, ROLE } from './embedded/cluster.ts';
import { EmbeddedDatabaseError, errno } from './embedded/failure.ts';
import { type Lock, takeLock } from './embedded/lock.ts';
import { findPlace, type Place, type PlaceOptions, readPassword } from './embedded/place.ts';
import { ensurePostmaster, type Postmaster, stopPostmaster } from './embedded/postmaster.ts';

export { EmbeddedDatabaseError } from './embedded/failure.ts';

export interface EmbeddedOptions {
  /** The directory of this database alone; made if missing. */
  dataDir: string;
  log?: (message: string) => void;
  /** Called once if the server stops, or is taken over, while this process lives: the caller should end. */
  onLost?: (error: EmbeddedDatabaseError) => void;
  /** For tests: other places, another user, settings such as fsync=off. */
  overrides?: PlaceOptions & { native?: string; settings?: Record<string, string> };
}

export interface EmbeddedServer {
  /** With the password: never to be logged. */
  url: string;
  /** Where the data really is; not below dataDir when root's server user could not enter that. */
  directory: string;
  /** The process id of PostgreSQL. */
  pid: number;
  /** Ends all sessions, flushes and stops PostgreSQL. Close pools before, or they see 57P01. */
  stop(): Promise<void>;
}

const ADOPTION_MS = 60_000;

/** Starts, or adopts, the embedded PostgreSQL of `dataDir`. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const log = options.log ?? (() => undefined);
  const place = await findPlace(options.dataDir, options.overrides);
  if (place.root !== place.dataDir) {
    log(`the database is kept in ${place.root}: the user that runs PostgreSQL cannot enter ${place.dataDir}`);
  }
  const password = await readPassword(place);
  const binaries = await prepareBinaries(place, options.overrides?.native);
  await ensureCluster(place, binaries, password);
  const { postmaster, lock } = await occupy(place, binaries, password, options);
  try {
    await createDatabase(postmaster, password);
    if (postmaster.startedHere) await removeOldCopies(place, binaries);
  } catch (error) {
    lock.expectEnd();
    await stopPostmaster(postmaster, place);
    throw error;
  }
  log(
    `PostgreSQL ${postmaster.startedHere ? 'started' : 'adopted'} (process ${postmaster.pid}) in ${place.root}`,
  );
  return {
    url: urlOf(postmaster, password),
    directory: place.root,
    pid: postmaster.pid,
    async stop() {
      lock.expectEnd();
      await stopPostmaster(postmaster, place);
    },
  };
}

// Running and ours. A server that is just being stopped by its last user answers no more: then the next is started.
async function occupy(
  place: Place,
  binaries: Binaries,
  password: string,
  options: EmbeddedOptions,
): Promise<{ postmaster: Postmaster; lock: Lock }> {
  const log = options.log ?? (() => undefined);
  const deadline = Date.now() + ADOPTION_MS;
  for (;;) {
    const postmaster = await ensurePostmaster(place, binaries, {
      log,
      settings: options.overrides?.settings,
    });
    try {
      const onLost = options.onLost ?? ((error) => log(error.message));
      return {
        postmaster,
        lock: await takeLock({ postmaster, password, dataDir: place.dataDir, log, onLost }),
      };
    } catch (cause) {
      if (cause instanceof EmbeddedDatabaseError) throw cause;
      if (errno(cause) === '28P01') {
        throw new EmbeddedDatabaseError(
          'damaged',
          `the password in ${place.dataDir} is not that of its database`,
          { cause },
        );
      }
      if (Date.now() > deadline) {
        throw new EmbeddedDatabaseError(
          'start',
          `PostgreSQL (process ${postmaster.pid}) holds ${place.cluster} but does not answer: stop that process first`,
          { cause },
        );
      }
      await pause(50);
    }
  }
}

async function createDatabase({ host, port }: Postmaster, password: string): Promise<void> {
  const client = new pg.Client({ host, port, user: ROLE, password, database: 'postgres', ssl: false });
  // A loss of the connection also rejects the call under way; unheard it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}

// The socket's directory travels as a parameter, where spaces and letters of any script can be written.
function urlOf({ host, port }: Postmaster, password: string): string {
  if (!host.startsWith('/')) return `postgresql://${ROLE}:${password}@${host}:${port}/${DATABASE}`;
  return `postgresql://${ROLE}:${password}@localhost:${port}/${DATABASE}?host=${encodeURIComponent(host)}`;
}
