// The directory of a list: crashes at any moment, several processes, damage.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ListTree } from '../../src/list/tree.ts';
import { compact } from '../../src/sync/compaction.ts';
import { FileSink } from '../../src/sync/durable-file.ts';
import type { ListRecord } from '../../src/sync/list-record.ts';
import { openRelay } from '../../src/sync/relay.ts';
import { ListStore } from '../../src/sync/store.ts';
import { withWriterLock } from '../../src/sync/writer-lock.ts';
import { someLines } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

let bench: RelayBench;
let directory: string;
beforeEach(async () => {
  bench = await RelayBench.start(someLines(1000));
  directory = join(bench.directory, 'sender-numbers');
});
afterEach(() => bench.stop());

const readRecord = async () =>
  JSON.parse(await readFile(join(directory, 'current.json'), 'utf8')) as ListRecord;

/** The list as another process finds it. */
async function readLines(): Promise<string[]> {
  const reader = await openRelay({ dir: bench.directory, lists: ['sender-numbers'] });
  await reader.close();
  return [...reader.sortedLines('sender-numbers')];
}

describe('a process that syncs', () => {
  async function spawnChild(rounds: number): Promise<{ child: ChildProcess; lines: AsyncIterator<string> }> {
    const file = join(bench.directory, 'credentials.json');
    await writeFile(file, JSON.stringify(bench.exchange.credentials));
    const script = new URL('./sync-child.ts', import.meta.url).pathname;
    const args = ['--import', 'tsx', script, bench.directory, file, String(rounds)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (!child.stdout) throw new Error('no stdout');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('open');
    return { child, lines };
  }

  test('and is killed at any moment leaves a whole, verified version; the next one goes on from there', async () => {
    const versions = bench.exchange.versions;
    for (let round = 0; round < 5; round++) {
      const { child } = await spawnChild(1000);
      // Whenever the list is asked for there is another version, so that the child is always at work.
      let asked = 0;
      const killAfter = 1 + Math.floor(Math.random() * 6);
      const died = once(child, 'exit');
      bench.exchange.lies.manifest = (honest) => {
        bench.exchange.publish(someLines(1000 + 40 * versions.length, versions.length * 7));
        if (++asked === killAfter) setTimeout(() => child.kill('SIGKILL'), Math.random() * 30);
        return honest;
      };
      await died;
      delete bench.exchange.lies.manifest;
      const lines = await readLines().catch((error: Error) => error.message);
      const isServed = versions.some((version) => version.lines.join() === String(lines));
      // Before the first sync ended there is nothing yet.
      expect(isServed || String(lines).includes('holds no list yet')).toBe(true);
      await bench.reopen();
      expect(await bench.sync()).toMatchObject({ version: bench.exchange.version });
      expect(await readLines()).toEqual(bench.exchange.lines);
      const { base, diffs } = await readRecord();
      const data = (await readdir(directory)).filter((name) => /csv$|txt$|tmp$|^writer/.test(name));
      await bench.sync();
      expect(data.sort()).toEqual([base.name, ...diffs.map(({ name }) => name)].sort());
    }
  });

  test('waits for another one, and both end with the same list', async () => {
    await bench.sync();
    const children = await Promise.all([spawnChild(8), spawnChild(8)]);
    const said: string[] = [];
    for (const { child, lines } of children) {
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        said.push(next.value);
        bench.exchange.publish(someLines(1000 + said.length, said.length));
      }
      await (child.exitCode === null ? once(child, 'exit') : undefined);
    }
    expect(said).toHaveLength(16);
    expect(said.filter((line) => line.startsWith('failed'))).toEqual([]);
    await bench.sync();
    expect(await readLines()).toEqual(bench.exchange.lines);
  });
});

describe('a lock', () => {
  test('lets one in at a time, within a process too', async () => {
    let inside = 0;
    let most = 0;
    const enter = () =>
      withWriterLock(bench.directory, async () => {
        most = Math.max(most, ++inside);
        await stat(bench.directory);
        inside--;
      });
    await Promise.all(Array.from({ length: 8 }, enter));
    expect(most).toBe(1);
  });

  test('is refused in a word when the other one does not end', async () => {
    await withWriterLock(bench.directory, async () => {
      const second = withWriterLock(bench.directory, async () => {}, { waitMs: 0 });
      await expect(second).rejects.toMatchObject({ code: 'store_locked', retryable: true });
    });
  });

  test('of a process that is gone counts for nothing', async () => {
    const { pid = 0 } = spawn(process.execPath, ['-e', '']);
    const flag = JSON.parse(
      await withWriterLock(bench.directory, async () => {
        const name = (await readdir(bench.directory)).find((each) => each.startsWith('writer-'));
        return readFile(join(bench.directory, name ?? ''), 'utf8');
      }),
    ) as object;
    const reused = JSON.stringify({ ...flag, startedAt: '1' });
    const gone = JSON.stringify({ ...flag, pid: 2 ** 22 + pid });
    for (const [name, content] of [
      ['a', reused],
      ['b', gone],
    ] as const) {
      await writeFile(join(bench.directory, `writer-${name}`), content);
    }
    await withWriterLock(bench.directory, async () => {}, { waitMs: 0 });
    expect((await readdir(bench.directory)).filter((name) => name.startsWith('writer-'))).toEqual([]);
  });
});

describe('a damaged directory', () => {
  beforeEach(async () => {
    bench.exchange.snapshotVersion = 1;
    await bench.sync();
    bench.exchange.publish(someLines(999, 2));
    await bench.sync();
  });

  /** As a program left it that knew no leaf files: a snapshot, and a record of format 1. */
  const makeOld = async (): Promise<ListRecord> => {
    const record = await readRecord();
    const base = { name: 'snapshot-1-0123456789.csv', bytes: 0 };
    const lines = bench.exchange.versions[1]?.lines ?? [];
    await writeFile(join(directory, base.name), ['value,category,until', ...lines, ''].join('\n'));
    await unlink(join(directory, record.base.name));
    await writeRecord({ ...record, base, format: 1 });
    return { ...record, base };
  };
  const SNAPSHOT_LINES_3 = 'value,category,until\n'.length + 3 * '+821000000000,gambling,permanent\n'.length;
  const writeRecord = (record: ListRecord & { format?: number }) =>
    writeFile(join(directory, 'current.json'), JSON.stringify({ format: 2, ...record }));
  const change = async ({ name }: { name: string }, edit: (bytes: Buffer) => Buffer | undefined) => {
    const bytes = await readFile(join(directory, name));
    await writeFile(join(directory, name), edit(bytes) ?? bytes);
  };
  const overwrite = (file: { name: string }, content: string, at: number) =>
    change(file, (bytes) => {
      bytes.write(content, at, 'latin1');
      return undefined;
    });
  /** Where each leaf begins. */
  const leafStarts = (bytes: Buffer) => [...bytes.keys()].filter((at) => bytes[at] === 0);
  const leavesOf = (bytes: Buffer) => {
    const starts = leafStarts(bytes);
    return starts.map((start, at) => bytes.subarray(start, starts[at + 1]));
  };

  const damages: [string, (record: ListRecord) => Promise<unknown>][] = [
    ['leaves with another byte', async ({ base }) => overwrite(base, 'drugs,,,', 100)],
    ['leaves with another digit', async ({ base }) => overwrite(base, '9', 6)],
    ['leaves that are cut', async ({ base }) => truncate(join(directory, base.name), 500)],
    ['leaves without their last byte', async ({ base }) => change(base, (bytes) => bytes.subarray(0, -1))],
    ['leaves that are empty', async ({ base }) => truncate(join(directory, base.name), 0)],
    ['leaves that are gone', async ({ base }) => unlink(join(directory, base.name))],
    [
      'leaves cut where one ends',
      async ({ base }) => change(base, (bytes) => bytes.subarray(0, leafStarts(bytes).at(-1))),
    ],
    [
      'a leaf that comes twice',
      async ({ base }) => change(base, (bytes) => Buffer.concat([leavesOf(bytes)[0] as Buffer, bytes])),
    ],
    [
      'leaves in another order',
      async ({ base }) => change(base, (bytes) => Buffer.concat(leavesOf(bytes).reverse())),
    ],
    [
      'a page of zeros, as a torn write leaves it',
      async ({ base }) => change(base, (bytes) => bytes.fill(0, 4096, 8192)),
    ],
    ['zeros behind the end', async ({ base }) => appendFile(join(directory, base.name), Buffer.alloc(4096))],
    ['no leaf at the beginning', async ({ base }) => overwrite(base, '+', 0)],
    ['a line that is none', async ({ base }) => overwrite(base, '\n', 20)],
    ['a snapshot with another byte', async () => overwrite((await makeOld()).base, 'drugs,,,', 100)],
    ['a snapshot that is cut', async () => truncate(join(directory, (await makeOld()).base.name), 500)],
    [
      'a snapshot cut at a line',
      async () => truncate(join(directory, (await makeOld()).base.name), SNAPSHOT_LINES_3),
    ],
    ['a snapshot that is gone', async () => unlink(join(directory, (await makeOld()).base.name))],
    [
      'a diff with more than it had',
      async ({ diffs }) => appendFile(join(directory, diffs[0]?.name ?? ''), '+,+82,other,permanent\n'),
    ],
    ['a diff that is empty', async ({ diffs }) => truncate(join(directory, diffs[0]?.name ?? ''), 0)],
    ['a record that is no JSON', async () => writeFile(join(directory, 'current.json'), '{"format":1,')],
    ['a record of a newer program', async (record) => writeRecord({ ...record, format: 3 })],
    [
      'a record that leads elsewhere',
      async (record) => writeRecord({ ...record, base: { name: '../../x.csv', bytes: 1 } }),
    ],
    ['a record without its diffs', async (record) => writeRecord({ ...record, diffs: [] })],
    [
      'a manifest that nobody signed',
      async (record) => writeRecord({ ...record, manifest: record.manifest.replace(/.$/, '') }),
    ],
  ];

  test.each(damages)(
    '(%s) is refused with what to do, and repaired by one snapshot',
    async (_name, damage) => {
      await damage(await readRecord());
      const reader = await openRelay({ dir: bench.directory, lists: ['sender-numbers'] });
      expect(() => reader.check('010-2000-0000')).toThrow(expect.objectContaining({ code: 'store_corrupt' }));
      expect(() => reader.check('010-2000-0000')).toThrow(/run chadan sync/);
      bench.exchange.snapshotVersion = 2;
      bench.exchange.hits.snapshot = 0;
      await bench.reopen();
      expect(await bench.sync()).toMatchObject({ repaired: true, version: 2 });
      expect(bench.exchange.hits.snapshot).toBe(1);
      expect(await readLines()).toEqual(bench.exchange.lines);
      expect(await bench.sync()).toMatchObject({ outcome: 'current', repaired: false });
    },
  );

  test('is told from one that is only old, which opens and has leaves from the next version on', async () => {
    await makeOld();
    expect(await readLines()).toEqual(bench.exchange.lines);
    await bench.reopen();
    expect(await bench.sync()).toMatchObject({ outcome: 'current', repaired: false });
    expect(await readLines()).toEqual(bench.exchange.lines);
    bench.exchange.publish(someLines(998, 3));
    bench.exchange.hits.snapshot = 0;
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', how: 'diff' });
    expect(bench.exchange.hits.snapshot).toBe(0);
    expect((await readRecord()).base.name).toMatch(/^leaves-3-/);
    expect(await readLines()).toEqual(bench.exchange.lines);
  });

  test('is found whichever bit of its leaves flips', async () => {
    const { base } = await readRecord();
    const whole = await readFile(join(directory, base.name));
    const random = Array.from({ length: 60 }, () => Math.floor(Math.random() * 8 * whole.length));
    for (const bit of [0, ...random, 8 * whole.length - 1]) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      await writeFile(join(directory, base.name), bytes);
      await expect(readLines(), `bit ${bit}`).rejects.toMatchObject({ code: 'store_corrupt' });
    }
    await writeFile(join(directory, base.name), whole);
    expect(await readLines()).toEqual(bench.exchange.lines);
  });

  test('does not disturb a process that has the list open', async () => {
    await truncate(join(directory, (await readRecord()).base.name), 10);
    await writeFile(join(directory, 'current.json'), 'x');
    bench.exchange.lies.snapshot = () => undefined;
    await bench.relay.refresh();
    expect(bench.lines).toEqual(bench.exchange.lines);
    delete bench.exchange.lies.snapshot;
    bench.exchange.publish(someLines(10));
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', version: 3, repaired: true });
  });

  test('that is deleted under a process neither empties its list nor makes it forget a rollback', async () => {
    const { exchange } = bench;
    const lines = [...exchange.lines];
    await rm(directory, { recursive: true });
    await bench.relay.refresh();
    expect(bench.lines).toEqual(lines);
    const newest = exchange.versions.pop();
    expect(await bench.sync()).toMatchObject({ outcome: 'failed', error: { code: 'rollback' } });
    expect(bench.lines).toEqual(lines);
    if (newest) exchange.versions.push(newest);
    expect(await bench.sync()).toMatchObject({ outcome: 'current', repaired: true });
    await bench.reopen();
    expect(bench.lines).toEqual(lines);
  });

  test('whose data is lost still knows a rollback', async () => {
    await unlink(join(directory, (await readRecord()).base.name));
    bench.exchange.versions.pop();
    await bench.reopen();
    expect(await bench.sync()).toMatchObject({ outcome: 'failed', error: { code: 'rollback' } });
  });

  test('that cannot be written keeps the old list in force', async () => {
    // root may write anywhere: a file stands where the directory should be
    const other = await mkdtemp(join(tmpdir(), 'chadan-sync-'));
    await writeFile(join(other, 'sender-numbers'), '');
    await chmod(other, 0o755);
    const relay = await openRelay(bench.options({ dir: other }));
    const [report] = await relay.sync();
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'store_failed' } });
    await rm(other, { recursive: true });
  });
});

describe('a disk', () => {
  /** The same directory, whose disk refuses what is written from now on. */
  const refusing = async (code: string, from: number) => {
    await bench.sync();
    bench.exchange.publish(someLines(1005, 3 * from));
    const real = FileSink.prototype.write;
    let writes = 0;
    const spy = vi.spyOn(FileSink.prototype, 'write').mockImplementation(function (this: FileSink, chunk) {
      if (++writes < from) return real.call(this, chunk);
      return Promise.reject(Object.assign(new Error(code), { code, syscall: 'write' }));
    });
    const report = await bench.sync();
    spy.mockRestore();
    return report;
  };

  test.each([
    ['ENOSPC', /the disk is full/],
    ['EROFS', /read-only/],
    ['EDQUOT', /EDQUOT/],
  ] as const)(
    'that says %s at any write leaves the old list in force, and the next sync goes on',
    async (code, words) => {
      for (const from of [1, 2]) {
        const report = await refusing(code, from);
        expect(report).toMatchObject({ outcome: 'failed', error: { code: 'store_failed' } });
        expect(report.error?.message).toMatch(words);
        const held = bench.exchange.versions[report.version ?? -1]?.lines;
        expect(await readLines()).toEqual(held);
        expect(bench.lines).toEqual(held);
        expect(await bench.sync()).toMatchObject({ outcome: 'updated' });
        expect(await readLines()).toEqual(bench.exchange.lines);
      }
    },
  );
});

test('a relay that was away for 14 days catches up by one diff', async () => {
  await bench.sync();
  const day = 86_400;
  for (let version = 0; version < 14 * 24; version++) {
    bench.exchange.now += day / 24;
    bench.exchange.publish(someLines(1000, version % 50));
  }
  bench.exchange.publish(someLines(1003, 5));
  bench.exchange.hits.diff = 0;
  bench.exchange.hits.snapshot = 0;
  await bench.reopen();
  expect(bench.relay.check('010-2000-0000')).toMatchObject({ blocked: true, stale: true });
  expect(await bench.sync()).toMatchObject({
    how: 'diff',
    from: 1,
    version: bench.exchange.version,
    stale: false,
  });
  expect(bench.exchange.hits).toMatchObject({ diff: 1, snapshot: 0 });
  expect(bench.lines).toEqual(bench.exchange.lines);
});

test('diffs that grow many, or outweigh the leaves, become one leaf file', async () => {
  await bench.sync();
  const store = new ListStore(bench.directory, 'sender-numbers');
  const record = await readRecord();
  const tree = ListTree.fromLines(bench.exchange.lines);
  const manifest = { version: 1 };
  const compacted = async (diffs: ListRecord['diffs']) => {
    const inForce = { tree, manifest, current: { record: { ...record, diffs }, text: '' } };
    return (await compact(store, inForce as unknown as Parameters<typeof compact>[1])).current.record;
  };
  const diff = (bytes: number) => ({ name: 'diff-1-2-00.csv', bytes, from: 1, to: 2 });
  expect((await compacted([diff(1000)])).diffs).toHaveLength(1);
  expect((await compacted([diff(10_000_000)])).diffs).toEqual([]);
  expect((await compacted(Array.from({ length: 101 }, () => diff(1)))).diffs).toEqual([]);
  expect(await readLines()).toEqual(bench.exchange.lines);
});
