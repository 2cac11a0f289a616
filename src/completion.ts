// `chadan completion SHELL`: a script that completes commands, options and their choices, written from the commands
// themselves, so that it cannot lag behind them.
import type { Command } from 'commander';
import { CommandError, runCommand } from './client/command.ts';

interface Words {
  /** The command's words, such as `reseller add`. */
  path: string;
  description: string;
  options: { flag: string; description: string; choices: readonly string[] }[];
}

/** Adds `completion` to the program. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      `
Examples:
  source <(chadan completion bash)                                     # in ~/.bashrc
  source <(chadan completion zsh)                                      # in ~/.zshrc, after compinit
  chadan completion fish > ~/.config/fish/completions/chadan.fish`,
    )
    .action(
      runCommand(async (shell: string) => {
        const words = program.commands.flatMap((command) => wordsOf(command, ''));
        if (shell === 'bash') process.stdout.write(bashScript(words));
        else if (shell === 'zsh') process.stdout.write(zshScript(words));
        else if (shell === 'fish') process.stdout.write(fishScript(words));
        else throw new CommandError('there is bash, zsh and fish');
      }),
    );
}

function wordsOf(command: Command, before: string): Words[] {
  const path = `${before}${command.name()}`;
  const options = command.options.map(({ long, description, argChoices }) => ({
    flag: long ?? '',
    description,
    choices: argChoices ?? [],
  }));
  const own = { path, description: command.description(), options };
  return [own, ...command.commands.flatMap((each) => wordsOf(each, `${path} `))];
}

/** What may follow some words: further words and options. */
function followers(words: readonly Words[], path: string): string {
  const prefix = path === '' ? '' : `${path} `;
  const next = words
    .filter((each) => each.path.startsWith(prefix) && !each.path.slice(prefix.length).includes(' '))
    .map((each) => each.path.slice(prefix.length));
  const flags = words.find((each) => each.path === path)?.options.map(({ flag }) => flag) ?? [];
  return [...next, ...flags, '--help'].join(' ');
}

function bashScript(words: readonly Words[]): string {
  const cases = words.map(({ path }) => `    '${path}') words='${followers(words, path)}' ;;\n`).join('');
  const choices = words
    .flatMap(({ path, options }) => options.map((option) => ({ path, ...option })))
    .filter((option) => option.choices.length > 0)
    .map(({ path, flag, choices: each }) => `    '${path} ${flag}') words='${each.join(' ')}' ;;\n`)
    .join('');
  return `# chadan completion
_chadan() {
  local word current path='' words=''
  current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) break ;; esac
    case "\${path:+$path }$word" in
${words.map(({ path }) => `      '${path}') path='${path}' ;;\n`).join('')}    esac
  done
  case "$path" in
    '') words='${followers(words, '')}' ;;
${cases}  esac
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${choices}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _chadan chadan
`;
}

function zshScript(words: readonly Words[]): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`;
}

function fishScript(words: readonly Words[]): string {
  const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const lines = words.flatMap(({ path, description, options }) => {
    const parts = path.split(' ');
    const seen = (each: readonly string[]) =>
      each.length === 0
        ? '__fish_use_subcommand'
        : each.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');
    const name = parts.at(-1) ?? '';
    const before = seen(parts.slice(0, -1));
    return [
      `complete -c chadan -n ${quote(before)} -a ${quote(name)} -d ${quote(description)}`,
      ...options.map(({ flag, description: about, choices }) => {
        const given = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : '';
        return `complete -c chadan -n ${quote(seen(parts))} -l ${flag.slice(2)} -d ${quote(about)}${given}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}
