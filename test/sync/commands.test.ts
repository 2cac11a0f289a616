// The commands as operators type them: what they print, and how they end.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateKey } from '../../src/list/key-set.ts';
import { problem, someLines } from './hostile-exchange.ts';
import { RelayBench } from './relay-bench.ts';

const CLI = new URL('../../src/cli.ts', import.meta.url).pathname;
const BLOCKED = '+821023456789,illegal_loan,2027-02-21';

let bench: RelayBench;
let credentials: string;
let dir: string;
beforeEach(async () => {
  bench = await RelayBench.start([BLOCKED, '+8215881234,gambling,permanent', '+14155550123,drugs,permanent']);
  dir = join(bench.directory, 'lists');
  credentials = join(bench.directory, 'relay.json');
  await writeFile(credentials, JSON.stringify(bench.exchange.credentials), { mode: 0o600 });
});
afterEach(() => bench.stop());

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function chadan(
  args: string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, ...args], {
    env: { ...process.env, CHADAN_CREDENTIALS: credentials, ...env },
  });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk));
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...ended, code })));
}

const sync = (...args: string[]) => chadan(['sync', '--dir', dir, '--list', 'sender-numbers', ...args]);

describe('chadan', () => {
  test('sync says what changed, runs the hook, and is quiet about nothing else', async () => {
    const hook = `echo "$CHADAN_LIST $CHADAN_FROM $CHADAN_VERSION $CHADAN_ADDED $CHADAN_REMOVED" >> '${dir}/changes'`;
    expect(await sync('--on-change', hook)).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^sender-numbers: version 1 by snapshot: \+3 −0, 3 entries, digest [0-9a-f]{12}\n$/,
      ),
      err: '',
    });
    bench.exchange.publish([BLOCKED]);
    expect((await sync('--on-change', `${hook}; exit 3`)).err).toBe(
      'chadan: sender-numbers: the command of --on-change failed (exit code 3)\n',
    );
    expect(await readFile(join(dir, 'changes'), 'utf8')).toBe(
      'sender-numbers 0 1 3 0\nsender-numbers 1 2 0 2\n',
    );
    const third = await sync('--json');
    expect(JSON.parse(third.out)).toMatchObject({
      list: 'sender-numbers',
      outcome: 'current',
      version: 2,
      count: 1,
    });
  });

  test('check and export answer offline, without credentials', async () => {
    await sync();
    await bench.exchange.stop();
    const env = { CHADAN_CREDENTIALS: '' };
    expect(await chadan(['check', '--dir', dir, '010-2345-6789', '02-2123-4567'], { env })).toEqual({
      code: 10,
      out: '010-2345-6789\tblocked\tillegal_loan\t2027-02-21\n02-2123-4567\tclear\t\t\n',
      err: '',
    });
    expect(
      await chadan(['check', '--dir', dir, '-'], { env, input: '1588-1235\r\n\n010 2000 0000' }),
    ).toMatchObject({ code: 0 });
    const invalid = await chadan(['check', '--dir', dir, '1588-1234', 'KT'], { env });
    expect(invalid).toMatchObject({
      code: 1,
      out: '1588-1234\tblocked\tgambling\tpermanent\nKT\tinvalid\tletters\t\n',
    });
    const out = join(dir, 'blocked.txt');
    expect(await chadan(['export', '--dir', dir, '--format', 'national', '--out', out], { env })).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect(await readFile(out, 'utf8')).toBe('+14155550123\n01023456789\n15881234\n');
    expect((await chadan(['export', '--dir', dir], { env })).out).toBe(
      bench.exchange.snapshotOf(1).toString(),
    );
    expect((await chadan(['status', '--dir', dir], { env })).out).toMatch(
      /sender-numbers: version 1, 3 entries, digest .*\n {2}published .*fresh until/,
    );
  });

  test('sync ends with 1 when it failed, 2 when the list is stale, 3 when something was forged', async () => {
    await sync();
    bench.exchange.publish(someLines(5));
    bench.exchange.lies.manifest = () => problem(404, 'not_found');
    expect(await sync()).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^chadan: sender-numbers: .*version 1 stays in force\n$/),
    });
    delete bench.exchange.lies.manifest;
    const { now } = bench.exchange;
    bench.exchange.forge = { iat: now - 100, exp: now - 1 };
    expect(await sync()).toMatchObject({ code: 2, err: expect.stringContaining('expired') });
    bench.exchange.forge = {};
    const honest = bench.exchange.manifestKey;
    bench.exchange.lies.keys = () => problem(404, 'not_found');
    bench.exchange.manifestKey = generateKey();
    bench.exchange.lies.keys = (answer) => ({
      ...answer,
      body: Buffer.from(bench.exchange.signedKeySet(generateKey())),
    });
    expect(await sync()).toMatchObject({ code: 3, err: expect.stringContaining('refused') });
    bench.exchange.manifestKey = honest;
    expect(await chadan(['check', '--dir', dir, '010-2345-6789'])).toMatchObject({ code: 10 });
  });

  test('follows until it is told to stop', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', CLI, 'sync', '--dir', dir, '--list', 'sender-numbers', '--follow'],
      {
        env: { ...process.env, CHADAN_CREDENTIALS: credentials },
      },
    );
    const lines: string[] = [];
    const ended = new Promise((resolve) => child.once('close', resolve));
    for await (const chunk of child.stdout) {
      lines.push(String(chunk));
      if (lines.length === 1) {
        while (bench.exchange.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
        bench.exchange.publish(someLines(4));
      } else child.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
    expect(lines[1]).toMatch(/^sender-numbers: version 2 by diff from version 1: \+4 −3, 4 entries/);
  });

  test('says in one line what is wrong with how it was called', async () => {
    const wrong: [string[], RegExp][] = [
      [
        ['sync', '--dirr', 'x'],
        /^chadan: (unknown option '--dirr' \(Did you mean --dir\?\)|required option '--dir <dir>' not specified) – see chadan sync --help\n$/,
      ],
      [['chek'], /^chadan: unknown command 'chek' \(Did you mean check\?\) – see chadan --help\n$/],
      [
        ['sync', '--dir', dir, '--list', 'x'],
        /^chadan: .*there are sender-numbers and originator-codes\. – see chadan sync --help\n$/,
      ],
      [
        ['sync', '--dir', dir, '--credentials', '/nowhere'],
        /^chadan: there is no credentials file \/nowhere\n$/,
      ],
      [
        ['check', '--dir', join(dir, 'none'), '010-2345-6789'],
        /^chadan: .*holds no list yet: run chadan sync\n$/,
      ],
    ];
    for (const [args, message] of wrong) {
      const { code, out, err } = await chadan(args);
      expect(err).toMatch(message);
      expect({ code, out }).toEqual({ code: 1, out: '' });
    }
  });

  test('is quiet when its reader has seen enough', async () => {
    bench.exchange.publish(someLines(20_000));
    await sync();
    const child = spawn('sh', [
      '-c',
      `"${process.execPath}" --import tsx "${CLI}" export --dir "${dir}" | head -1`,
    ]);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    expect(err).toBe('');
  });
});
