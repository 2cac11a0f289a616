// What a relay does beside an honest exchange.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openRelay } from '../../src/sync/relay.ts';
import { someLines } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

let bench: RelayBench;
afterEach(() => bench.stop());

describe('a relay beside an honest exchange', () => {
  test('takes the first version, verified, and acknowledges it', async () => {
    bench = await RelayBench.start(someLines(200));
    const report = await bench.sync();
    expect(report).toMatchObject({
      outcome: 'updated',
      how: 'snapshot',
      from: 0,
      version: 1,
      count: 200,
      added: 200,
    });
    expect(bench.lines).toEqual(bench.exchange.lines);
    const { epoch, version } = bench.exchange;
    expect(bench.exchange.receipts).toMatchObject([
      { epoch, version, count: 200, iss: 'relay-1', digest: report.digest },
    ]);
  });

  test('takes an empty list without a download', async () => {
    bench = await RelayBench.start();
    expect(await bench.sync()).toMatchObject({ outcome: 'updated', version: 0, count: 0 });
    expect(bench.exchange.downloads).toBe(0);
    expect(bench.relay.check('010-2345-6789').blocked).toBe(false);
  });

  test('takes one diff when it is versions behind, and nothing when it is current', async () => {
    bench = await RelayBench.start(someLines(100));
    await bench.sync();
    bench.exchange.publish(someLines(120));
    bench.exchange.publish(someLines(110, 10));
    bench.exchange.hits.diff = 0;
    bench.exchange.hits.snapshot = 0;
    expect(await bench.sync()).toMatchObject({
      outcome: 'updated',
      how: 'diff',
      from: 1,
      version: 3,
      added: 20,
      removed: 10,
    });
    expect(bench.exchange.hits).toMatchObject({ diff: 1, snapshot: 0, keys: 1 });
    expect(await bench.sync()).toMatchObject({ outcome: 'current', version: 3 });
    expect(bench.exchange.hits).toMatchObject({ diff: 1, snapshot: 0, keys: 1 });
    expect(bench.exchange.receipts).toHaveLength(2);
    expect(bench.lines).toEqual(bench.exchange.lines);
  });

  test('takes the snapshot when no diff from its version is served any more', async () => {
    bench = await RelayBench.start(someLines(100));
    await bench.sync();
    bench.exchange.publish(someLines(300));
    bench.exchange.publish(someLines(290, 20));
    bench.exchange.snapshotVersion = 2;
    bench.exchange.oldestDiff = 2;
    const report = await bench.sync();
    expect(report).toMatchObject({ how: 'snapshot', version: 3, added: 210, removed: 20 });
    expect(bench.lines).toEqual(bench.exchange.lines);
  });

  test('answers look-ups in any spelling, in another process and offline', async () => {
    bench = await RelayBench.start([
      '+821023456789,illegal_loan,2027-02-21',
      '+8215881234,gambling,permanent',
    ]);
    await bench.sync();
    const reader = await openRelay({ dir: bench.directory });
    const found = {
      blocked: true,
      value: '+821023456789',
      category: 'illegal_loan',
      until: '2027-02-21',
      listedBy: 'exchange',
      stale: false,
    };
    for (const text of ['010-2345-6789', '+82 10 2345 6789', '821023456789', '+821023456789']) {
      expect(reader.check(text)).toEqual({ list: 'sender-numbers', ...found });
    }
    expect(reader.check('1588-1234')).toMatchObject({ blocked: true, category: 'gambling' });
    expect(reader.check('010-2345-6780')).toMatchObject({ blocked: false, value: '+821023456780' });
    expect(reader.check('not a number')).toMatchObject({ blocked: false, refusal: { code: 'letters' } });
    expect(() => reader.check('123456789', { list: 'originator-codes' })).toThrow(/no list yet/);
  });

  test('brings up to date what another process advanced', async () => {
    bench = await RelayBench.start(someLines(100));
    await bench.sync();
    const reader = await openRelay({ dir: bench.directory, lists: ['sender-numbers'] });
    bench.exchange.publish(someLines(101));
    await bench.sync();
    bench.exchange.publish(someLines(102, 1));
    await bench.sync();
    await reader.refresh();
    expect([...reader.sortedLines('sender-numbers')]).toEqual(bench.exchange.lines);
    expect((await reader.status())[0]).toMatchObject({ version: 3, count: 102, stale: false });
  });

  test('believes the list more than the numbering plan that it knows', async () => {
    bench = await RelayBench.start(['+821012345678,gambling,permanent']);
    await bench.sync();
    for (const text of ['010-1234-5678', '+82 10 1234 5678', '821012345678']) {
      expect(bench.relay.check(text)).toMatchObject({ blocked: true, value: '+821012345678' });
    }
    expect(bench.relay.check('010-1234-5679')).toMatchObject({
      blocked: false,
      refusal: { code: 'unallocated_range' },
    });
  });

  test("says which answers are the operator's own, and takes them up when the files change", async () => {
    bench = await RelayBench.start([
      '+821023456789,illegal_loan,2027-02-21',
      '+8215881234,gambling,permanent',
    ]);
    const file = (kind: string) => join(bench.directory, `sender-numbers.${kind}.txt`);
    await writeFile(file('allow'), '# our own desk\n1588-1234 # since May\n\nnonsense\n');
    await bench.reopen();
    await bench.sync();
    expect(bench.relay.check('1588-1234')).toMatchObject({ blocked: false, listedBy: 'allow' });
    expect(bench.relay.check('010-2345-6789')).toMatchObject({ blocked: true, listedBy: 'exchange' });
    expect(bench.relay.check('02-2123-4567')).toMatchObject({ blocked: false, listedBy: undefined });
    await writeFile(file('deny'), '+82 2 2123 4567\n');
    await rm(file('allow'));
    const until = async (text: string, blocked: boolean) => {
      while (bench.relay.check(text).blocked !== blocked)
        await new Promise((resolve) => setImmediate(resolve));
    };
    await until('02-2123-4567', true);
    await until('1588-1234', true);
    expect(bench.relay.check('02-2123-4567')).toMatchObject({ listedBy: 'deny', category: undefined });
  });

  test('keeps a manifest that was signed anew, so that an idle list stays fresh', async () => {
    bench = await RelayBench.start(someLines(5));
    await bench.sync();
    bench.exchange.now += 50_000;
    expect(await bench.sync()).toMatchObject({ outcome: 'current', stale: false });
    await bench.reopen();
    bench.exchange.now += 50_000;
    expect(bench.relay.check('010-2345-6789').stale).toBe(false);
    bench.exchange.now += 50_000;
    expect(bench.relay.check('010-2345-6789').stale).toBe(true);
    expect(bench.exchange.receipts).toHaveLength(1);
  });
});
