// Programs that benches measure beside ours, found on this machine or said to be missing; each runs in a directory of
// its own on loopback and ends with `stop`.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Where systems keep servers that are not for everyone's PATH. */
const MORE_PLACES = ['/usr/sbin', '/usr/local/sbin', '/sbin'];

/** The path of a program; undefined where there is none. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const directory of [...(process.env['PATH'] ?? '').split(delimiter), ...MORE_PLACES]) {
    const path = join(directory, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** Ports of loopback that were free a moment ago, for TCP. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** A child of ours, ended by its own id. */
export class Daemon {
  readonly child: ChildProcess;
  #said = '';
  readonly #ended: Promise<unknown>;

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const listen = (text: string) => {
      this.#said = (this.#said + text).slice(-4000);
    };
    this.child.stdout?.setEncoding('utf8').on('data', listen);
    this.child.stderr?.setEncoding('utf8').on('data', listen);
    this.#ended = once(this.child, 'close');
    this.#ended.catch(() => undefined); // a program that cannot be started says so in `until`
  }

  /** Starts a program and waits for the first line that it prints. */
  static async withFirstLine(program: string, args: readonly string[]): Promise<[Daemon, string]> {
    const daemon = new Daemon(program, args);
    const line = await daemon.until(async () => {
      const [first, rest] = daemon.#said.split('\n', 2);
      if (first === undefined || rest === undefined) throw new Error('it said nothing yet');
      return first;
    });
    return [daemon, line];
  }

  /** Waits until a question is answered without a throw; throws with what the program said after the deadline. */
  async until<T>(ask: () => Promise<T>, deadlineMs = 60_000): Promise<T> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (this.child.exitCode !== null || Date.now() > deadline)
          throw new Error(`${this.child.spawnfile}: ${this.#said.trim()}`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.#ended;
  }
}

export interface Load {
  url: string;
  headers: Record<string, string>;
  seconds: number;
  connections: number;
}

/** Requests a second by wrk on one thread; throws when an answer was an error. */
export async function requestsASecond(wrk: string, { url, headers, seconds, connections }: Load) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency'];
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
  const { stdout } = await run(wrk, [...args, url]);
  if (/Non-2xx or 3xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`wrk said: ${stdout}`);
  return Number(rate);
}
