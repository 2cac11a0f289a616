// Following a list: at once when a version is announced, by polling where nothing is announced, and never in a
// loop.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventStreamParser } from '../../src/sync/event-stream.ts';
import type { SyncReport } from '../../src/sync/sync-report.ts';
import { problem, someLines } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

let bench: RelayBench;
let following: Promise<void>;

const QUICK = {
  failure: { baseMs: 20, capMs: 100 },
  reconnect: { baseMs: 10, capMs: 50 },
  leastMs: 5,
  heartbeatTimeoutMs: 5000,
  longestMs: 60_000,
};

beforeEach(async () => {
  bench = await RelayBench.start(someLines(50), { pace: QUICK, random: () => 0.5 });
});
afterEach(async () => {
  await bench.relay.close();
  await following.catch(() => {});
  await bench.stop();
});

/** The next report of which this holds. */
function next(holds: (report: SyncReport) => boolean): Promise<SyncReport> {
  return new Promise((resolve) => {
    const stop = bench.relay.on('synced', (report) => {
      if (!holds(report)) return;
      stop();
      resolve(report);
    });
  });
}

async function untilConnected(): Promise<void> {
  while (bench.exchange.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('a relay that follows', () => {
  test('takes each version when it is announced, and asks for nothing between', async () => {
    const first = next((report) => report.version === 1);
    following = bench.relay.follow();
    await first;
    await untilConnected();
    for (const version of [2, 3]) {
      const report = next((each) => each.version === version);
      bench.exchange.publish(someLines(50 + version));
      expect(await report).toMatchObject({ outcome: 'updated', how: 'diff' });
    }
    expect(bench.lines).toEqual(bench.exchange.lines);
    expect(bench.exchange.hits.events).toBe(1);
    expect(bench.exchange.hits.manifest).toBeLessThanOrEqual(4);
  });

  test('polls where there are no events, and says so once', async () => {
    bench.exchange.lies.events = () => problem(404, 'not_found');
    bench.exchange.forge = { poll: 0 };
    const first = next((report) => report.version === 1);
    following = bench.relay.follow();
    await first;
    const second = next((report) => report.version === 2);
    bench.exchange.publish(someLines(51));
    await second;
    expect(bench.named('warning')).toHaveLength(1);
  });

  test('connects again when the stream breaks', async () => {
    const first = next((report) => report.version === 1);
    following = bench.relay.follow();
    await first;
    await untilConnected();
    bench.exchange.dropEvents();
    while (bench.exchange.hits.events < 2) await new Promise((resolve) => setImmediate(resolve));
    const second = next((report) => report.version === 2);
    bench.exchange.publish(someLines(51));
    await second;
    expect(bench.lines).toEqual(bench.exchange.lines);
  });

  test('connects again when no heartbeat comes', async () => {
    await bench.reopen({ pace: { ...QUICK, heartbeatTimeoutMs: 50 }, random: () => 0.5 });
    following = bench.relay.follow();
    while (bench.exchange.hits.events < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(bench.exchange.listeners).toBeLessThanOrEqual(2);
  });

  test('is not driven into downloads by announcements of what it refuses', async () => {
    const first = next((report) => report.version === 1);
    following = bench.relay.follow();
    await first;
    await untilConnected();
    bench.exchange.lies.diff = (honest) => ({ ...honest, body: Buffer.from('op,value,category,until\n') });
    bench.exchange.lies.snapshot = bench.exchange.lies.diff;
    const before = bench.exchange.downloads;
    const refused = next((report) => report.error?.code === 'digest_mismatch');
    for (let version = 2; version < 30; version++) bench.exchange.publish(someLines(50 + version));
    await refused;
    // Let every announcement arrive: each has been written when the last one is.
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(bench.exchange.downloads - before).toBeLessThanOrEqual(3);
    expect(bench.relay.check('010-2000-0000').blocked).toBe(true);
  });

  test('comes back by itself when the exchange was away', async () => {
    bench.exchange.lies.manifest = () => problem(503, 'database_unavailable');
    const failed = next((report) => report.error?.code === 'unreachable');
    following = bench.relay.follow();
    await failed;
    const first = next((report) => report.version === 1);
    delete bench.exchange.lies.manifest;
    await first;
  });

  test('ends when its signal aborts', async () => {
    const controller = new AbortController();
    const first = next((report) => report.version === 1);
    following = bench.relay.follow({ signal: controller.signal });
    await first;
    controller.abort();
    await following;
    await bench.relay.close();
  });
});

describe('server-sent events', () => {
  test('are read from pieces cut anywhere, whatever ends a line', () => {
    following = Promise.resolve();
    const stream =
      ': hello\r\n\r\nevent: version\ndata: {"a":1}\n\ndata\r\ndata:  two\r\n\r\nid: 7\n\n: 차단\nevent:x\ndata:한\n\n';
    const bytes = Buffer.from(stream);
    for (let size = 1; size < 12; size++) {
      const parser = new EventStreamParser();
      const events = [];
      for (let at = 0; at < bytes.length; at += size)
        events.push(...parser.push(bytes.subarray(at, at + size)));
      expect(events).toEqual([
        { event: 'version', data: '{"a":1}' },
        { event: 'message', data: '\n two' },
        { event: 'x', data: '한' },
      ]);
    }
  });

  test('without an end are refused', () => {
    following = Promise.resolve();
    const parser = new EventStreamParser();
    expect(() => {
      for (let turn = 0; turn < 20; turn++) parser.push(Buffer.alloc(10_000, 'x'));
    }).toThrow(RangeError);
  });
});
