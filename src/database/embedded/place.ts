// Where the embedded database lives and as whom it runs. As root PostgreSQL must run as another user, and what
// lies below a directory that this user cannot enter is kept under /var/lib/chadan instead, with the way to it
// recorded in the data directory. Never starts anew in silence when a recorded place is gone.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lchown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedDatabaseError, errno } from './failure.ts';

export interface Owner {
  uid: number;
  gid: number;
}

export interface Place {
  /** What the caller named: holds the password and, if the database is elsewhere, the way to it. */
  dataDir: string;
  /** Holds cluster, socket and, if need be, a copy of the binaries. */
  root: string;
  cluster: string;
  socket: string;
  /** Who runs PostgreSQL; undefined: the user of this process. */
  owner: Owner | undefined;
}

export interface PlaceOptions {
  sharedRoot?: string | undefined;
  serverUid?: number | undefined;
}

/** `nobody` nearly everywhere; it needs no entry in /etc/passwd. */
const SERVER_UID = 65_534;
const SHARED_ROOT = '/var/lib/chadan';
const LOCATION = 'location';
const PASSWORD = 'password';

/** Finds, or on the first start chooses and records, the place of the database of `dataDir`. */
export async function findPlace(dataDir: string, options: PlaceOptions = {}): Promise<Place> {
  const asRoot = process.getuid?.() === 0;
  if (!existsSync(dataDir)) {
    await mkdir(dataDir, { recursive: true });
    // Root's server user must pass through to its cluster, but not list what else is here.
    await chmod(dataDir, asRoot ? 0o711 : 0o700);
  }
  const real = await realpath(dataDir);
  const recorded = await readIfThere(join(real, LOCATION));
  const uid = options.serverUid ?? SERVER_UID;
  let root = real;
  if (recorded !== undefined) root = await recordedRoot(real, recorded);
  else if (asRoot && !existsSync(join(real, 'cluster')) && !(await canEnter(real, { uid, gid: uid }))) {
    root = await chooseElsewhere(real, options.sharedRoot ?? SHARED_ROOT, { uid, gid: uid });
  }
  const cluster = join(root, 'cluster');
  const owner = asRoot ? await ownerOf(cluster, uid) : undefined;
  if (owner && !(await canEnter(root, owner))) {
    throw new EmbeddedDatabaseError(
      'unreachable',
      `the database in ${root} must run as user ${owner.uid}, who may not enter that directory: ` +
        'open the directories above it (chmod o+x), or set DATABASE_URL',
    );
  }
  const place = { dataDir: real, root, cluster, socket: join(root, 'socket'), owner };
  await makeOwned(place.socket, owner);
  return place;
}

/** The password of the database, made at the first start; only the user of this process can read it. */
export async function readPassword(place: Place): Promise<string> {
  const path = join(place.dataDir, PASSWORD);
  const known = await readIfThere(path);
  if (known !== undefined) {
    await chmod(path, 0o600);
    return known;
  }
  if (existsSync(place.cluster)) {
    throw new EmbeddedDatabaseError(
      'damaged',
      `the database in ${place.root} is there, but its password ${path} is missing`,
    );
  }
  await writeOnce(path, randomBytes(32).toString('base64url'));
  return readFile(path, 'utf8');
}

/** Makes a directory that only the server's user may use. */
export async function makeOwned(path: string, owner: Owner | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (!owner) return;
  try {
    await chown(path, owner.uid, owner.gid);
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      'unreachable',
      `PostgreSQL does not run as root, and ${path} cannot be given to user ${owner.uid} ` +
        '(a container without that right?): run as an ordinary user, or set DATABASE_URL',
      { cause },
    );
  }
}

/** Gives a whole tree to `owner`, following no links. */
export async function giveTree(path: string, owner: Owner): Promise<void> {
  await lchown(path, owner.uid, owner.gid);
  for (const entry of await readdir(path, { recursive: true })) {
    await lchown(join(path, entry), owner.uid, owner.gid);
  }
}

/** Makes a rename or a new file in `directory` survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether `owner` may pass through `path` and everything above it, by the mode bits. */
export async function canEnter(path: string, owner: Owner): Promise<boolean> {
  for (let at = await realpath(path); ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at);
    const bit = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

// A cluster made by an ordinary user keeps its owner when root starts it, so that both can go on using it.
async function ownerOf(cluster: string, serverUid: number): Promise<Owner> {
  const server = { uid: serverUid, gid: serverUid };
  if (!existsSync(cluster)) return server;
  const { uid, gid } = await lstat(cluster);
  if (uid !== 0) return { uid, gid };
  await giveTree(cluster, server); // unpacked from a backup by root
  return server;
}

async function recordedRoot(dataDir: string, recorded: string): Promise<string> {
  const root = recorded.trim();
  const found = await lstat(root).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) {
    throw new EmbeddedDatabaseError(
      'damaged',
      `the database of ${dataDir} was kept in ${root}, which is gone: bring it back, ` +
        `or remove ${dataDir} to start with an empty one`,
    );
  }
  assertTrusted(root, found);
  return root;
}

// Crash before the record is written: an empty directory is left behind, and the next start makes another.
async function chooseElsewhere(dataDir: string, sharedRoot: string, owner: Owner): Promise<string> {
  const root = join(sharedRoot, `database-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(sharedRoot, { recursive: true, mode: 0o755 });
    assertTrusted(sharedRoot, await lstat(sharedRoot));
    await mkdir(root);
    await chmod(root, 0o711);
    if (!(await canEnter(root, owner))) throw new Error(`user ${owner.uid} cannot enter it either`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedDatabaseError(
      'unreachable',
      `PostgreSQL does not run as root, user ${owner.uid} cannot enter ${dataDir}, and ${sharedRoot} cannot be used ` +
        `(${reason}): choose a data directory that others may enter, run as an ordinary user, or set DATABASE_URL`,
      { cause },
    );
  }
  await writeOnce(join(dataDir, LOCATION), `${root}\n`);
  return (await readFile(join(dataDir, LOCATION), 'utf8')).trim();
}

// Trust: root runs and fills what it finds here, so nobody else may have made it or be able to change it.
function assertTrusted(path: string, found: { uid: number; mode: number; isDirectory(): boolean }): void {
  const mine = process.getuid?.() ?? found.uid;
  if (!found.isDirectory() || found.uid !== mine || (found.mode & 0o022) !== 0) {
    throw new EmbeddedDatabaseError(
      'unreachable',
      `${path} is not a directory of user ${mine} that only this user can change`,
    );
  }
}

// Whole or not at all, and the first of two writers wins: link() refuses an existing name.
async function writeOnce(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  await syncDirectory(dirname(path));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    if (errno(error) !== 'EACCES') throw error;
    throw new EmbeddedDatabaseError(
      'unreachable',
      `${path} belongs to another user: run as that user, or as root`,
      { cause: error },
    );
  }
}
