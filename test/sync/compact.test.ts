// A relay beside an exchange that answers in the compact form (format §14): taken as the CSV it stands for, and when
// it is none, the old list stays in force and the CSV is asked for.
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMPACT_TYPE, type CompactKind } from '../../src/list/compact.ts';
import { encodeCompact } from '../../src/list/compact-writer.ts';
import { type Lie, someLines } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

const OLD = someLines(100);
const NEW = someLines(105, 3);

let bench: RelayBench;
/** The media types that were asked for, in turn. */
let asked: string[];
beforeEach(async () => {
  bench = await RelayBench.start(OLD);
  await bench.sync();
  bench.exchange.publish(NEW);
  bench.exchange.snapshotVersion = 2;
  asked = [];
});
afterEach(() => bench.stop());

async function compactOf(kind: CompactKind, csv: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of encodeCompact(
    kind,
    (async function* () {
      yield csv;
    })(),
  ))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

const compactDiff = () => compactOf('diff', bench.exchange.diffOf(1, 2));
const compactSnapshot = () => compactOf('snapshot', bench.exchange.snapshotOf(2));

/** Answers with a body in the compact form to whoever accepts it, and honestly to all others. */
function answering(body: Buffer, headers: Record<string, string> = {}): Lie {
  return (honest, _response, request) => {
    const accept = request.headers.accept ?? '';
    asked.push(accept);
    if (!accept.includes(COMPACT_TYPE)) return honest;
    return { status: 200, headers: { 'content-type': COMPACT_TYPE, ...headers }, body };
  };
}

async function expectOldList(code: string): Promise<void> {
  const report = await bench.sync();
  expect(report).toMatchObject({ outcome: 'failed', version: 1, count: 100, error: { code } });
  expect(bench.lines).toEqual(OLD);
  await bench.reopen();
  expect(bench.lines).toEqual(OLD);
}

test('a diff in the compact form is taken, and kept on disk as the CSV it stands for', async () => {
  bench.exchange.lies.diff = answering(await compactDiff());
  expect(await bench.sync()).toMatchObject({ outcome: 'updated', how: 'diff', version: 2 });
  expect(asked).toEqual([`${COMPACT_TYPE}, text/csv;q=0.5`]);
  expect(bench.lines).toEqual(bench.exchange.lines);
  await bench.reopen();
  expect(bench.lines).toEqual(bench.exchange.lines);
});

test('a snapshot in the compact form is taken, gzip around it', async () => {
  bench.exchange.oldestDiff = 2;
  bench.exchange.lies.snapshot = answering(gzipSync(await compactSnapshot()), { 'content-encoding': 'gzip' });
  expect(await bench.sync()).toMatchObject({ outcome: 'updated', how: 'snapshot', version: 2 });
  expect(bench.lines).toEqual(bench.exchange.lines);
});

test('a diff that is not the compact form is mended by one snapshot, asked for as CSV', async () => {
  bench.exchange.lies.diff = answering(Buffer.from('CHADAN1D\u0001\u0002'));
  bench.exchange.lies.snapshot = answering(await compactSnapshot());
  expect(await bench.sync()).toMatchObject({ outcome: 'updated', how: 'snapshot', version: 2 });
  expect(asked).toEqual([`${COMPACT_TYPE}, text/csv;q=0.5`, 'text/csv']);
  expect(bench.lines).toEqual(bench.exchange.lines);
});

const undecodable: [string, (good: Buffer) => Buffer][] = [
  ['cut off', (good) => good.subarray(0, -3)],
  ['with bytes behind its end', (good) => Buffer.concat([good, Buffer.of(0)])],
  ['of nothing but its beginning', (good) => good.subarray(0, 8)],
  ['that is the CSV', () => bench.exchange.snapshotOf(2)],
  ['that is empty', () => Buffer.alloc(0)],
];

test.each(undecodable)('a snapshot %s is asked for again, once, as CSV', async (_name, lie) => {
  bench.exchange.oldestDiff = 2;
  bench.exchange.lies.snapshot = answering(lie(await compactSnapshot()));
  expect(await bench.sync()).toMatchObject({ outcome: 'updated', how: 'snapshot', version: 2 });
  expect(asked).toEqual([`${COMPACT_TYPE}, text/csv;q=0.5`, 'text/csv']);
  expect(bench.named('warning')).toHaveLength(1);
});

test.each(undecodable)('where it is always %s, the old list stays in force', async (_name, lie) => {
  bench.exchange.oldestDiff = 2;
  const body = lie(await compactSnapshot());
  bench.exchange.lies.snapshot = (_honest, _response, request) => {
    asked.push(request.headers.accept ?? '');
    return { status: 200, headers: { 'content-type': COMPACT_TYPE }, body };
  };
  await expectOldList('digest_mismatch');
  expect(asked).toHaveLength(2);
});

test('a snapshot with another number leaves the old list in force', async () => {
  bench.exchange.oldestDiff = 2;
  const good = await compactSnapshot();
  bench.exchange.lies.snapshot = answering(touched(good, good.length - 250));
  await expectOldList('digest_mismatch');
  expect(asked).toHaveLength(1);
});

function touched(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

test('a small body that decodes to more than is signed is a bomb, and is cut', async () => {
  bench.exchange.oldestDiff = 2;
  const bomb = await compactOf(
    'snapshot',
    Buffer.from(`value,category,until\n${someLines(5000).join('\n')}\n`),
  );
  const body = gzipSync(bomb);
  bench.exchange.lies.snapshot = answering(body, { 'content-encoding': 'gzip' });
  await expectOldList('too_large');
});

test('what decodes to a little more than is signed is cut too', async () => {
  bench.exchange.oldestDiff = 2;
  const lines = someLines(180).map((line) => line.replace('gambling', 'g'));
  const csv = Buffer.from(`value,category,until\n${lines.join('\n')}\n`);
  const body = await compactOf('snapshot', csv);
  expect(csv.length).toBeGreaterThan(bench.exchange.snapshotOf(2).length);
  expect(body.length).toBeLessThan(bench.exchange.snapshotOf(2).length);
  bench.exchange.lies.snapshot = answering(body);
  await expectOldList('too_large');
});
