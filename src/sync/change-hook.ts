// Runs the operator's command for each version that takes force, one after another, until it has ended with 0: what
// it ended well for is remembered in the list's directory, so that neither a failure nor a crash leaves a gateway
// behind. It may fail or hang without holding up a sync; after a failure it is tried again, less and less often.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Backoff, backoffMs } from '../client/backoff.ts';
import type { ListId } from '../list/entry.ts';
import { replaceFile } from './durable-file.ts';
import type { SyncReport } from './sync-report.ts';

export interface ChangeHookOptions {
  command: string;
  /** The directory of the lists. */
  dir: string;
  /** Keeps the command's output off stdout, which is for machines then. */
  isJson: boolean;
  /** Tries again by itself after a failure; else the next sync does. */
  isFollowing: boolean;
}

const RETRY: Backoff = { baseMs: 2000, capMs: 5 * 60_000 };

/** A report of a list that is in force. */
type InForce = SyncReport & { epoch: string; version: number };

interface Done {
  epoch: string;
  version: number;
}

export class ChangeHook {
  readonly #options: ChangeHookOptions;
  readonly #file: string;
  readonly #failures = new Map<ListId, number>();
  readonly #retries = new Map<ListId, NodeJS.Timeout>();
  #last: Promise<void> = Promise.resolve();
  #isEnding = false;

  constructor(options: ChangeHookOptions) {
    this.#options = options;
    const id = createHash('sha256').update(options.command).digest('hex').slice(0, 12);
    this.#file = `on-change-${id}.json`;
  }

  /** Runs the command if it has not ended well yet for what is in force after a sync. */
  run(report: SyncReport): void {
    if (!isInForce(report)) return;
    this.#last = this.#last.then(() => this.#runIfDue(report));
  }

  /** Waits for the commands under way; none is tried again. */
  async finish(): Promise<void> {
    this.#isEnding = true;
    for (const timer of this.#retries.values()) clearTimeout(timer);
    await this.#last;
  }

  async #runIfDue(report: InForce): Promise<void> {
    const { list, epoch, version } = report;
    clearTimeout(this.#retries.get(list));
    const path = join(this.#options.dir, list, this.#file);
    const done = await readDone(path);
    if (done?.epoch === epoch && done.version === version) return;
    const from = done?.epoch === epoch ? done.version : report.from;
    const failure = await this.#spawn({ ...report, from });
    if (failure !== undefined) {
      tell(list, `the command of --on-change ${failure}`);
      return this.#retryLater(report);
    }
    this.#failures.delete(list);
    await replaceFile(path, `${JSON.stringify({ epoch, version })}\n`).catch((error: Error) => {
      // Then it runs once more than it need.
      tell(list, `that the command of --on-change ended well is not remembered: ${error.message}`);
    });
  }

  #retryLater(report: InForce): void {
    const { list } = report;
    if (!this.#options.isFollowing || this.#isEnding) return;
    const failures = (this.#failures.get(list) ?? 0) + 1;
    this.#failures.set(list, failures);
    this.#retries.set(
      list,
      setTimeout(() => this.run(report), backoffMs(failures, Math.random, RETRY)),
    );
  }

  /** How the command failed, undefined where it did not. */
  #spawn({ list, epoch, version, from, count, added, removed }: InForce): Promise<string | undefined> {
    const { command, dir, isJson } = this.#options;
    const env = {
      ...process.env,
      CHADAN_DIR: resolve(dir),
      CHADAN_LIST: list,
      CHADAN_EPOCH: epoch,
      CHADAN_VERSION: String(version),
      CHADAN_FROM: String(from),
      CHADAN_COUNT: String(count),
      CHADAN_ADDED: String(added),
      CHADAN_REMOVED: String(removed),
    };
    return new Promise((end) => {
      const child = spawn(command, {
        shell: true,
        env,
        stdio: ['ignore', isJson ? 2 : 'inherit', 'inherit'],
      });
      child.once('error', (error) => end(`cannot run: ${error.message}`));
      child.once('close', (code, signal) =>
        end(code === 0 ? undefined : `failed (${signal ?? `exit code ${code}`})`),
      );
    });
  }
}

function isInForce(report: SyncReport): report is InForce {
  return report.version !== undefined && report.epoch !== undefined;
}

/** What a command ended well for; where that cannot be read it is run again. */
async function readDone(path: string): Promise<Done | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Done;
  } catch {
    return undefined;
  }
}

function tell(list: string, what: string): void {
  process.stderr.write(`chadan: ${list}: ${what}\n`);
}
