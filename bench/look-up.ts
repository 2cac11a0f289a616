// P7: look-ups of senders as text, each text new as from a network, beside a JS Set of strings and a Redis set.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SenderKey } from '../src/list/sender-key.ts';
import { parseSenderNumber } from '../src/list/sender-number.ts';
import { seriesEntry, seriesTree } from './list-server.ts';
import { MOST_ENTRIES, rateOfNginxMap } from './nginx-map.ts';
import type { Result } from './result.ts';

const ROUNDS = 3;
const PIPELINE = 64;
/** A collection that frees less ends the wait for memory to settle. */
const SETTLED_BYTES = 4096;

/** Half of the senders are listed; they are national numbers, as gateways have them. */
export async function benchLookUp(scale: 'small' | 'full'): Promise<Result> {
  const entries = scale === 'full' ? 5_000_000 : 200_000;
  const asked = scale === 'full' ? 1_000_000 : 200_000;
  const before = await heldBytes();
  const tree = seriesTree(entries);
  tree.digest();
  const bytesPerEntry = round(((await heldBytes()) - before) / entries);
  const set = new Set<string>();
  for (let i = 0; i < entries; i++) set.add(national(i));
  const key = new SenderKey();
  // As Relay.check does.
  const check = (text: string): boolean => {
    if (key.read(text)) return tree.getByKey(key) !== undefined;
    const parsed = parseSenderNumber(text);
    return parsed.ok && tree.get(parsed.value) !== undefined;
  };
  const checked = Math.max(...repeat(() => rateOf(senders(entries, asked), check)));
  const inSet = Math.max(...repeat(() => rateOf(senders(entries, asked), (text) => set.has(text))));
  const redis = await rateOfRedis(entries, Math.min(asked, 200_000));
  const figure = round(checked / inSet);
  const overRedis = redis === undefined ? undefined : round(checked / redis);
  return {
    id: 'P7',
    goal: 'check of a sender as text ≥ 3 × a Set of strings, ≥ 5 × Redis SISMEMBER pipelined, ≤ 24 bytes an entry',
    figure,
    unit: '× Set',
    met: figure >= 3 && (overRedis ?? 5) >= 5 && bytesPerEntry <= 24,
    details: {
      entries,
      asked,
      checksPerSecond: Math.round(checked),
      setPerSecond: Math.round(inSet),
      redisPerSecond: redis === undefined ? 'redis-server is not installed' : Math.round(redis),
      overRedis,
      nginxMap: await besideNginx(entries, Math.min(asked, 200_000)),
      bytesPerEntry,
    },
  };
}

async function besideNginx(entries: number, asked: number): Promise<object | string> {
  const mapped = Math.min(entries, MOST_ENTRIES);
  const listed = Array.from({ length: mapped }, (_, i) => national(i));
  const rate = await rateOfNginxMap(listed, senders(mapped, asked));
  return rate === undefined ? 'nginx is not installed' : { entries: mapped, perSecond: Math.round(rate) };
}

function national(i: number): string {
  return `0${seriesEntry(i).value.slice(3)}`;
}

/** Texts that nothing has hashed before, cut from one buffer as from a message; every other one is listed. */
function senders(entries: number, count: number): string[] {
  const random = mulberry32(7);
  const bytes = Buffer.from(
    Array.from({ length: count }, (_, at) => {
      const i = Math.floor(random() * entries);
      return national(at % 2 === 0 ? i : entries + i);
    }).join(''),
  );
  const length = bytes.length / count;
  return Array.from({ length: count }, (_, at) => bytes.toString('latin1', at * length, (at + 1) * length));
}

/** Look-ups a second. Throws where not exactly those are found that should be. */
function rateOf(texts: readonly string[], look: (text: string) => boolean): number {
  let found = 0;
  const begun = performance.now();
  for (const text of texts) if (look(text)) found++;
  const seconds = (performance.now() - begun) / 1000;
  // Numbers of ranges that do not exist are refused as senders, though the series has them.
  if (found > texts.length / 2 || found < texts.length / 3) throw new Error(`${found} were found`);
  return texts.length / seconds;
}

function repeat(measure: () => number): number[] {
  return Array.from({ length: ROUNDS }, measure);
}

/** SISMEMBER a second, 64 in flight; undefined where there is no redis-server. */
async function rateOfRedis(entries: number, asked: number): Promise<number | undefined> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const missing = await Promise.race([
    once(server, 'error').then(() => true),
    once(server, 'spawn').then(() => false),
  ]);
  if (missing) return undefined;
  const socket = await connectTo(port);
  try {
    for (let i = 0; i < entries; ) {
      const values: string[] = [];
      for (const end = Math.min(entries, i + 1000); i < end; i++) values.push(national(i));
      await ask(socket, [command('SADD', 's', ...values)]);
    }
    const texts = senders(entries, asked);
    const begun = performance.now();
    for (let at = 0; at < texts.length; at += PIPELINE) {
      await ask(
        socket,
        texts.slice(at, at + PIPELINE).map((text) => command('SISMEMBER', 's', text)),
      );
    }
    return asked / ((performance.now() - begun) / 1000);
  } finally {
    socket.destroy();
    await end(server);
  }
}

function command(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** Sends commands whose answers are integers, and waits for all of them. */
async function ask(socket: Socket, commands: readonly string[]): Promise<void> {
  socket.write(commands.join(''));
  for (let answers = 0; answers < commands.length; ) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    for (const byte of chunk) if (byte === 10) answers++;
  }
}

async function connectTo(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (attempt > 100) throw error;
      await pause(50);
    }
  }
}

async function end(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit');
  server.kill();
  await ended;
}

/** What is left when no collection finds more to free: buffers go some time after who held them. */
async function heldBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let least = Number.POSITIVE_INFINITY; ; ) {
    collect();
    await pause(50);
    const { heapUsed, external } = process.memoryUsage();
    if (heapUsed + external > least - SETTLED_BYTES) return Math.min(least, heapUsed + external);
    least = heapUsed + external;
  }
}

/** A small seeded generator, for the same senders in every run. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
