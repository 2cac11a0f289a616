// `chadan completion SHELL`: a script that completes commands, options and their choices, written from the commands
// themselves, so that it cannot lag behind them.
import { Argument, type Command } from 'commander';
import { runCommand } from './client/command.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

interface Words {
  /** The command's words, such as `reseller add`. */
  path: string;
  description: string;
  options: Flag[];
  /** Whether it takes anything beside options: files, unless there are choices. */
  takesArguments: boolean;
  choices: readonly string[];
}

interface Flag {
  flag: string;
  description: string;
  takesValue: boolean;
  choices: readonly string[];
}

/** Adds `completion` to the program. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      `
Examples:
  source <(chadan completion bash)                                     # in ~/.bashrc
  source <(chadan completion zsh)                                      # in ~/.zshrc, after compinit
  chadan completion fish > ~/.config/fish/completions/chadan.fish`,
    )
    .action(
      runCommand(async (shell: keyof typeof SCRIPTS) => {
        const words = program.commands.flatMap((command) => wordsOf(command, ''));
        process.stdout.write(SCRIPTS[shell](words));
      }),
    );
}

function wordsOf(command: Command, before: string): Words[] {
  const path = `${before}${command.name()}`;
  const options = command.options.map(({ long, description, required, argChoices }) => ({
    flag: long ?? '',
    description,
    takesValue: required,
    choices: argChoices ?? [],
  }));
  const { registeredArguments } = command;
  const own = {
    path,
    description: command.description(),
    options,
    takesArguments: registeredArguments.length > 0,
    choices: registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
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

/** The words that are a command so far, in bash and zsh: `word` after `word` adds to `command`. */
function walk(words: readonly Words[]): string {
  return `    case "$word" in -*) break ;; esac
    case "\${command:+$command }$word" in
      ${words.map(({ path }) => `'${path}'`).join('|')}) command="\${command:+$command }$word" ;;
    esac`;
}

/** What may stand at `current` in `command` after `before`, in bash and zsh: in `found`; nothing means files. */
function tables(words: readonly Words[]): string {
  const rows = words.map(({ path }) => `    '${path}') found='${followers(words, path)}' ;;`);
  const given = words
    .filter(({ takesArguments }) => takesArguments)
    .map(({ path, choices }) => `    '${path} '[!-]*|'${path} ') found='${choices.join(' ')}' ;;`);
  const values = words
    .flatMap(({ path, options }) => options.map((option) => ({ path, ...option })))
    .filter(({ takesValue }) => takesValue)
    .map(({ path, flag, choices }) => `    '${path} ${flag}') found='${choices.join(' ')}' ;;`);
  return `  case "$command" in
    '') found='${followers(words, '')}' ;;
${rows.join('\n')}
  esac
  case "$command $current" in
${given.join('\n')}
  esac
  case "$command $before" in
${values.join('\n')}
  esac`;
}

function bashScript(words: readonly Words[]): string {
  return `# chadan completion
_chadan() {
  local word command='' found='' current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${walk(words)}
  done
${tables(words)}
  COMPREPLY=($(compgen -W "$found" -- "$current"))
}
complete -o default -F _chadan chadan
`;
}

function zshScript(words: readonly Words[]): string {
  return `#compdef chadan
_chadan() {
  local word command='' found='' current="\${words[CURRENT]}" before="\${words[CURRENT-1]}"
  for word in "\${(@)words[2,CURRENT-1]}"; do
${walk(words)}
  done
${tables(words)}
  compadd -- \${=found} || _files
}
compdef _chadan chadan
`;
}

function fishScript(words: readonly Words[]): string {
  const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const line = (condition: string, rest: string) => `complete -c chadan -n ${quote(condition)} ${rest}`;
  const lines = words.flatMap(({ path, description, options, takesArguments, choices }) => {
    const parts = path.split(' ');
    const within = `__chadan_within ${path}`;
    const taking = (option: Flag) => {
      if (!option.takesValue) return '';
      return option.choices.length > 0 ? ` -x -a ${quote(option.choices.join(' '))}` : ' -r -F';
    };
    return [
      line(
        `__chadan_at ${parts.slice(0, -1).join(' ')}`.trim(),
        `-a ${quote(parts.at(-1) ?? '')} -d ${quote(description)}`,
      ),
      ...(takesArguments ? [line(within, choices.length > 0 ? `-a ${quote(choices.join(' '))}` : '-F')] : []),
      ...options.map((option) =>
        line(within, `-l ${option.flag.slice(2)} -d ${quote(option.description)}${taking(option)}`),
      ),
    ];
  });
  return `# chadan completion
function __chadan_words
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and break
        echo $word
    end
end
# The words so far are these, and no more.
function __chadan_at
    set -l words (__chadan_words)
    test "$words" = "$argv"
end
# The words so far begin with these.
function __chadan_within
    set -l words (__chadan_words)
    set -l count (count $argv)
    test (count $words) -ge $count; and test "$words[1..$count]" = "$argv"
end
complete -c chadan -f
complete -c chadan -l help -d 'what it does and takes'
${lines.join('\n')}
`;
}
