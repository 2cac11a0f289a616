// A PostgreSQL of the system, with the programs that npm does not bring: in a directory of its own, on a free port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './programs.ts';

const UNPRIVILEGED = 65_534;
const DEBIAN = '/usr/lib/postgresql';

/** Where pg_dump and the server are: PG_BIN, or Debian's, the newest unless a major version is named. */
export async function findPrograms(major?: number): Promise<string> {
  const given = process.env['PG_BIN'];
  if (given) return given;
  const versions = existsSync(DEBIAN) ? await readdir(DEBIAN) : [];
  const [newest] = versions
    .filter((version) => (major === undefined ? Number(version) >= 15 : Number(version) === major))
    .filter((version) => existsSync(join(DEBIAN, version, 'bin/pg_dump')))
    .toSorted((a, b) => Number(b) - Number(a));
  if (newest === undefined)
    throw new Error(`no pg_dump ${major ?? ''} under ${DEBIAN}: set PG_BIN to its directory`);
  return join(DEBIAN, newest, 'bin');
}

export class Postgres {
  readonly #bin: string;
  readonly #directory: string;
  readonly port: number;

  readonly #settings: Record<string, string>;

  private constructor(bin: string, directory: string, port: number, settings: Record<string, string> = {}) {
    this.#settings = settings;
    this.#bin = bin;
    this.#directory = directory;
    this.port = port;
  }

  /**
   * Makes and starts a cluster below a directory that others may enter.
   * @param given programs: the directory of another PostgreSQL; settings beside the port and `fsync=off`; a password,
   *   without which everyone who comes is let in
   */
  static async create(
    directory: string,
    given: { programs?: string; settings?: Record<string, string>; password?: string } = {},
  ): Promise<Postgres> {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o755);
    if (process.getuid?.() === 0) await chown(directory, UNPRIVILEGED, UNPRIVILEGED);
    const { programs = await findPrograms(), settings, password } = given;
    const postgres = new Postgres(programs, directory, await freePort(), settings);
    const passwordFile = postgres.path('password');
    if (password !== undefined) await writeFile(passwordFile, password);
    const admission =
      password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
    const cluster = postgres.path('cluster');
    await postgres.run('initdb', '-D', cluster, '-U', 'chadan', ...admission, '-E', 'UTF8');
    await postgres.start();
    return postgres;
  }

  /** A hot standby of this server, which follows it by streaming replication. */
  async standby(directory: string): Promise<Postgres> {
    await mkdir(directory, { recursive: true });
    if (process.getuid?.() === 0) await chown(directory, UNPRIVILEGED, UNPRIVILEGED);
    const standby = new Postgres(this.#bin, directory, await freePort());
    const from = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'chadan'];
    await standby.run(
      'pg_basebackup',
      ...[...from, '-D', standby.path('cluster'), '-X', 'stream', '-c', 'fast', '-R'],
    );
    await standby.start();
    return standby;
  }

  /** Makes a standby the primary. */
  async promote(): Promise<void> {
    await this.run('pg_ctl', '-D', this.path('cluster'), '-w', 'promote');
  }

  path(...names: string[]): string {
    return join(this.#directory, ...names);
  }

  url(database: string): string {
    return `postgresql://chadan@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<void> {
    const settings = {
      ...{ port: this.port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' },
      ...this.#settings,
    };
    const options = Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' ');
    const log = this.path('log');
    await this.run('pg_ctl', '-D', this.path('cluster'), '-w', '-l', log, '-o', options, 'start');
  }

  /** @param mode `immediate` ends it as a crash does */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.run('pg_ctl', '-D', this.path('cluster'), '-w', '-m', mode, 'stop');
  }

  /** Runs a program of PostgreSQL; as root, as another user, for the server refuses root. Throws with what it said. */
  async run(program: string, ...words: string[]): Promise<void> {
    const child = spawn(join(this.#bin, program), words, {
      cwd: this.#directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(process.getuid?.() === 0 && { uid: UNPRIVILEGED, gid: UNPRIVILEGED }),
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    // Not 'close': a server that was started keeps the pipe open.
    const [code] = (await once(child, 'exit')) as [number | null];
    child.stderr.destroy();
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.trim()}`);
  }
}
