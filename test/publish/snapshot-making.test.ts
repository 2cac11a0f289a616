// How snapshots come about: in every coding before a manifest names them, by one server, found again after a start.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CODINGS } from '../../src/list/coding.ts';
import type { Manifest } from '../../src/list/manifest.ts';
import { sweepArtifacts } from '../../src/publish/artifact-sweep.ts';
import { SharedReadings } from '../../src/publish/shared-readings.ts';
import { Turns } from '../../src/publish/turns.ts';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';
import { LIST, linesOf, stateOf } from './published.ts';

let exchange: TestExchange;
let relay: Party;
beforeAll(async () => {
  exchange = await startExchange({ CHADAN_RETENTION_DAYS: '2' });
  relay = await exchange.party('relay');
});
afterAll(() => exchange.stop());

async function manifest(): Promise<Manifest> {
  const { text } = await relay.get(`${LIST}/manifest`).expect(200);
  return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());
}

test('a manifest names a snapshot only once it lies ready in every coding', async () => {
  await submitAndVerify(exchange, mobileNumbers(1100, 501));
  const { version } = await publish(exchange, 'sender-numbers', { confirmMassChange: true });
  await vi.waitFor(async () => expect((await manifest()).snapshot.version).toBe(version), {
    timeout: 20_000,
  });
  const { epoch } = await stateOf(exchange);
  const files = await readdir(join(exchange.directory, 'artifacts/sender-numbers', epoch));
  const ready = files.filter((name) => name.startsWith(`snapshot-${version}.csv`) && !name.endsWith('.part'));
  expect(ready).toHaveLength(CODINGS.length);
});

test('a snapshot whose file is gone is made again for who asks', async () => {
  const { epoch, count } = await stateOf(exchange);
  const { snapshot } = await manifest();
  const before = await linesOf(relay, snapshot.version, epoch);
  await rm(join(exchange.directory, 'artifacts'), { recursive: true });
  expect(await linesOf(relay, snapshot.version, epoch)).toEqual(before);
  expect(before).toHaveLength(count);
});

test('what is pending is seen at once, whoever asked before', async () => {
  const { pending } = await stateOf(exchange);
  expect(pending.added).toBe(0);
  for (const seed of [502, 503, 504]) {
    const { added } = (await stateOf(exchange)).pending;
    await submitAndVerify(exchange, mobileNumbers(2, seed));
    expect((await stateOf(exchange)).pending.added).toBe(added + 2);
  }
  await publish(exchange);
  expect((await stateOf(exchange)).pending).toEqual({ added: 0, removed: 0, held: false });
});

test('diffs are let go after the days that the setting says, with a word where to go on', async () => {
  const start = exchange.now();
  const { epoch } = await stateOf(exchange);
  for (const seed of [505, 506]) {
    await submitAndVerify(exchange, mobileNumbers(30, seed));
    await publish(exchange);
  }
  // Now all diffs together are more than the list.
  const agency = await exchange.party('agency');
  for (const number of mobileNumbers(2, 505))
    await agency.post(`${LIST}/entries/${number}/release`, { reason: 'agency_correction' }).expect(201);
  await publish(exchange);
  await relay.get(`${LIST}/diff?from=0&epoch=${epoch}`).expect(200);
  exchange.setTime(new Date(start.getTime() + 2.1 * 86_400_000));
  await submitAndVerify(exchange, mobileNumbers(1, 507));
  await publish(exchange);
  expect((await manifest()).oldestDiff).toBeGreaterThan(0);
  const { body } = await relay.get(`${LIST}/diff?from=0&epoch=${epoch}`).expect(410);
  expect(body).toMatchObject({ code: 'diff_gone' });
  await relay.get(body.snapshot).expect(200);
  exchange.setTime(start);
});

test('files of other epochs and of versions that are gone are removed, and no others', async () => {
  const directory = join(exchange.directory, 'sweep');
  const [epoch, past] = ['7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44', '11111111-3c1b-4f57-9a65-0c2f6d1b8e44'];
  const list = join(directory, 'sender-numbers');
  await mkdir(join(list, epoch), { recursive: true });
  await mkdir(join(list, past), { recursive: true });
  await writeFile(join(list, past, 'snapshot-9.csv'), '');
  const names = ['snapshot-4.csv.gz', 'snapshot-5.csv', 'diff-4-9.csv', 'diff-5-9.json.br', 'diff-10-12.csv'];
  for (const name of names) await writeFile(join(list, epoch, name), '');
  expect(await sweepArtifacts(directory, [{ id: 'sender-numbers', epoch, oldest_version: 5 }])).toBe(3);
  expect(await readdir(list)).toEqual([epoch]);
  expect((await readdir(join(list, epoch))).toSorted()).toEqual([
    'diff-10-12.csv',
    'diff-5-9.json.br',
    'snapshot-5.csv',
  ]);
  expect(await sweepArtifacts(join(directory, 'nothing'), [{ id: 'x', epoch, oldest_version: 5 }])).toBe(0);
});

test('who asks while a reading is under way is told what was true after the question', async () => {
  const waiting: ((value: number) => void)[] = [];
  const readings = new SharedReadings<number>(() => new Promise((resolve) => waiting.push(resolve)));
  const first = readings.read('list');
  const later = [readings.read('list'), readings.read('list')];
  expect(waiting).toHaveLength(1);
  waiting[0]?.(1);
  expect(await first).toBe(1);
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  waiting[1]?.(2);
  expect(await Promise.all(later)).toEqual([2, 2]);
});

test('no more snapshots are read at once than there are turns, and one that is broken off makes room', async () => {
  const turns = new Turns(1);
  const chunks = async function* () {
    yield Buffer.from('one');
    yield Buffer.from('two');
  };
  const first = turns.through(chunks);
  expect((await first.next()).value?.toString()).toBe('one');
  let begun = false;
  const second = turns.through(chunks);
  const next = second.next().then((result) => {
    begun = true;
    return result;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBe(false);
  await first.return(undefined);
  expect((await next).value?.toString()).toBe('one');
});
