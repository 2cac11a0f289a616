import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Party, startExchange, type TestExchange } from '../setup/exchange.ts';
import { allCases, mobileNumbers } from '../setup/walk.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let exchange: TestExchange;
let carrier: Party;
let directory: string;
beforeAll(async () => {
  exchange = await startExchange();
  carrier = await exchange.party('carrier');
  directory = await mkdtemp(join(tmpdir(), 'chadan-submit-'));
});
afterAll(async () => {
  await exchange.stop();
  await rm(directory, { recursive: true });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function chadan(args: string[], input = ''): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, CHADAN_CREDENTIALS: carrier.credentialsFile };
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', CLI, ...args],
      { env },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

async function file(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

const rows = (numbers: readonly string[]) =>
  numbers.map((number) => `sender_number,${number},job,5\n`).join('');
const HEADER = 'type,value,category,reports\n';

test('a file whose rows are all accepted ends with 0, and the same command again hands nothing in twice', async () => {
  const path = await file('good.csv', HEADER + rows(mobileNumbers(3, 201)));
  const first = await chadan(['submit', path, '--json']);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(JSON.parse(first.stdout)).toMatchObject({ received: 3, accepted: 3 });
  const again = await chadan(['submit', path, '--json']);
  expect(again.stdout).toBe(first.stdout);
});

test('a packed file is sent as it is, and is the same body as the file in it', async () => {
  const text = HEADER + rows(mobileNumbers(3, 204));
  const path = join(directory, 'packed.csv.gz');
  await writeFile(path, gzipSync(text));
  const first = await chadan(['submit', path, '--json', '--idempotency-key', 'packed']);
  expect([first.code, first.stderr]).toEqual([0, '']);
  const plain = await file('plain.csv', text);
  const again = await chadan(['submit', plain, '--json', '--idempotency-key', 'packed']);
  expect(again.stdout).toBe(first.stdout);
});

test('some invalid rows end with 2, the first are shown, and all can be saved', async () => {
  const path = await file('mixed.csv', `${HEADER}sender_number,0000,job,5\n${rows(mobileNumbers(1, 202))}`);
  const { code, stdout } = await chadan(['submit', path]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/row 1 {2}0000 {2}anonymous: /);
  const [, id = ''] = /--errors|submission (\S+)/.exec(stdout) ?? [];
  const errors = join(directory, 'errors.csv');
  expect(await chadan(['submission', id, '--errors', errors])).toMatchObject({ code: 0 });
  expect(await readFile(errors, 'utf8')).toMatch(/^row,value,code,detail\n1,0000,anonymous,.*\n$/);
  const twice = await chadan(['submission', id, '--errors', errors]);
  expect([twice.code, twice.stderr]).toEqual([1, expect.stringMatching(/^chadan: .* exists already/)]);
});

test('standard input needs its format said, and is taken then', async () => {
  const row = JSON.stringify({
    type: 'sender_number',
    value: mobileNumbers(1, 203)[0],
    category: 'job',
    score: 1,
  });
  const silent = await chadan(['submit', '-'], row);
  expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining('--format')]);
  const { code, stdout } = await chadan(['submit', '-', '--format', 'ndjson', '--json'], row);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ received: 1, accepted: 1 });
});

test('what the exchange refuses, and a file that is not there, end with 1 and one line', async () => {
  const path = await file('odd.csv', 'type,colour\n');
  for (const [name, said] of [
    [path, 'unknown_column'],
    [join(directory, 'none.csv'), 'no such file'],
  ] as const) {
    const { code, stdout, stderr } = await chadan(['submit', name]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^chadan: .*\n$/);
    expect(stderr).toContain(said);
  }
});

test('outcomes go on from the cursor that was printed', async () => {
  const agency = await exchange.party('agency');
  const cases = (await allCases(exchange)).map(({ id, revision }) => ({ id, revision }));
  await agency.post('/v1/decisions', { cases, verdict: 'reject', reason: 'not_spam' }).expect(201);
  const first = await chadan(['outcomes', '--json']);
  expect(first.code).toBe(0);
  const items = first.stdout.trim().split('\n');
  expect(items).toHaveLength(cases.length);
  expect(JSON.parse(items[0] ?? '')).toMatchObject({ outcome: 'rejected', reason: 'not_spam' });
  const cursor = /--after (\S+)/.exec(first.stderr)?.[1] ?? '';
  const rest = await chadan(['outcomes', '--csv', '--after', cursor]);
  expect(rest.stdout.trim().split('\n')).toHaveLength(1);
  expect(rest.stderr).toContain(cursor);
});
