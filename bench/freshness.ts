// P8: from the answer to a reviewer's decision until the new list is in force, verified, at every connected relay.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postJson, readPages, type Schemas } from '../scripts/demo-api.ts';
import { registerParty, type ServerProcess, startServerProcess } from '../scripts/server-process.ts';
import { ExchangeClient } from '../src/client/exchange-client.ts';
import type { FleetOrder, FleetWord } from './light-fleet.ts';
import { percentile, type Result, round } from './result.ts';
import { LIST, type SeededList, seedList } from './seeded-list.ts';

const FLEET = fileURLToPath(new URL('light-fleet.ts', import.meta.url));
const INTERVAL_SECONDS = 1;
const GOAL_MS = 1000;
const CASES_A_ROUND = 10;
const ROUND_DEADLINE_MS = 60_000;

interface Scale {
  relays: number;
  entries: number;
  rounds: number;
}

const FULL: Scale = { relays: 500, entries: 10_000, rounds: 20 };
const SMALL: Scale = { relays: 50, entries: 10_000, rounds: 5 };

/** Measures every relay in every round; fails where one does not reach a version. */
export async function benchFreshness(name: 'small' | 'full'): Promise<Result> {
  const scale = name === 'full' ? FULL : SMALL;
  const list = await seedList(scale.entries);
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  try {
    const delays = await measure(list, directory, scale);
    return report(scale, delays, name);
  } finally {
    await list.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(list: SeededList, directory: string, scale: Scale): Promise<number[]> {
  const server = await startServerProcess(join(directory, 'data'), {
    DATABASE_URL: list.url,
    CHADAN_PORT: '0',
    CHADAN_PUBLISH_INTERVAL: String(INTERVAL_SECONDS),
  });
  const fleet = fork(FLEET, { execArgv: ['--import', import.meta.resolve('tsx')] });
  const ended = once(fleet, 'exit');
  try {
    const cases = await openCases(server, CASES_A_ROUND * scale.rounds);
    await order(fleet, server, scale.relays);
    const agency = await registerParty(server, 'agency', 'desk');
    const delays: number[] = [];
    for (let number = 0; number < scale.rounds; number++) {
      const part = cases.slice(number * CASES_A_ROUND, (number + 1) * CASES_A_ROUND);
      delays.push(...(await decide(agency, fleet, part, scale.relays)));
      // Decisions come at any moment of the interval, the same ones in each run.
      await new Promise((resolve) => setTimeout(resolve, (number * 377) % (INTERVAL_SECONDS * 1000)));
    }
    return delays;
  } finally {
    if (fleet.connected) fleet.disconnect();
    await ended;
    await server.stop();
  }
}

/** Cases under review, of numbers that the list does not have. */
async function openCases(server: ServerProcess, count: number): Promise<Schemas['Case'][]> {
  const carrier = await registerParty(server, 'carrier', 'carrier');
  const agency = await registerParty(server, 'agency', 'queue');
  const candidates = Array.from({ length: count }, (_, i) => ({
    type: 'sender_number',
    value: `070${7_000_0000 + i}`,
    category: 'gambling',
    reports: 60,
  }));
  await postJson(carrier, '/v1/submissions', { candidates });
  const cases = await readPages<Schemas['Case']>(agency, '/v1/cases', { status: 'open' });
  if (cases.length !== count) throw new Error(`${cases.length} cases of ${count} are open`);
  return cases;
}

async function order(fleet: ChildProcess, server: ServerProcess, relays: number): Promise<void> {
  const { credentials } = await registerParty(server, 'relay', 'relay');
  const token = await new ExchangeClient(credentials).accessToken();
  const { rootKey } = credentials;
  if (!rootKey) throw new Error('the credentials hold no root key');
  fleet.send({ url: server.url, list: LIST, token, rootKey, relays } satisfies FleetOrder);
  await hear(fleet, (word) => word.word === 'ready');
}

/** Decides, and waits for every relay; the milliseconds that each took. */
async function decide(
  agency: ExchangeClient,
  fleet: ChildProcess,
  cases: Schemas['Case'][],
  relays: number,
): Promise<number[]> {
  const arrivals = new Map<number, number>();
  const all = hear(fleet, (word) => {
    if (word.word === 'in force') arrivals.set(word.relay, word.at);
    return arrivals.size === relays;
  });
  const named = cases.map(({ id, revision }) => ({ id, revision }));
  const [decidedAt] = await Promise.all([
    postJson(agency, '/v1/decisions', { cases: named, verdict: 'verify' }).then(
      () => performance.timeOrigin + performance.now(),
    ),
    all,
  ]);
  return [...arrivals.values()].map((at) => at - decidedAt);
}

/** Listens until `enough` says so; throws when a relay failed, or after the deadline. */
function hear(fleet: ChildProcess, enough: (word: FleetWord) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      clearTimeout(deadline);
      fleet.off('message', listen);
      if (error) reject(error);
      else resolve();
    };
    const listen = (word: FleetWord) => {
      if (word.word === 'failed') settle(new Error(word.message));
      else if (enough(word)) settle();
    };
    const deadline = setTimeout(() => settle(new Error('not every relay was reached')), ROUND_DEADLINE_MS);
    fleet.on('message', listen);
  });
}

function report(scale: Scale, delays: number[], name: 'small' | 'full'): Result {
  const beyond = (share: number) => round(percentile(delays, share) - INTERVAL_SECONDS * 1000);
  const figure = beyond(0.99);
  return {
    id: 'P8',
    goal: 'decision → in force at 500 connected relays: p99 ≤ 1 s beyond the publish interval',
    figure,
    unit: 'ms beyond the interval (p99)',
    met: figure <= GOAL_MS,
    details: {
      ...scale,
      intervalSeconds: INTERVAL_SECONDS,
      measured: delays.length,
      inForceAfterMs: {
        median: round(percentile(delays, 0.5)),
        p99: round(percentile(delays, 0.99)),
        slowest: round(Math.max(...delays)),
      },
      how: 'light relays in one process beside the server: events, manifest, diff, all verified, over loopback',
      ...(name === 'small' && { note: 'the goal is for --scale full' }),
    },
  };
}
