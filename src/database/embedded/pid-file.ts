// Reads postmaster.pid, PostgreSQL's own note of who serves a cluster, and judges whether it still holds.
// A wrong "nobody" here would let two servers write one cluster; in doubt the answer is "somebody".
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errno } from './failure.ts';
import { isAlive } from './liveness.ts';
import type { Place } from './place.ts';

export interface PidFile {
  pid: number;
  /** A directory (Unix socket) or an address. */
  host: string;
  port: number;
  ready: boolean;
  text: string;
}

/** postmaster.pid of the cluster; undefined when there is none, or it was only begun. */
export async function readPidFile(place: Place): Promise<PidFile | undefined> {
  const text = await readFile(join(place.cluster, 'postmaster.pid'), 'utf8').catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return '';
    throw error;
  });
  return parsePidFile(text, place);
}

/** Whether the server that `found` names is there: by its process, or by its socket (it may be in another container). */
export async function isRunning(found: PidFile, place: Place): Promise<boolean> {
  if (await isLocal(found, place)) return true;
  return found.host.startsWith('/') && (await answers(join(found.host, `.s.PGSQL.${found.port}`)));
}

/** Whether the number in `found` is, here, the server's process: only then may it be signalled. */
export async function isLocal(found: PidFile, place: Place): Promise<boolean> {
  return isAlive(found.pid) && (await servesCluster(found.pid, place.cluster));
}

/**
 * Prepares a postmaster.pid whose server is gone for the next start; false: someone changed it meanwhile, look again.
 *
 * PostgreSQL itself clears a file whose process is gone, but not one whose number was given to a stranger (after a
 * reboot, or in a new container). Such a file is made to name this process: a server takes its parent's number for
 * stale, and still checks by the rest of the file that no backend of the old server is left. Deleting it would
 * lose that check.
 */
export async function setAsideStalePidFile(found: PidFile, place: Place): Promise<boolean> {
  if (!isAlive(found.pid)) return true;
  const path = join(place.cluster, 'postmaster.pid');
  const claim = join(place.root, `postmaster-${randomBytes(4).toString('hex')}.pid`);
  try {
    await rename(path, claim); // of two claimants one gets it, the other finds nothing and looks again
  } catch (error) {
    if (errno(error) === 'ENOENT') return false;
    throw error;
  }
  try {
    const text = await readFile(claim, 'utf8');
    const unchanged = text === found.text;
    if (unchanged) await writeFile(claim, text.replace(/^\d+/, String(process.pid)));
    await link(claim, path);
    return unchanged;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false; // a rival's server has started
    throw error;
  } finally {
    await rm(claim, { force: true });
  }
}

function parsePidFile(text: string, place: Place): PidFile | undefined {
  const [pid, , , port, socket, listen, , status] = text.split('\n');
  if (!Number(pid)) return undefined;
  // The recorded path is of the day it started: after a move of the data directory the socket is in the new place.
  const moved = existsSync(join(place.socket, `.s.PGSQL.${port}`));
  const host = moved ? place.socket : socket || listen || '127.0.0.1';
  return { pid: Number(pid), host, port: Number(port), ready: status?.trim() === 'ready', text };
}

// Every process of a server stands in its cluster's directory.
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === 'linux') {
    return readlink(`/proc/${pid}/cwd`).then(
      (directory) => directory === cluster,
      () => false, // gone, or of another user: the server's user owns the cluster, and root may read every link
    );
  }
  const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'command=', '-p', String(pid)]).catch(
    () => ({ stdout: '' }),
  );
  return stdout.includes(`-D ${cluster}`);
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(socket);
    client.once('connect', () => resolve(true)).once('error', () => resolve(false));
    client.once('connect', () => client.destroy());
  });
}
