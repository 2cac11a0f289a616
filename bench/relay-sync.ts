// P3: a relay one version behind, on lists of two sizes. P5: an empty relay beside curl and sha256sum on the same bytes.
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Credentials } from '../src/client/credentials.ts';
import { openRelay } from '../src/sync/relay.ts';
import type { Result } from './result.ts';

type Scale = 'small' | 'full';

const CHANGES = 1000;
const ROUNDS = 15;
const LIST = 'sender-numbers';

class ListServer {
  readonly credentials: Credentials;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, credentials: Credentials) {
    this.#child = child;
    this.credentials = credentials;
  }

  static async start(entries: number): Promise<ListServer> {
    const script = new URL('./list-server.ts', import.meta.url).pathname;
    const child = fork(script, [String(entries)], { execArgv: ['--import', 'tsx'] });
    const [said] = (await once(child, 'message')) as [{ credentials: Credentials }];
    return new ListServer(child, said.credentials);
  }

  async publish(): Promise<number> {
    this.#child.send(CHANGES);
    const [said] = (await once(this.#child, 'message')) as [{ version: number }];
    return said.version;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}

/** P3. */
export async function benchSync(scale: Scale): Promise<Result> {
  const small = await measureSync(10_000);
  const large = await measureSync(scale === 'full' ? 5_000_000 : 200_000);
  const figure = round(large.medianMs / small.medianMs);
  return {
    id: 'P3',
    goal: 'a version of 1,000 changes in force and verified on the large list ≤ 1.5 × the same on 10,000',
    figure,
    unit: '×',
    met: figure <= 1.5,
    details: { rounds: ROUNDS, small, large },
  };
}

async function measureSync(entries: number) {
  return withRelay(entries, async (server, dir) => {
    const { credentials } = server;
    const relay = await openRelay({ dir, credentials, lists: [LIST] });
    await relay.sync();
    const times: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const version = await server.publish();
      const begun = performance.now();
      const [report] = await relay.sync();
      times.push(performance.now() - begun);
      if (report?.version !== version || report.how !== 'diff' || report.added !== CHANGES / 2)
        throw new Error(`synced otherwise: ${JSON.stringify(report)} ${report?.error?.message}`);
    }
    await relay.close();
    // Whoever opens the directory verifies it all anew.
    const begun = performance.now();
    const opened = await openRelay({ dir, lists: [LIST] });
    const openMs = performance.now() - begun;
    if (opened.inForce(LIST)?.manifest.count !== entries) throw new Error('it does not open');
    await opened.close();
    times.sort((a, b) => a - b);
    const medianMs = times[Math.floor(times.length / 2)] ?? Number.NaN;
    return {
      entries,
      medianMs: round(medianMs),
      slowestMs: round(times.at(-1) ?? 0),
      openMs: Math.round(openMs),
    };
  });
}

/** P5. */
export async function benchFresh(scale: Scale): Promise<Result> {
  const entries = scale === 'full' ? 5_000_000 : 500_000;
  return withRelay(entries, async (server, dir) => {
    const { credentials } = server;
    const url = `${credentials.issuer}/v1/lists/${LIST}/versions/1/snapshot`;
    const curlMs: number[] = [];
    const relayMs: number[] = [];
    for (let i = 0; i < 3; i++) {
      curlMs.push(await timed(() => promisify(execFile)('sh', ['-c', 'curl -sS "$0" | sha256sum', url])));
      const fresh = join(dir, String(i));
      const relay = await openRelay({ dir: fresh, credentials, lists: [LIST] });
      relayMs.push(
        await timed(async () => {
          const [report] = await relay.sync();
          if (report?.count !== entries) throw new Error(`not taken: ${report?.error?.message}`);
        }),
      );
      await relay.close();
    }
    const figure = round(Math.min(...relayMs) / Math.min(...curlMs));
    return {
      id: 'P5',
      goal: 'an empty relay takes the list, verified, in ≤ 3 × curl | sha256sum of the same bytes',
      figure,
      unit: '×',
      met: figure <= 3,
      details: { entries, relayMs: relayMs.map(Math.round), curlMs: curlMs.map(Math.round) },
    };
  });
}

async function withRelay<T>(
  entries: number,
  measure: (server: ListServer, dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  const server = await ListServer.start(entries);
  try {
    return await measure(server, dir);
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
