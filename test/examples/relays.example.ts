// The relays of examples/, in shell and in Python, beside an exchange that is honest, broken or hostile: what
// docs/list-format.md §9 asks of every relay.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generateKey } from '../../src/list/key-set.ts';
import { type Ended, programPath, run } from '../setup/programs.ts';
import { HostileExchange, problem, someLines, text } from '../sync/hostile-exchange.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const FEW = someLines(20);
const MANY = someLines(3000);

let exchange: HostileExchange;
let directory: string;

beforeAll(async () => {
  for (const [program, debianPackage] of [
    ['bash', 'bash'],
    ['curl', 'curl'],
    ['jq', 'jq'],
    ['openssl', 'openssl'],
    ['python3', 'python3'],
  ] as const)
    await programPath(program, debianPackage);
});

beforeEach(async () => {
  exchange = await HostileExchange.start();
  directory = await mkdtemp(join(tmpdir(), 'chadan examples '));
  await writeFile(join(directory, 'relay.json'), JSON.stringify(exchange.credentials), { mode: 0o600 });
});
afterEach(async () => {
  await exchange.stop();
  await rm(directory, { recursive: true, force: true });
});

/** What a relay of the examples holds. */
const HELD: Record<string, () => Promise<string>> = {
  'relay.sh': () => readFile(join(directory, 'lists/sender-numbers/lines'), 'utf8'),
  'relay.py': async () => {
    const state = await readFile(join(directory, 'lists/sender-numbers.json'), 'utf8');
    return readFile(join(directory, 'lists', (JSON.parse(state) as { file: string }).file), 'utf8');
  },
};

describe.each(Object.keys(HELD))('%s', (program) => {
  const sync = (): Promise<Ended> =>
    run(join(EXAMPLES, program), [join(directory, 'relay.json'), join(directory, 'lists')], {
      env: { ...process.env, no_proxy: '*' },
    });
  const held = async () => (await HELD[program]?.())?.split('\n').slice(0, -1);

  async function expectRefusal(code: number, message: RegExp, before: string[]): Promise<void> {
    expect(await sync()).toMatchObject({ code, err: expect.stringMatching(message) });
    expect(await held()).toEqual(before);
  }

  test('takes a short list by the snapshot, follows by diffs, and signs receipts', async () => {
    exchange.restart(FEW);
    exchange.snapshotVersion = 1;
    expect(await sync()).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('version 1 (snapshot), 20 entries'),
    });
    expect(await held()).toEqual(exchange.lines);
    exchange.publish([...someLines(25, 5), '+8215881234,illegal_loan,2027-11-22']);
    expect(await sync()).toMatchObject({
      code: 0,
      out: expect.stringContaining('version 2 (diff from version 1)'),
    });
    expect(await held()).toEqual(exchange.lines);
    expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('version 2 (unchanged)') });
    expect(exchange.downloads).toBe(2);
    expect(exchange.receipts.map(({ iss, version }) => [iss, version])).toEqual([
      ['relay-1', 1],
      ['relay-1', 2],
      ['relay-1', 2],
    ]);
  });

  test('computes the tree of a long list, and comes over a snapshot and a diff behind it', async () => {
    exchange.restart(MANY);
    exchange.snapshotVersion = 1;
    exchange.publish(MANY.slice(10));
    expect(await sync()).toMatchObject({ code: 0, err: '', out: expect.stringContaining('2990 entries') });
    expect(await held()).toEqual(exchange.lines);
    exchange.publish([]);
    expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('0 entries') });
    expect(await held()).toEqual([]);
  });

  test('goes the snapshot way where the diff is gone, damaged, or a new history begins', async () => {
    exchange.restart(FEW);
    await sync();
    exchange.publish(someLines(21));
    exchange.snapshotVersion = 2;
    exchange.oldestDiff = 2;
    expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('(snapshot)') });
    exchange.oldestDiff = 0;
    exchange.publish(someLines(22));
    exchange.snapshotVersion = 3;
    exchange.lies.diff = (honest) => ({ ...honest, body: Buffer.from('op,value,category,until\n') });
    expect(await sync()).toMatchObject({ code: 0, out: expect.stringContaining('version 3 (snapshot)') });
    delete exchange.lies.diff;
    exchange.restart(someLines(5, 100));
    expect(await sync()).toMatchObject({ code: 0, err: expect.stringContaining('a new history begins') });
    expect(await held()).toEqual(exchange.lines);
  });

  test('does not go back to an epoch that it left', async () => {
    exchange.restart(FEW);
    await sync();
    const old = { epoch: exchange.epoch, versions: [...exchange.versions] };
    exchange.restart(someLines(5, 100));
    const renewed = exchange.lines;
    expect(await sync()).toMatchObject({ code: 0 });
    Object.assign(exchange, old);
    await expectRefusal(3, /ROLLBACK: this epoch was left/, renewed);
  });

  test('keeps the old list whatever is forged', async () => {
    exchange.restart(FEW);
    exchange.publish(someLines(21));
    expect(await sync()).toMatchObject({ code: 0 });
    const before = exchange.lines;

    const [first] = exchange.versions.splice(1, 1);
    await expectRefusal(3, /ROLLBACK/, before);
    if (first) exchange.versions.splice(1, 0, first);
    exchange.forge = { digest: 'ab'.repeat(32) };
    await expectRefusal(3, /SPLIT VIEW/, before);
    exchange.forge = {};

    exchange.publish(someLines(22));
    exchange.lies.manifest = () => text('application/jwt', exchange.manifest(generateKey()));
    await expectRefusal(3, /in no key set/, before);
    exchange.lies.manifest = (honest) => {
      const [head, , signature] = honest.body.toString().split('.');
      const payload = Buffer.from(JSON.stringify({ version: 9 })).toString('base64url');
      return text('application/jwt', `${head}.${payload}.${signature}`);
    };
    await expectRefusal(3, /signature .*does not hold/, before);
    delete exchange.lies.manifest;
    exchange.lies.keys = () => text('application/jwt', exchange.signedKeySet(generateKey()));
    await expectRefusal(3, /signature .*does not hold/, before);
    delete exchange.lies.keys;
    exchange.forge = { chain: 'cd'.repeat(32) };
    await expectRefusal(3, /SPLIT VIEW/, before);
    exchange.forge = { iss: 'http://elsewhere.example' };
    await expectRefusal(3, /another issuer/, before);
    exchange.forge = { iat: exchange.now - 100, exp: exchange.now - 1 };
    await expectRefusal(2, /expired/, before);
    exchange.forge = {};
    exchange.keySet = { sequence: 0 };
    await expectRefusal(3, /key set/, before);
    exchange.keySet = {};

    exchange.lies.diff = exchange.lies.snapshot = (honest) => ({
      ...honest,
      body: Buffer.from(honest.body.toString().replace('gambling', 'drugs')),
    });
    await expectRefusal(3, /DIGEST MISMATCH/, before);
    exchange.lies.diff = exchange.lies.snapshot = () => problem(503, 'database_unavailable');
    await expectRefusal(1, /database_unavailable/, before);
    exchange.lies.diff = (honest, response) => {
      response.writeHead(200, { ...honest.headers, 'content-length': honest.body.length });
      response.write(honest.body.subarray(0, honest.body.length / 2), () => response.destroy());
      return undefined;
    };
    await expectRefusal(1, /diff/, before);
    exchange.lies.diff = (honest) => ({ ...honest, body: Buffer.alloc(1_000_000, 'x') });
    await expectRefusal(3, /longer than it can be/, before);

    delete exchange.lies.diff;
    delete exchange.lies.snapshot;
    expect(await sync()).toMatchObject({
      code: 0,
      out: expect.stringContaining('version 3 (diff from version 2)'),
    });
    expect(await held()).toEqual(exchange.lines);
  });
});
