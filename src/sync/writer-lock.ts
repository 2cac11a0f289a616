// One writer at a time in a directory, among processes. A lock dies with its process: nothing is ever to be
// cleared by hand. Flag principle: everyone first raises a flag file of their own, then looks for others, so of
// two at least one sees the other; the flag of a dead process counts for nothing, and is never taken over.
import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { removeIfThere } from './durable-file.ts';
import { SyncError } from './sync-error.ts';

interface Flag {
  pid: number;
  /** When the process started, in ticks since boot; null where the system does not tell. */
  startedAt: string | null;
  /** The machine and its boot: elsewhere the pid says nothing. */
  machine: string;
}

const PREFIX = 'writer-';
const TOUCH_MS = 10_000;
/** The flag of another machine (a shared volume) counts while it was touched this recently. */
const FOREIGN_LIFE_MS = 60_000;
const RETRY_MS = 40;

export interface LockOptions {
  /** How long to wait for another writer; default 30 s. */
  waitMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs an action while no other process (and nobody else in this one) runs one for the same directory.
 * @throws SyncError `store_locked` when another writer does not end in time
 */
export async function withWriterLock<T>(
  directory: string,
  action: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const flag = join(directory, `${PREFIX}${process.pid}-${randomBytes(6).toString('hex')}`);
  await raiseFlag(directory, flag, options);
  const touching = setInterval(() => void touch(flag), TOUCH_MS);
  touching.unref();
  try {
    return await action();
  } finally {
    clearInterval(touching);
    await removeIfThere(flag);
  }
}

async function raiseFlag(
  directory: string,
  flag: string,
  { waitMs = 30_000, signal }: LockOptions,
): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    let other = await findLiveFlag(directory, flag);
    if (other === undefined) {
      await writeFile(flag, JSON.stringify(self()), { flag: 'wx' });
      other = await findLiveFlag(directory, flag);
      if (other === undefined) return;
      await removeIfThere(flag);
    }
    if (Date.now() > deadline) {
      throw new SyncError(
        'store_locked',
        `another process (${other}) is at work in ${directory}: try again later`,
      );
    }
    // Of two that saw each other both step back; the jitter tells them apart.
    await pause(RETRY_MS * (0.5 + Math.random()));
  }
}

/** The process id of another live writer; clears away the flags of the dead. */
async function findLiveFlag(directory: string, own: string): Promise<number | string | undefined> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!name.startsWith(PREFIX) || path === own) continue;
    const flag = await readFlag(path);
    if (flag === 'gone') continue;
    if (await isLive(flag, path)) return flag?.pid ?? 'unknown';
    await removeIfThere(path);
  }
  return undefined;
}

/** Undefined while its writer has created but not filled it, or where it was cut by a crash. */
async function readFlag(path: string): Promise<Flag | 'gone' | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Flag;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}

async function isLive(flag: Flag | undefined, path: string): Promise<boolean> {
  const here = self();
  if (flag !== undefined && flag.machine === here.machine) return isSameProcess(flag);
  if (flag !== undefined && isEarlierBoot(flag.machine, here.machine)) return false;
  // Another machine's, or not readable: only its age tells.
  const touchedAt = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const lifeMs = flag === undefined ? 1000 : FOREIGN_LIFE_MS;
  return Date.now() - touchedAt < lifeMs;
}

function isSameProcess({ pid, startedAt }: Flag): boolean {
  const now = startOf(pid);
  return now !== undefined && (now === null || startedAt === null || now === startedAt);
}

let identity: Flag | undefined;

function self(): Flag {
  identity ??= { pid: process.pid, startedAt: startOf(process.pid) ?? null, machine: machineName() };
  return identity;
}

function machineName(): string {
  return `${hostname()} ${readKernelFile('/proc/sys/kernel/random/boot_id')?.trim() ?? ''} ${pidNamespace()}`;
}

/** Containers on one host may share a directory, not the numbering of processes. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return ''; // not Linux
  }
}

function isEarlierBoot(theirs: string, ours: string): boolean {
  const [theirHost, theirBoot] = theirs.split(' ');
  const [ourHost, ourBoot] = ours.split(' ');
  return theirHost === ourHost && theirBoot !== '' && theirBoot !== ourBoot;
}

/** When a process started; undefined where there is none (or only a zombie), null where it cannot be told. */
function startOf(pid: number): string | null | undefined {
  const stat = readKernelFile(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // The name may hold spaces and brackets: fields count from behind it. State, then the 20th is the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? null);
  }
  try {
    process.kill(pid, 0);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? null : undefined;
  }
}

function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // not Linux, or no such process
  }
}

async function touch(flag: string): Promise<void> {
  const now = new Date();
  // Only other machines look at it; a failure to touch shortens what they grant, no more.
  await utimes(flag, now, now).catch(() => {});
}
