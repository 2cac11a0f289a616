// Makes the cluster (initdb). It is built under another name and renamed when whole, so that a start cut off
// half-way leaves nothing that a later start could take for a database.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, PLAIN_ENVIRONMENT, withPlainInitdb } from './binaries.ts';
import { EmbeddedDatabaseError, errno } from './failure.ts';
import { isAlive } from './liveness.ts';
import { giveTree, makeOwned, type Owner, type Place, syncDirectory } from './place.ts';

const run = promisify(execFile);

/** The role that owns everything in an embedded database, and the database that chadan keeps its tables in. */
export const ROLE = 'chadan';
export const DATABASE = 'chadan';

/** Makes the cluster if there is none; refuses one of another major version. */
export async function ensureCluster(place: Place, binaries: Binaries, password: string): Promise<void> {
  if (existsSync(place.cluster)) return assertVersion(place, binaries);
  await sweepDrafts(place);
  const draft = join(place.root, `init-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    const maker = await buildCluster(draft, place, binaries, password);
    if (place.owner && maker !== place.owner) await giveTree(join(draft, 'cluster'), place.owner);
    await rename(join(draft, 'cluster'), place.cluster);
    await syncDirectory(place.root);
  } catch (error) {
    // Another process was first: its cluster, made with the same password, is as good.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errno(error) ?? '')) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function buildCluster(
  draft: string,
  place: Place,
  binaries: Binaries,
  password: string,
): Promise<Owner | undefined> {
  try {
    await initialise(draft, place.owner, binaries, password);
    return place.owner;
  } catch (error) {
    // initdb, unlike the server, insists on a user with a name.
    if (!place.owner || !/could not look up effective user ID/.test(output(error))) throw explain(error);
    await rm(draft, { recursive: true, force: true });
  }
  const named = await namedUser();
  await initialise(draft, named, binaries, password).catch((error: unknown) => {
    throw explain(error);
  });
  return named;
}

async function initialise(
  draft: string,
  owner: Owner | undefined,
  binaries: Binaries,
  password: string,
): Promise<void> {
  await makeOwned(draft, owner);
  // By a file: arguments can be read by every user of the machine.
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (owner) await chown(passwordFile, owner.uid, owner.gid);
  const args = [
    ...['--pgdata', join(draft, 'cluster'), '--username', ROLE, '--pwfile', passwordFile],
    ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--data-checksums', '--no-instructions'],
    ...['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    // In postgresql.conf, where the operator may change them.
    ...['--set', 'shared_buffers=128MB', '--set', 'max_connections=100', '--set', 'random_page_cost=1.1'],
  ];
  await withPlainInitdb(binaries, (initdb) =>
    run(initdb, args, { ...owner, cwd: '/', env: PLAIN_ENVIRONMENT }),
  );
}

async function assertVersion(place: Place, binaries: Binaries): Promise<void> {
  const found = (
    await readFile(join(place.cluster, 'PG_VERSION'), 'utf8').catch((cause: unknown) => {
      throw new EmbeddedDatabaseError('damaged', `${place.cluster} is not a PostgreSQL data directory`, {
        cause,
      });
    })
  ).trim();
  if (found === binaries.major) return;
  throw new EmbeddedDatabaseError(
    'damaged',
    `the database in ${place.cluster} was made by PostgreSQL ${found}, and this is ${binaries.major}: ` +
      'dump it with the old version and load it into a new data directory',
  );
}

// Drafts of processes that died in the middle. A living one may be making the cluster right now.
async function sweepDrafts(place: Place): Promise<void> {
  for (const name of await readdir(place.root)) {
    const pid = /^init-(\d+)-/.exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    // Its initdb may live on for a moment and still write: tried again until it has failed for want of its files.
    await rm(join(place.root, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function namedUser(): Promise<Owner> {
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [, , uid, gid] = line.split(':');
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedDatabaseError(
    'unreachable',
    'PostgreSQL does not run as root, and /etc/passwd names no other user',
  );
}

function output(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'stderr' in error && typeof error.stderr === 'string' && error.stderr !== ''
    ? error.stderr
    : error.message;
}

function explain(error: unknown): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError('start', `the database could not be made: ${output(error).trim()}`, {
    cause: error,
  });
}
