// Programs from outside npm that a test starts, asks and stops by itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

/** Where programs of servers are installed, though not every user's PATH has it. */
const SYSTEM_PATHS = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The path of a program, or a word that says which package has it. */
export async function programPath(name: string, debianPackage: string): Promise<string> {
  const places = [...(process.env['PATH'] ?? '').split(':'), ...SYSTEM_PATHS];
  for (const place of places) {
    const path = join(place, name);
    if (await isExecutable(path)) return path;
  }
  throw new Error(`${name} is not installed: apt-get install ${debianPackage}`);
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A port on loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks again and again until it holds; what was seen last is in the error. */
export async function until<T>(
  ask: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  ms = 30_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    let seen: T | undefined;
    let failure: unknown;
    try {
      seen = await ask();
      if (holds(seen)) return seen;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline)
      throw new Error(`waited in vain; seen last: ${JSON.stringify(seen)}`, { cause: failure });
    await after(25);
  }
}

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** A program that runs until the test stops it, with all that it says. */
export class RunningProgram {
  readonly child: ChildProcess;
  output = '';
  readonly #closed: Promise<unknown>;

  constructor(command: string, args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
    // A group of its own: what it starts, or leaves behind when it starts itself anew, ends with it.
    this.child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    process.once('exit', this.#kill);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk;
      });
    this.#closed = new Promise((resolve) => {
      this.child.once('close', resolve);
      this.child.once('error', resolve);
    });
  }

  /** What it says from here on is new. */
  forget(): void {
    this.output = '';
  }

  /** Waits until it says, or has said since `forget`, something. */
  async says(pattern: RegExp): Promise<void> {
    await until(
      () => this.output,
      (output) => pattern.test(output),
    );
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Asks it to end; what does not is ended. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    const impatience = setTimeout(this.#kill, 3000);
    await this.#closed;
    clearTimeout(impatience);
    process.off('exit', this.#kill);
  }

  readonly #kill = (): void => this.#signal('SIGKILL');

  #signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      // The whole group is gone already.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: string[],
  options: { input?: string; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Ended> {
  const { input = '', ...rest } = options;
  const child = spawn(command, args, rest);
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk));
  child.stdin.on('error', () => {}); // it may end before it has read all: its exit code tells
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...ended, code };
}
