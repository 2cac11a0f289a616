// Runs the operator's command after each change, one after another in the order of the changes. It may fail or
// hang without holding up a sync.
import { spawn } from 'node:child_process';
import type { SyncReport } from './sync-report.ts';

export class ChangeHook {
  readonly #command: string;
  readonly #isJson: boolean;
  #last: Promise<void> = Promise.resolve();

  /** @param isJson keeps the command's output off stdout, which is for machines then */
  constructor(command: string, isJson: boolean) {
    this.#command = command;
    this.#isJson = isJson;
  }

  run(report: SyncReport): void {
    this.#last = this.#last.then(() => this.#spawn(report));
  }

  /** Waits for the commands under way. */
  async finish(): Promise<void> {
    await this.#last;
  }

  #spawn({ list, version, from, added, removed }: SyncReport): Promise<void> {
    const env = {
      ...process.env,
      CHADAN_LIST: list,
      CHADAN_VERSION: String(version),
      CHADAN_FROM: String(from),
      CHADAN_ADDED: String(added),
      CHADAN_REMOVED: String(removed),
    };
    return new Promise((resolve) => {
      const stdout = this.#isJson ? 2 : 'inherit';
      const child = spawn(this.#command, { shell: true, env, stdio: ['ignore', stdout, 'inherit'] });
      const end = (how: string | undefined) => {
        if (how !== undefined) process.stderr.write(`chadan: ${list}: the command of --on-change ${how}\n`);
        resolve();
      };
      child.once('error', (error) => end(`cannot run: ${error.message}`));
      child.once('close', (code, signal) =>
        end(code === 0 ? undefined : `failed (${signal ?? `exit code ${code}`})`),
      );
    });
  }
}
