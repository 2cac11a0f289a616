// `chadan relay` as a program of its own, found when it says where it listens.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const CLI = new URL('../../src/cli.ts', import.meta.url).pathname;

export class SidecarProgram {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #said: { err: string };

  private constructor(url: string, child: ChildProcess, said: { err: string }) {
    this.url = url;
    this.#child = child;
    this.#said = said;
  }

  static async start(args: string[], credentials?: string): Promise<SidecarProgram> {
    const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'relay', '--port', '0', ...args], {
      env: { ...process.env, CHADAN_CREDENTIALS: credentials ?? '' },
    });
    const said = { err: '' };
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk));
    let out = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      out += chunk;
      const url = /listening on (\S+)/.exec(out)?.[1];
      if (url === undefined) continue;
      child.stdout.resume();
      return new SidecarProgram(url, child, said);
    }
    throw new Error(`the sidecar ended: ${said.err}`);
  }

  get stderr(): string {
    return this.#said.err;
  }

  async get(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(this.url + path, { headers });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }

  /** The first answer of which this holds; a test that waits for ever is ended by its own time limit. */
  async until(path: string, holds: (answer: { status: number; body: Answer }) => boolean): Promise<Answer> {
    for (;;) {
      const answer = await this.get(path);
      if (holds(answer)) return answer.body;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, 'close');
    this.#child.kill(signal);
    return (await ended)[0] as number | null;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the answers' shapes are what the tests are about
type Answer = any;
