// `npm run soak -- --minutes 30 --relays 500 [--seed 1]`: relays follow the list while carriers and reviewers work; after a
// warm-up the server's memory stays flat, nobody is answered with an error, and every relay has the last version.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../bench/candidate-numbers.ts';
import type { FleetOrder, FleetWord } from '../bench/light-fleet.ts';
import { ExchangeClient } from '../src/client/exchange-client.ts';
import { openChaosPlace } from './chaos-place.ts';
import type { Schemas } from './demo-api.ts';
import { type Allowance, isFlat, type MemorySample, memoryTrend } from './memory-trend.ts';
import { registerParty, type ServerProcess, startServerProcess } from './server-process.ts';
import { SoakWork } from './soak-work.ts';

const FLEET = fileURLToPath(new URL('../bench/light-fleet.ts', import.meta.url));
const MOST_MINUTES = 55; // the relays' token is good for an hour
const SAMPLES = 600;
/** Of the time, before memory is looked at. */
const WARM_UP = 1 / 3;
const SETTLED_WITHIN_MS = 120_000;
const LIST = '/v1/lists/sender-numbers';

const MEBIBYTE = 1024 * 1024;
/** How much memory may grow after the warm-up: what is more in half an hour is too much in a year. */
const ALLOWED: Record<'heap' | 'resident', Allowance> = {
  heap: { share: 0.05, bytes: 8 * MEBIBYTE },
  resident: { share: 0.05, bytes: 24 * MEBIBYTE },
};
/** In a few minutes nothing is warm yet, and no line says anything: a short run holds below a ceiling. */
const CEILING: Record<'heap' | 'resident', number> = { heap: 256 * MEBIBYTE, resident: 640 * MEBIBYTE };
const WARM_AFTER_MINUTES = 10;

/** Relays in a process of their own: what they reached, and what went wrong. */
class Fleet {
  readonly #child: ChildProcess = fork(FLEET, { execArgv: ['--import', import.meta.resolve('tsx')] });
  readonly #ended = once(this.#child, 'exit');
  readonly versions = new Map<number, number>();
  readonly errors: string[] = [];
  reached = 0;

  async start(order: FleetOrder): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      this.#child.on('message', (word: FleetWord) => {
        if (word.word === 'ready') resolve();
        if (word.word === 'failed') {
          this.errors.push(word.message);
          reject(new Error(word.message));
        }
        if (word.word === 'in force') {
          this.versions.set(word.relay, word.version);
          this.reached++;
        }
      });
    });
    this.#child.send(order);
    await ready;
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}

interface Order {
  minutes: number;
  relays: number;
  seed: number;
}

async function run({ minutes, relays, seed }: Order): Promise<void> {
  const place = await openChaosPlace();
  let server: ServerProcess | undefined;
  const fleet = new Fleet();
  try {
    server = await startServerProcess(place.data, {
      ...place.settings,
      CHADAN_PORT: String(place.port),
      CHADAN_PUBLISH_INTERVAL: '5',
      CHADAN_TOKEN_LIFE: '3600',
      CHADAN_BRAKE_MINIMUM: '1000000',
      CHADAN_RATE_READ: '0', // the relays here share one token
    });
    const logged = keepErrors(server);
    const parties = {
      carriers: [
        await registerParty(server, 'carrier', 'carrier one'),
        await registerParty(server, 'carrier', 'carrier two'),
      ],
      agency: await registerParty(server, 'agency', 'agency'),
      relay: await registerParty(server, 'relay', 'relay'),
    };
    const { credentials } = parties.relay;
    const token = await new ExchangeClient(credentials).accessToken();
    if (!credentials.rootKey) throw new Error('the credentials hold no root key');
    await fleet.start({
      url: server.url,
      list: 'sender-numbers',
      token,
      rootKey: credentials.rootKey,
      relays,
    });
    const work = new SoakWork(parties, new Random(seed));
    const life = { over: false };
    const working = work.run(life);
    const samples = await watchMemory(
      server,
      minutes * 60_000,
      () => work.errors.length + fleet.errors.length + logged.length,
    );
    life.over = true;
    await working;
    const version = await settle(parties.agency, fleet, relays);
    const errors = [...work.errors, ...fleet.errors, ...logged];
    const ready = await fetch(`${server.url}/readyz`);
    if (ready.status !== 200) errors.push(`the server answers ${ready.status} at the end`);
    process.stdout.write(
      `${minutes} minutes, ${relays} relays, seed ${seed}: ${work.answered} steps of work, ${work.overtaken} overtaken, ${version} versions, ${fleet.reached} times in force at a relay; ${errors.length} errors\n`,
    );
    judge(samples, errors, minutes < WARM_AFTER_MINUTES ? isBelowCeiling : isFlatNow);
  } finally {
    await fleet.stop();
    await server?.stop();
    await place.close();
  }
}

type Samples = Record<'heap' | 'resident', MemorySample[]>;

/** Takes samples until the time is over, or something went wrong. */
async function watchMemory(server: ServerProcess, forMs: number, errors: () => number): Promise<Samples> {
  const samples: Samples = { heap: [], resident: [] };
  const begun = performance.now();
  const warmUpMs = forMs * WARM_UP;
  let told = Number.NEGATIVE_INFINITY;
  for (let now = begun; now - begun < forMs && errors() === 0; now = performance.now()) {
    const at = now - begun;
    const heap = await heapOf(server.url);
    const resident = await server.memory();
    if (at >= warmUpMs) {
      samples.heap.push({ at, bytes: heap });
      if (resident !== undefined) samples.resident.push({ at, bytes: resident });
    }
    if (now - told >= 60_000) {
      told = now;
      process.stdout.write(
        `${Math.round(at / 1000)} s: heap ${inMebibytes(heap)}, resident ${inMebibytes(resident ?? 0)}\n`,
      );
    }
    await pause(forMs / SAMPLES);
  }
  return samples;
}

/** What the server holds: its heap, and what the heap holds outside of it. */
async function heapOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  const bytes = value('nodejs_heap_size_used_bytes') + value('nodejs_external_memory_bytes');
  if (!Number.isFinite(bytes)) throw new Error('the metrics say nothing of the heap');
  return bytes;
}

/** Waits until every relay has the newest version; its number. */
async function settle(agency: ExchangeClient, fleet: Fleet, relays: number): Promise<number> {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const { version, pending } = await agency.requestJson<Schemas['List']>(LIST);
    const there = [...fleet.versions.values()].filter((held) => held === version).length;
    if (there === relays && pending.added + pending.removed === 0) return version;
    if (performance.now() > deadline) throw new Error(`${there} of ${relays} relays have version ${version}`);
    await pause(200);
  }
}

function keepErrors({ child }: ServerProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: string | Buffer) => {
      lines.push(
        ...String(text)
          .split('\n')
          .filter((line) => /"level":[56]0/.test(line)),
      );
    });
  return lines;
}

function judge(samples: Samples, errors: readonly string[], holds: typeof isFlatNow): void {
  for (const error of errors.slice(0, 10)) process.stdout.write(`${error}\n`);
  if (errors.length > 0) process.exitCode = 1;
  for (const kind of ['heap', 'resident'] as const) {
    if (kind === 'resident' && samples.resident.length === 0) continue; // the system does not tell
    if (!holds(kind, samples[kind])) process.exitCode = 1;
  }
}

function isFlatNow(kind: 'heap' | 'resident', samples: readonly MemorySample[]): boolean {
  const trend = memoryTrend(samples);
  const allowed = trend.level * ALLOWED[kind].share + ALLOWED[kind].bytes;
  const flat = isFlat(trend, ALLOWED[kind]);
  process.stdout.write(
    `${kind}: ${inMebibytes(trend.level)}, ${trend.growth < 0 ? 'falling' : 'growing'} by ${inMebibytes(Math.abs(trend.growth))} after the warm-up, ${inMebibytes(allowed)} allowed: ${flat ? 'flat' : 'NOT FLAT'}\n`,
  );
  return flat;
}

function isBelowCeiling(kind: 'heap' | 'resident', samples: readonly MemorySample[]): boolean {
  const most = Math.max(...samples.map(({ bytes }) => bytes));
  const below = most <= CEILING[kind];
  process.stdout.write(
    `${kind}: ${inMebibytes(most)} at most, ${inMebibytes(CEILING[kind])} allowed: ${below ? 'below' : 'ABOVE'}; too short to say whether it is flat\n`,
  );
  return below;
}

function inMebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    relays: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const order = { minutes: Number(values.minutes), relays: Number(values.relays), seed: Number(values.seed) };
if (!(order.minutes > 0 && order.minutes <= MOST_MINUTES))
  throw new Error(`--minutes is at most ${MOST_MINUTES}`);
await run(order);
