// The list in a publisher's memory: from where it is loaded, and what decides whether it is the list.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ListMemory, snapshotBytes } from '../../src/publish/list-memory.ts';
import { selectList } from '../../src/publish/version-queries.ts';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submitAndVerify } from '../setup/walk.ts';

let exchange: TestExchange;
let directory: string;
let past: string;
let pastVersion: number;
beforeAll(async () => {
  exchange = await startExchange();
  directory = await mkdtemp(join(tmpdir(), 'chadan-memory-'));
  await submitAndVerify(exchange, mobileNumbers(50, 601));
  ({ version: pastVersion } = await publish(exchange));
  past = await snapshot(pastVersion);
  await submitAndVerify(exchange, mobileNumbers(5, 602));
  await publish(exchange);
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await exchange.stop();
});

async function snapshot(version: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of snapshotBytes(exchange.db, { list: 'sender-numbers', serialBase: 0 }, version))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The digest of the list in force, loaded with this text as the file of the snapshot of this version. */
async function digestWith(text: string | undefined, version: number): Promise<[string, string]> {
  const path = join(directory, 'snapshot.csv');
  if (text === undefined) await rm(path, { force: true });
  else await writeFile(path, text);
  const memory = new ListMemory(exchange.db, async () => ({ version, path }));
  const row = await selectList(exchange.db, 'sender-numbers');
  if (!row) throw new Error('no list');
  const tree = await memory.exclusively(row.id, () => memory.treeAt(row));
  return [tree.digest(), row.digest.toString('hex')];
}

test('an older snapshot and the changes since make the list', async () => {
  const [digest, signed] = await digestWith(past, pastVersion);
  expect(digest).toBe(signed);
});

test.each([
  ['is missing', undefined],
  ['is cut', (text: string) => text.slice(0, -20)],
  ['is another list', (text: string) => text.replace('gambling', 'adult')],
  ['is none', () => 'not a snapshot'],
])('a snapshot that %s changes nothing: the rows tell', async (_, spoil) => {
  const [digest, signed] = await digestWith(spoil?.(past), pastVersion);
  expect(digest).toBe(signed);
});

test('lines come in order and whole, however many texts they take', async () => {
  const text = await snapshot(pastVersion);
  const lines = text.trimEnd().split('\n').slice(1);
  expect(lines).toEqual(lines.toSorted());
  expect(lines).toHaveLength(50);
});
