// `chadan completion` as far as npm alone can try it; test/examples/completion.example.ts asks the shells.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const CLI = new URL('../src/cli.ts', import.meta.url).pathname;

function chadan(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', CLI, ...words], {
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

test('prints a script for each shell that knows every command of the help', () => {
  const help = chadan('--help').out.split(/^Commands:$|^Examples:$/m)[1] ?? '';
  const commands = [...help.matchAll(/^ {2}([a-z-]+) /gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  expect(commands.length).toBeGreaterThan(15);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out, err } = chadan('completion', shell);
    expect([code, err]).toEqual([0, '']);
    for (const command of commands) expect(out).toMatch(new RegExp(`'${command}[ ']`));
    expect(out).toContain('originator-codes');
  }
});

test('says with 1 which shells there are', () => {
  expect(chadan('completion', 'tcsh')).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/^chadan: .*'tcsh' .*bash, zsh, fish\. – see chadan completion --help\n$/),
  });
  expect(chadan('completion')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('shell') });
});
