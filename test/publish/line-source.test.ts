// Versions read from a standby that fails, has fallen behind, or is of another history.
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DB } from '../../src/database/generated/schema.ts';
import { foundLists } from '../../src/publish/founding.ts';
import { type HeldVersion, LineSource } from '../../src/publish/line-source.ts';
import { createTestDatabase, type TestDatabase } from '../setup/database.ts';

let primary: TestDatabase;
let standby: TestDatabase;
let held: HeldVersion;
beforeAll(async () => {
  [primary, standby] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await foundLists(primary.db, new Date());
  await foundLists(standby.db, new Date());
  const list = 'sender-numbers';
  const row = standby.db.selectFrom('list').select('epoch').where('id', '=', list);
  held = { list, version: 0, ...(await row.executeTakeFirstOrThrow()) };
});
afterAll(async () => {
  await primary.drop();
  await standby.drop();
});

const errors: unknown[] = [];
const source = () =>
  new LineSource({ db: primary.db, standby: standby.db, onError: (error) => errors.push(error) });

async function read(lines: LineSource, make: (db: Kysely<DB>) => AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of lines.read(held, make)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a version that the standby does not have is read from the primary', async () => {
  const lines = source();
  expect(await lines.at(held)).toBe(standby.db);
  expect(await lines.at({ ...held, version: 1 })).toBe(primary.db);
  expect(await lines.at({ ...held, epoch: '00000000-0000-4000-8000-000000000000' })).toBe(primary.db);
  expect(lines.counts).toEqual({ standby: 1, primary: 2 });
});

test('what fails halfway is ended by the primary, without a byte twice or missing', async () => {
  // The same text from both, in chunks of other sizes.
  const make = async function* (db: Kysely<DB>): AsyncGenerator<Buffer> {
    if (db === primary.db) for (const text of ['a', 'bcd', 'efghij']) yield Buffer.from(text);
    else {
      yield Buffer.from('abcdef');
      throw new Error('canceling statement due to conflict with recovery');
    }
  };
  const lines = source();
  expect(await read(lines, make)).toBe('abcdefghij');
  expect(lines.counts).toEqual({ standby: 1, primary: 1 });
  expect(errors.at(-1)).toMatchObject({ message: expect.stringContaining('conflict') });
  expect(await lines.at(held)).toBe(primary.db); // it rests
});

test('what fails on the primary is a failure', async () => {
  const lines = new LineSource({ db: primary.db });
  const make = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from('a');
    throw new Error('gone');
  };
  await expect(read(lines, make)).rejects.toThrow('gone');
});
