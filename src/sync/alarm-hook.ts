// Runs the operator's command at each alarm, one after another. It may fail or hang without holding up a sync.
import { spawn } from 'node:child_process';
import type { SyncError } from './sync-error.ts';

export class AlarmHook {
  readonly #command: string;
  #last: Promise<void> = Promise.resolve();

  constructor(command: string) {
    this.#command = command;
  }

  run(error: SyncError): void {
    this.#last = this.#last.then(() => this.#spawn(error));
  }

  /** Waits for the commands under way. */
  async finish(): Promise<void> {
    await this.#last;
  }

  #spawn({ code, message, list }: SyncError): Promise<void> {
    const env = { ...process.env, CHADAN_LIST: list ?? '', CHADAN_CODE: code, CHADAN_MESSAGE: message };
    return new Promise((resolve) => {
      // Its output is for people: stdout may be for machines.
      const child = spawn(this.#command, { shell: true, env, stdio: ['ignore', 2, 'inherit'] });
      const end = (how: string | undefined) => {
        if (how !== undefined) process.stderr.write(`chadan: the command of --on-alarm ${how}\n`);
        resolve();
      };
      child.once('error', ({ message: why }) => end(`cannot run: ${why}`));
      child.once('close', (status, signal) =>
        end(status === 0 ? undefined : `failed (${signal ?? `exit code ${status}`})`),
      );
    });
  }
}
