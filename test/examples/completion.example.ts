// `chadan completion`, asked of the shells themselves: what they offer for a line that somebody is typing.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programPath, run } from '../setup/programs.ts';

const CLI = new URL('../../src/cli.ts', import.meta.url).pathname;

/** What is offered; a path is `file`. */
const OFFERED: [line: string, offers: string[]][] = [
  ['chadan sy', ['sync']],
  ['chadan keys ro', ['rotate']],
  ['chadan keys status --', ['--credentials', '--data', '--help', '--json']],
  ['chadan client add --org KT --kind ', ['agency', 'carrier', 'operator', 'relay']],
  ['chadan check --dir lists --list s', ['sender-numbers']],
  ['chadan export --dir lists --format ka', ['kamailio', 'kannel']],
  ['chadan completion ', ['bash', 'fish', 'zsh']],
  ['chadan sync --dir sync --f', ['--follow']],
  ['chadan diff li', ['lists-of-a-relay/']],
  ['chadan sync --dir li', ['lists-of-a-relay/']],
];

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chadan-completion-'));
  await writeFile(join(directory, 'other.csv'), '');
  await run('mkdir', [join(directory, 'lists-of-a-relay')]);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Writes the script of a shell. */
async function scriptOf(shell: string): Promise<string> {
  const { code, out, err } = await run(process.execPath, ['--import', 'tsx', CLI, 'completion', shell]);
  expect([code, err]).toEqual([0, '']);
  const path = join(directory, `script.${shell}`);
  await writeFile(path, out);
  return path;
}

async function runIn(program: string, args: string[], input = ''): Promise<string> {
  const { code, out, err } = await run(program, args, { input, cwd: directory });
  expect([code, err]).toEqual([0, '']);
  return out;
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

describe('completion', () => {
  test('in bash', async () => {
    const bash = await programPath('bash', 'bash');
    const script = await scriptOf('bash');
    const ask = `source '${script}'
      while IFS= read -r line; do
        read -ra COMP_WORDS <<<"$line"
        [[ $line = *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMPREPLY=()
        _chadan
        # What readline does by -o default.
        [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -d -S / -- "\${COMP_WORDS[COMP_CWORD]}"))
        echo "\${COMPREPLY[@]}"
      done`;
    for (const [line, offers] of OFFERED) {
      const out = await runIn(bash, ['--norc', '-c', ask], `${line}\n`);
      expect([line, out.trim().split(' ').sort()]).toEqual([line, offers]);
    }
  });

  test('in fish', async () => {
    const fish = await programPath('fish', 'fish');
    const script = await scriptOf('fish');
    for (const [line, offers] of OFFERED) {
      const out = await runIn(fish, ['--no-config', '-c', `source '${script}'; complete -C '${line}'`]);
      const offered = lines(out).map((each) => each.split('\t')[0]);
      expect([line, offered.sort()]).toEqual([line, offers]);
    }
  });

  test('in zsh', async () => {
    const zsh = await programPath('zsh', 'zsh');
    const script = await scriptOf('zsh');
    const record = join(directory, 'record');
    // A shell at a terminal, whose own `compadd` is overheard; it ends by itself after the key that follows the tab.
    const ask = `zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "autoload -Uz compinit && compinit -u -D; source '${script}'; unsetopt beep
        compadd() { local -a got; builtin compadd -O got \\"\\$@\\"; print -rl -- \\$got >>'${record}'; builtin compadd \\"\\$@\\" }
        leave() { print -r -- \\"BUFFER \\$BUFFER\\" >>'${record}'; exit }; zle -N leave; bindkey '^X' leave"
      IFS= read -r line
      zpty -w -n shell "$line"$'\\t\\x18'
      while zpty -r shell seen; do :; done`;
    for (const [line, offers] of OFFERED) {
      await writeFile(record, '');
      await run(zsh, ['-f', '-c', ask], { input: `${line}\n`, cwd: directory });
      const heard = lines(await readFile(record, 'utf8'));
      const buffer = heard.at(-1);
      const [only] = offers;
      if (offers.length === 1) {
        const typed = line.slice(0, line.lastIndexOf(' ') + 1);
        expect([line, buffer?.trimEnd()]).toEqual([line, `BUFFER ${typed}${only}`]);
      } else {
        expect([line, [...new Set(heard.slice(0, -1))].sort()]).toEqual([line, offers]);
      }
    }
  });
});
