// An exchange, a directory of lists, the `chadan` command on the PATH, and the pages of docs/gateways: what they
// print is what the tests run, with other paths and ports.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ended, RunningProgram, run, until } from '../setup/programs.ts';
import { HostileExchange, problem } from '../sync/hostile-exchange.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const LISTED = '+821023456789,illegal_loan,2027-02-21';
export const LISTED_TOO = '+8215881234,gambling,permanent';
export const FOREIGN = '+14155550123,drugs,permanent';
export const LATER = '+821099998888,adult,permanent';

export class GatewayBench {
  readonly exchange: HostileExchange;
  readonly directory: string;
  readonly #page: string;
  readonly #programs: RunningProgram[] = [];
  /** What the page says, and what stands here in its place. */
  readonly places = new Map<string, string>();
  #sync: RunningProgram | undefined;

  private constructor(page: string, exchange: HostileExchange, directory: string) {
    this.#page = page;
    this.exchange = exchange;
    this.directory = directory;
    this.places.set('/var/lib/lists', join(directory, 'lists'));
  }

  static async start(page: string): Promise<GatewayBench> {
    const exchange = await HostileExchange.start();
    exchange.restart([LISTED, LISTED_TOO, FOREIGN]);
    const directory = await mkdtemp(join(tmpdir(), 'chadan-gateway-'));
    // A server that gives up its rights must still find its files.
    await chmod(directory, 0o755);
    await mkdir(join(directory, 'bin'));
    await writeFile(
      join(directory, 'bin/chadan'),
      `#!/bin/sh\nexec '${process.execPath}' --import '${import.meta.resolve('tsx')}' '${ROOT}src/cli.ts' "$@"\n`,
      { mode: 0o755 },
    );
    await writeFile(join(directory, 'relay.json'), JSON.stringify(exchange.credentials), { mode: 0o600 });
    return new GatewayBench(page, exchange, directory);
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${join(this.directory, 'bin')}:/usr/sbin:${process.env['PATH']}`,
      CHADAN_CREDENTIALS: join(this.directory, 'relay.json'),
      // Else a proxy of the machine would be asked for what is on loopback.
      no_proxy: '*',
    };
  }

  /** The block of the page that is marked with a name, with the places of here. */
  async block(name: string): Promise<string> {
    const text = await readFile(join(ROOT, 'docs/gateways', this.#page), 'utf8');
    const mark = `<!-- ${name} -->\n\`\`\``;
    const start = text.indexOf(mark);
    if (start < 0) throw new Error(`${this.#page} has no block ${name}`);
    const body = text.slice(text.indexOf('\n', start + mark.length) + 1);
    let block = body.slice(0, body.indexOf('\n```') + 1);
    for (const [there, here] of this.places) block = block.replaceAll(there, here);
    return block;
  }

  /** Writes a block into a file of the bench. */
  async writeBlock(name: string, path: string, change = (text: string) => text): Promise<void> {
    await writeFile(path, change(await this.block(name)), { mode: 0o755 });
  }

  program(command: string, args: string[], cwd = this.directory): RunningProgram {
    const program = new RunningProgram(command, args, { env: this.env, cwd });
    this.#programs.push(program);
    return program;
  }

  run(command: string, args: string[], input = ''): Promise<Ended> {
    return run(command, args, { env: this.env, cwd: this.directory, input });
  }

  /** Follows as the page says. */
  async follow(): Promise<RunningProgram> {
    this.#sync = this.program('bash', ['-c', `exec ${(await this.block('sync')).trim()}`]);
    return this.#sync;
  }

  /** Publishes, and waits for the relay to be asked for it at once rather than at the next poll. */
  async publish(lines: string[]): Promise<void> {
    await until(
      () => this.exchange.listeners,
      (listeners) => listeners > 0,
    );
    this.exchange.publish(lines);
  }

  /** Lets the exchange lie about the next version, and waits until that is told. */
  async failSync(): Promise<void> {
    const { exchange } = this;
    exchange.lies.manifest = () => problem(404, 'not_found');
    this.#sync?.forget();
    await this.publish([]);
    await this.#sync?.says(/stays in force/);
    exchange.versions.pop();
    delete exchange.lies.manifest;
  }

  async stop(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.stop();
    await this.exchange.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
