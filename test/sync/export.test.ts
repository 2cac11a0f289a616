// `chadan export` in all that needs no gateway: forms, names, files, commands with a memory; and the hook that runs
// until it ended with 0.
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, RunningProgram, run, until } from '../setup/programs.ts';
import { RelayBench } from './relay-bench.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const CHADAN = ['--import', import.meta.resolve('tsx'), CLI];
const BLOCKED = '+821023456789,illegal_loan,2027-02-21';
const REPRESENTATIVE = '+8215881234,gambling,permanent';
const FOREIGN = '+14155550123,drugs,permanent';

let bench: RelayBench;
let dir: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  bench = await RelayBench.start([BLOCKED, REPRESENTATIVE, FOREIGN]);
  dir = join(bench.directory, 'lists');
  const credentials = join(bench.directory, 'relay.json');
  await writeFile(credentials, JSON.stringify(bench.exchange.credentials), { mode: 0o600 });
  env = { ...process.env, CHADAN_CREDENTIALS: credentials };
});
afterEach(() => bench.stop());

const chadan = (...args: string[]): Promise<Ended> => run(process.execPath, [...CHADAN, ...args], { env });
const sync = (...args: string[]) => chadan('sync', '--dir', dir, '--list', 'sender-numbers', ...args);
const exports = (...args: string[]) => chadan('export', '--dir', dir, ...args);
const place = (name: string) => join(bench.directory, name);
const text = (name: string) => readFile(place(name), 'utf8');

describe('chadan export', () => {
  test('writes senders in the forms that are asked for', async () => {
    await sync();
    const senders = async (...args: string[]) => (await exports(...args)).out.split('\n').slice(0, -1);
    expect(await senders('--format', 'digits')).toEqual(['14155550123', '821023456789', '8215881234']);
    expect(await senders('--format', 'e164')).toEqual(['+14155550123', '+821023456789', '+8215881234']);
    expect(await senders('--format', 'e164', '--forms', 'national,digits')).toEqual([
      '14155550123',
      '01023456789',
      '821023456789',
      '15881234',
      '8215881234',
    ]);
    expect(await senders('--format', 'nginx', '--forms', 'national')).toEqual([
      `# sender-numbers ${bench.exchange.epoch}:1`,
      '\\\\+14155550123 drugs;',
      '01023456789 illegal_loan;',
      '15881234 gambling;',
    ]);
  });

  test('says what does not fit, and writes nothing then', async () => {
    const out = place('out');
    const refusals: [RegExp, string[]][] = [
      [/holds no list yet: run chadan sync/, ['--format', 'national', '--out', out]],
      [/originator-codes holds no numbers/, ['--list', 'originator-codes', '--format', 'kannel']],
      [/--state remembers what a command took: it needs --to/, ['--format', 'redis', '--state', out]],
      [
        /--format nginx is always written whole: --state does not fit/,
        ['--format', 'nginx', '--to', 'cat', '--state', out],
      ],
      [/--format kamailio --to needs --out/, ['--format', 'kamailio', '--to', 'cat']],
      [/--name must match/, ['--format', 'postgresql', '--name', 'a;b']],
      [/--format csv has no name/, ['--name', 'x']],
    ];
    for (const [message, args] of refusals)
      expect(await exports(...args)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(message) });
    expect(await exports('--format', 'e164', '--forms', 'german')).not.toMatchObject({ code: 0 });
    expect(await readdir(bench.directory)).not.toContain('out');
  });

  test('replaces a file whole, with a later second, and leaves the old one when it cannot', async () => {
    await sync();
    const out = place('blocked.txt');
    await writeFile(out, 'old');
    const ahead = Math.floor(Date.now() / 1000) + 100;
    await utimes(out, ahead, ahead);
    expect(await exports('--format', 'e164', '--out', out)).toEqual({ code: 0, out: '', err: '' });
    expect(await text('blocked.txt')).toBe('+14155550123\n+821023456789\n+8215881234\n');
    expect((await stat(out)).mtimeMs).toBe((ahead + 1) * 1000);
    expect(await exports('--format', 'e164', '--out', place('missing/blocked.txt'))).toMatchObject({
      code: 1,
    });
    await rm(join(dir, 'sender-numbers'), { recursive: true });
    expect(await exports('--format', 'e164', '--out', out)).toMatchObject({ code: 1 });
    expect(await text('blocked.txt')).toBe('+14155550123\n+821023456789\n+8215881234\n');
    expect((await readdir(bench.directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('gives a command what changed, and all of it where the change is refused or the state is gone', async () => {
    await sync();
    const to = `cat > '${place('given')}'; echo "$CHADAN_NAME $CHADAN_VERSION" >> '${place('runs')}'`;
    const state = place('state');
    const give = (command = to) => exports('--format', 'postgresql', '--to', command, '--state', state);
    expect(await give()).toMatchObject({ code: 0, err: '' });
    expect(await text('given')).toContain('RENAME TO chadan_sender_numbers');

    bench.exchange.publish([BLOCKED, FOREIGN]);
    await sync();
    expect(await give()).toMatchObject({ code: 0, err: '' });
    expect(await text('given')).toContain(
      'COPY chadan_removed FROM stdin;\n+8215881234\n\\.\nDELETE FROM chadan_sender_numbers',
    );
    expect(await text('given')).not.toContain('01023456789');

    // Another command is another target: nothing is known of what it holds.
    await give(`${to}; true`);
    expect(await text('given')).toContain('RENAME TO chadan_sender_numbers');
    const refusing = `cat > '${place('given')}'; ! grep -q chadan_removed '${place('given')}'`;
    await give(refusing);
    expect(await give(refusing)).toMatchObject({
      code: 0,
      err: 'chadan: sender-numbers: the command of --to failed (exit code 1); giving it the whole list\n',
    });
    await writeFile(state, 'nonsense\n');
    await give();
    expect(await text('given')).toContain('RENAME TO chadan_sender_numbers');
    expect((await text('runs')).trim().split('\n')).toEqual([
      'chadan_sender_numbers 1',
      'chadan_sender_numbers 2',
      'chadan_sender_numbers 2',
      'chadan_sender_numbers 2',
    ]);
  });

  test('a command that fails did not take it, and nothing is remembered', async () => {
    await sync();
    const failing = exports('--format', 'redis', '--to', 'cat >/dev/null; exit 7', '--state', place('state'));
    expect(await failing).toMatchObject({ code: 1, err: expect.stringContaining('failed (exit code 7)') });
    expect(await readdir(bench.directory)).not.toContain('state');
  });
});

describe('the command of --on-change', () => {
  test('is run again by the next sync until it ended with 0, for all that changed since, and then no more', async () => {
    const hook = `echo "$CHADAN_FROM $CHADAN_VERSION" >> '${place('runs')}'; test -e '${place('well')}'`;
    expect((await sync('--on-change', hook)).err).toContain('failed (exit code 1)');
    expect((await sync('--on-change', hook)).err).toContain('failed (exit code 1)');
    bench.exchange.publish([BLOCKED]);
    await writeFile(place('well'), '');
    expect((await sync('--on-change', hook)).err).toBe('');
    expect((await sync('--on-change', hook)).err).toBe('');
    expect((await text('runs')).split('\n')).toEqual(['0 1', '1 1', '1 2', '']);
    expect((await sync('--on-change', `${hook} && true`)).err).toBe('');
    expect((await text('runs')).split('\n')).toHaveLength(5);
  });

  test('is tried again by itself while following', async () => {
    const hook = `echo "$CHADAN_VERSION" >> '${place('runs')}'; test $(wc -l < '${place('runs')}') -ge 3`;
    const following = ['--list', 'sender-numbers', '--follow', '--on-change', hook];
    const program = new RunningProgram(process.execPath, [...CHADAN, 'sync', '--dir', dir, ...following], {
      env,
    });
    try {
      const done = (names: string[]) => names.some((name) => name.startsWith('on-change-'));
      await until(() => readdir(join(dir, 'sender-numbers')), done);
      expect(await text('runs')).toBe('1\n1\n1\n');
      expect(program.output.match(/failed \(exit code 1\)/g)).toHaveLength(2);
    } finally {
      await program.stop();
    }
  });
});
