// `chadan verify` and `chadan diff`: what operators ask of directories that they hold, without network or credentials.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSyncCommands } from '../../src/sync/commands.ts';
import { runWords } from '../setup/command.ts';
import { RelayBench } from './relay-bench.ts';

const FIRST = ['+821023456789,illegal_loan,2027-02-21', '+8215881234,gambling,permanent'];
const SECOND = ['+821023456789,illegal_loan,2027-08-21', '+14155550123,drugs,permanent'];

let bench: RelayBench;
let dir: string;
beforeEach(async () => {
  bench = await RelayBench.start(FIRST);
  dir = bench.directory;
  bench.exchange.snapshotVersion = 1;
  await bench.sync();
});
afterEach(() => bench.stop());

const chadan = (...words: string[]) => runWords(addSyncCommands, words);

/** Changes a file of the list in place, as a failing disk or a curious hand does. */
async function tamper(what: 'snapshot' | 'record', change: (text: string) => string): Promise<void> {
  const record = join(dir, bench.exchange.list, 'current.json');
  const { base } = JSON.parse(await readFile(record, 'utf8')) as { base: { name: string } };
  const path = what === 'record' ? record : join(dir, bench.exchange.list, base.name);
  await writeFile(path, change(await readFile(path, 'utf8')));
}

describe('chadan verify', () => {
  test('says with 0 that what is held is what was signed, and of which digest', async () => {
    const { digest } = bench.exchange.versions[1] ?? {};
    expect(await chadan('verify', '--dir', dir)).toEqual({
      code: 0,
      out:
        `sender-numbers: verified: version 1, 2 entries, digest ${digest}\n` +
        'originator-codes: nothing is held\n',
      err: '',
    });
    const { code, out } = await chadan('verify', '--dir', dir, '--json');
    const verdicts = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(verdicts).toMatchObject([
      {
        list: 'sender-numbers',
        verified: true,
        epoch: bench.exchange.epoch,
        version: 1,
        count: 2,
        digest,
        stale: false,
      },
      { list: 'originator-codes', verified: false, fault: { code: 'nothing_held' } },
    ]);
  });

  test('refuses with 3 whatever was changed: an entry, a line, a signature, the record', async () => {
    const changes: [string, 'snapshot' | 'record', (text: string) => string][] = [
      ['an entry', 'snapshot', (text) => text.replace('gambling', 'drugs')],
      ['a line less', 'snapshot', (text) => text.replace(/^\+8215881234.*\n/m, '')],
      ['a signature', 'record', (text) => text.replace(/("manifest": "[^"]*)....",/, '$1AAAA",')],
      ['the record', 'record', () => '{}'],
    ];
    for (const [what, file, change] of changes) {
      const before = await chadan('verify', '--dir', dir);
      expect([what, before.code]).toEqual([what, 0]);
      await tamper(file, change);
      expect(await chadan('verify', '--dir', dir)).toMatchObject({
        code: 3,
        out: expect.stringContaining('sender-numbers: NOT VERIFIED: '),
      });
      const { code, out } = await chadan('verify', '--dir', dir, '--json');
      expect([code, JSON.parse(out.split('\n')[0] ?? '')]).toMatchObject([
        3,
        { verified: false, fault: { code: 'store_corrupt' } },
      ]);
      await bench.reopen(); // the next sync repairs it
      await bench.sync();
    }
  });

  test('ends with 1 where nothing is held', async () => {
    expect(await chadan('verify', '--dir', join(dir, 'none'))).toEqual({
      code: 1,
      out: 'sender-numbers: nothing is held\noriginator-codes: nothing is held\n',
      err: '',
    });
  });
});

describe('chadan diff', () => {
  beforeEach(async () => {
    bench.exchange.publish(SECOND);
    await bench.sync();
  });

  test('prints with 10 what leads from one version to another, and nothing with 0 where they are the same', async () => {
    const changes =
      '-,+821023456789,illegal_loan,2027-02-21\n-,+8215881234,gambling,permanent\n' +
      '+,+14155550123,drugs,permanent\n+,+821023456789,illegal_loan,2027-08-21\n';
    expect(await chadan('diff', `${dir}@1`, dir)).toEqual({
      code: 10,
      out: `op,value,category,until\n${changes}`,
      err: '',
    });
    expect(await chadan('diff', dir, `${dir}@2`)).toEqual({
      code: 0,
      out: 'op,value,category,until\n',
      err: '',
    });
    const { code, out } = await chadan('diff', '--json', dir, `${dir}@1`);
    expect(code).toBe(10);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { op: '-', value: '+14155550123', category: 'drugs', until: 'permanent' },
      { op: '-', value: '+821023456789', category: 'illegal_loan', until: '2027-08-21' },
      { op: '+', value: '+821023456789', category: 'illegal_loan', until: '2027-02-21' },
      { op: '+', value: '+8215881234', category: 'gambling', until: 'permanent' },
    ]);
    expect(await chadan('diff', '--json', dir, dir)).toEqual({ code: 0, out: '', err: '' });
  });

  test('says with 1 which versions it can build, and refuses what is damaged', async () => {
    expect(await chadan('diff', `${dir}@7`, dir)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^chadan: version 7 is not held; held are 1, 2\n$/),
    });
    expect(await chadan('diff', '--list', 'originator-codes', dir, dir)).toMatchObject({
      code: 1,
      err: expect.stringContaining('holds no originator-codes yet'),
    });
    await tamper('snapshot', (text) => text.replace('gambling', 'drugs'));
    expect(await chadan('diff', `${dir}@1`, dir)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^chadan: .* is damaged .*: run chadan sync to repair it\n$/),
    });
  });
});
