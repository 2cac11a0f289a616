// Finds the running PostgreSQL of a cluster, or starts one that outlives this process and its terminal.
// postmaster.pid decides: PostgreSQL writes it, and two servers started at once both go by it.
import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Binaries, PLAIN_ENVIRONMENT } from './binaries.ts';
import { EmbeddedDatabaseError } from './failure.ts';
import { isAlive } from './liveness.ts';
import { isLocal, isRunning, type PidFile, readPidFile, setAsideStalePidFile } from './pid-file.ts';
import { makeOwned, type Place } from './place.ts';

export interface Postmaster {
  pid: number;
  /** A directory (Unix socket) or 127.0.0.1. */
  host: string;
  port: number;
  startedHere: boolean;
}

export interface PostmasterOptions {
  settings?: Record<string, string> | undefined;
  log(message: string): void;
}

/** sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const SOCKET_PATH_LIMIT = process.platform === 'darwin' ? 103 : 107;
const SOCKET_PORT = 5432;
const PATIENCE_MS = 60_000;
/** How long a process that has given up its files may take to be gone. */
const EXIT_MS = 2000;
/** How often the log tells of a long wait. */
const WORD_MS = 10_000;

/** The server of this cluster, ready for connections: the one that runs, else a new one. */
export async function ensurePostmaster(
  place: Place,
  binaries: Binaries,
  options: PostmasterOptions,
): Promise<Postmaster> {
  const deadline = Date.now() + PATIENCE_MS;
  let nextWord = Date.now() + WORD_MS;
  for (;;) {
    const found = await readPidFile(place);
    if (found && (await isRunning(found, place))) {
      if (found.ready) return describe(found, false);
      // Starting, recovering or stopping on behalf of someone else: however long that takes.
      if (Date.now() > nextWord) {
        options.log(`waiting for PostgreSQL (process ${found.pid}), which is starting or stopping`);
        nextWord += WORD_MS;
      }
      await pause(25);
      continue;
    }
    if (found && !(await setAsideStalePidFile(found, place))) continue;
    const started = await start(place, binaries, options);
    if (started.pid !== undefined) return describe(started, true);
    // Refusals that pass: a rival was first, dying backends of a killed server, a port taken meanwhile.
    const passes = /already exists|pre-existing shared memory|Address already in use/.test(started.failure);
    if (!passes || Date.now() > deadline) {
      throw new EmbeddedDatabaseError(
        'start',
        `PostgreSQL did not start in ${place.cluster}: ${started.failure}`,
      );
    }
    await pause(100);
  }
}

/** Stops the server in an orderly way (open sessions are ended, the data is flushed) and waits until it is gone. */
export async function stopPostmaster(postmaster: Postmaster, place: Place): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const found = await readPidFile(place);
    if (found?.pid !== postmaster.pid || !(await isRunning(found, place))) return;
    // Trust: the number may name a stranger here, if the server runs in another container.
    if (!(await isLocal(found, place))) break;
    process.kill(postmaster.pid, signal);
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(20)) {
      if (await isRunning(found, place)) continue;
      // Its files are gone a moment before the process is; a stranger who got its number is not waited for long.
      const last = Date.now() + EXIT_MS;
      while (isAlive(found.pid) && Date.now() < last) await pause(20);
      return;
    }
  }
  throw new EmbeddedDatabaseError(
    'start',
    `PostgreSQL (process ${postmaster.pid}) cannot be stopped from here`,
  );
}

function describe(found: PidFile, startedHere: boolean): Postmaster {
  return { pid: found.pid, host: found.host, port: found.port, startedHere };
}

async function start(
  place: Place,
  binaries: Binaries,
  options: PostmasterOptions,
): Promise<(PidFile & { failure?: never }) | { pid?: never; failure: string }> {
  await makeOwned(place.socket, place.owner);
  // A file, not a pipe: the server goes on writing when this process is gone.
  const startLog = join(place.root, 'start.log');
  const output = await open(startLog, 'w', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(binaries.postgres, ['-D', place.cluster, ...(await settingsOf(place, options))], {
      ...place.owner,
      cwd: '/',
      env: PLAIN_ENVIRONMENT,
      detached: true, // its own session: Ctrl-C and a closed terminal reach only this process
      stdio: ['ignore', output.fd, output.fd],
    });
  } finally {
    await output.close();
  }
  child.unref();
  const failure = await untilReady(child, place, options.log);
  if (typeof failure !== 'string') return failure;
  return {
    failure: `${failure} ${(await readFile(startLog, 'utf8')).trim()} (see also ${place.cluster}/log)`,
  };
}

// No limit of time while the process lives: recovery after a power cut must not be cut short.
async function untilReady(
  child: ChildProcess,
  place: Place,
  log: (message: string) => void,
): Promise<PidFile | string> {
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `ended with ${signal ?? `code ${code}`}.`;
  });
  let nextWord = Date.now() + WORD_MS;
  while (failure === undefined) {
    const found = await readPidFile(place);
    if (found?.pid === child.pid && found?.ready) return found;
    if (Date.now() > nextWord) {
      log('PostgreSQL is still starting (it may be recovering after a crash)');
      nextWord += WORD_MS;
    }
    await pause(10);
  }
  return failure;
}

async function settingsOf(place: Place, options: PostmasterOptions): Promise<string[]> {
  const settings: Record<string, string> = {
    cluster_name: 'chadan',
    timezone: 'UTC',
    log_timezone: 'UTC',
    unix_socket_permissions: '0700',
    logging_collector: 'on', // seven files at most, a weekday each, in cluster/log
    log_directory: 'log',
    log_filename: 'postgresql-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    ...(await addressOf(place)),
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function addressOf(place: Place): Promise<Record<string, string>> {
  if (Buffer.byteLength(`${place.socket}/.s.PGSQL.${SOCKET_PORT}`) <= SOCKET_PATH_LIMIT) {
    const quoted = `"${place.socket.replaceAll('"', '""')}"`; // the setting is a list: commas would part it
    return { listen_addresses: '', unix_socket_directories: quoted, port: String(SOCKET_PORT) };
  }
  return { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(await freePort()) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
