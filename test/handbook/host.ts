// A host as the handbook assumes one, in a temporary directory: a PostgreSQL, settings under etc/, a data directory, and
// the commands that an operator has: chadan, sudo, systemctl for the one service. Pages' exercises run on it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPrograms, Postgres } from '../setup/postgres.ts';
import { freePort } from '../setup/programs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'src/cli.ts');

export interface Exercise {
  name: string;
  script: string;
  /** What the page says that one sees, a line each; … stands for anything. */
  expected: string[];
}

/** The shell blocks of a page that are marked as exercises, each with the text block that follows it, if any. */
export async function readExercises(page: string): Promise<Exercise[]> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const blocks = text.matchAll(
    /<!-- exercise: ([\w-]+) -->\n```sh\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```\n)?/g,
  );
  return [...blocks].map(([, name = '', script = '', expected = '']) => ({
    name,
    script,
    expected: expected.split('\n').filter((line) => line.trim() !== ''),
  }));
}

/** The lines of a page that a transcript lacks, looked for in their order. */
export function missingFrom(transcript: string, expected: string[]): string[] {
  let rest = transcript;
  return expected.filter((line) => {
    const words = line
      .trim()
      .split(/\s+/)
      .map((word) => word.split('…').map(literally).join('[^\\n]*'));
    const found = new RegExp(words.join('[^\\S\\n]+')).exec(rest);
    if (found) rest = rest.slice(found.index + found[0].length);
    return !found;
  });
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export class Host {
  readonly directory: string;
  readonly url: string;
  readonly #postgres: Postgres;
  readonly #path: string;

  private constructor(directory: string, url: string, postgres: Postgres, path: string) {
    this.directory = directory;
    this.url = url;
    this.#postgres = postgres;
    this.#path = path;
  }

  static async create(): Promise<Host> {
    const directory = await mkdtemp(join(tmpdir(), 'chadan-host-'));
    await chmod(directory, 0o755);
    for (const name of ['bin', 'etc', 'data', 'work', 'backup']) await mkdir(join(directory, name));
    const postgres = await Postgres.create(join(directory, 'postgres'));
    await postgres.run('createdb', '-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'chadan', 'chadan');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    // As deploy/systemd has it: settings in one file, the database's URL in another.
    await writeFile(
      join(directory, 'etc/exchange.env'),
      `CHADAN_ISSUER=${url}\nCHADAN_PORT=${port}\nCHADAN_PUBLISH_INTERVAL=0\n`,
    );
    await writeFile(join(directory, 'etc/database-url'), `${postgres.url('chadan')}\n`);
    const path = `${join(directory, 'bin')}:${await findPrograms()}:${process.env['PATH']}`;
    const host = new Host(directory, url, postgres, path);
    await host.#install(
      'chadan',
      `exec '${process.execPath}' --import '${import.meta.resolve('tsx')}' '${CLI}' "$@"`,
    );
    await host.#install('sudo', 'exec "$@"');
    await host.#install('systemctl', SYSTEMCTL(directory));
    return host;
  }

  /** Runs a script as it stands on a page, on this host's paths and address; throws with what it said. */
  async run(script: string): Promise<string> {
    const { code, output } = await this.#bash(script);
    if (code !== 0) throw new Error(`exit code ${code}:\n${output}`);
    return output;
  }

  async #bash(script: string): Promise<{ code: number | null; output: string }> {
    const here = script
      .replaceAll('/etc/chadan', join(this.directory, 'etc'))
      .replaceAll('/var/lib/chadan', join(this.directory, 'data'))
      .replaceAll('/var/backups/chadan', join(this.directory, 'backup'))
      .replaceAll('https://lists.example', this.url);
    const child = spawn('bash', ['-c', `set -euo pipefail\n${here}`], {
      cwd: join(this.directory, 'work'),
      env: { PATH: this.#path, HOME: this.directory, LANG: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  async remove(): Promise<void> {
    await this.#bash('systemctl stop chadan');
    await this.#postgres.stop();
    await rm(this.directory, { recursive: true });
  }

  async #install(name: string, script: string): Promise<void> {
    await writeFile(join(this.directory, 'bin', name), `#!/usr/bin/env bash\n${script}\n`, { mode: 0o755 });
  }
}

/** What systemd does with chadan.service: its settings, its program, SIGTERM and waiting. */
const SYSTEMCTL = (directory: string) => `set -euo pipefail
cd '${directory}'
[ "$2" = chadan ] || { echo "no such service: $2" >&2; exit 5; }
stop() {
  [ -e pid ] || return 0
  kill -TERM "$(cat pid)" 2>/dev/null || true
  while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.1; done
  rm pid
}
start() {
  unset DATABASE_URL CHADAN_CREDENTIALS # a service has nothing of the shell that starts it
  set -a; . etc/exchange.env; set +a
  DATABASE_URL_FILE=etc/database-url CHADAN_DATA=data setsid chadan serve >log 2>&1 &
  echo $! >pid
  until grep -q 'running at' log; do
    kill -0 "$(cat pid)" 2>/dev/null || { cat log >&2; rm pid; exit 1; }
    sleep 0.1
  done
}
case $1 in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  *) echo "unknown: $1" >&2; exit 2 ;;
esac`;
