// The commands of relay operators: what they are called and take. What they do is loaded when they are called.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CREDENTIALS_OPTION, runCommand } from '../client/command.ts';
import { LIST_IDS, type ListId } from '../list/entry.ts';
import type { CheckOptions } from './check-command.ts';
import type { DiffOptions } from './diff-command.ts';
import { FORMAT_NAMES, SENDER_FORMS, type SenderForm } from './export/target.ts';
import type { ExportOptions } from './export-command.ts';
import type { StatusOptions } from './status-command.ts';
import type { SyncOptions } from './sync-command.ts';

export const DIR = ['--dir <dir>', 'directory of the lists'] as const;
export const JSON_OPTION = ['--json', 'print JSON, one object a line'] as const;

/** Adds the commands of relay operators to the program. */
export function addSyncCommands(program: Command): void {
  addSync(program);
  addCheck(program);
  addExport(program);
  addStatus(program);
  addVerify(program);
  addDiff(program);
}

function addSync(program: Command): void {
  program
    .command('sync')
    .description('bring the lists in a directory up to date, verified')
    .requiredOption(...DIR)
    .addOption(listOption('only this list (may be repeated)').argParser(collect))
    .option('--follow', 'go on, taking each new version as it is published')
    .option('--on-change <command>', 'run in a shell after each change (see below)')
    .option('--on-alarm <command>', 'run in a shell when a verification is refused (see below)')
    .option(...CREDENTIALS_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
--on-change runs with CHADAN_DIR, CHADAN_LIST, CHADAN_EPOCH, CHADAN_VERSION, CHADAN_FROM (the version that it ended
well for before), CHADAN_COUNT (of entries), CHADAN_ADDED and CHADAN_REMOVED (by this sync) in its environment. If it
fails that is said, the list stays in force, and it is run again until it has ended with 0: by the next sync, and
with --follow in between too.
--on-alarm runs with CHADAN_LIST, CHADAN_CODE and CHADAN_MESSAGE when something is served that the agency did not sign.

Exit codes: 0 current, 1 failed, 2 stale (the signed manifest has expired), 3 verification refused. Whatever
happens, the last verified list stays in force.

Examples:
  chadan sync --dir lists --credentials relay.json
  chadan sync --dir lists --list sender-numbers --follow --on-change ./reload-gateway.sh`,
    )
    .action(
      runCommand(async (options: SyncOptions) => (await import('./sync-command.ts')).syncCommand(options)),
    );
}

function addCheck(program: Command): void {
  program
    .command('check')
    .description('say whether values are listed, offline')
    .argument('<values...>', 'numbers or codes in any spelling; - reads them from stdin, one a line')
    .requiredOption(...DIR)
    .addOption(listOption('where to look').default('sender-numbers'))
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
A line for each value, separated by tabs: VALUE blocked|clear|invalid CATEGORY UNTIL (of an invalid one, the reason in
place of the category).

Exit codes: 0 none is blocked, 10 some are, 1 failed or some value is invalid.

Examples:
  chadan check --dir lists 010-2345-6789 +8215881234
  chadan check --dir lists --list originator-codes 123456789
  cut -f3 senders.tsv | chadan check --dir lists -`,
    )
    .action(
      runCommand(async (values: string[], options: CheckOptions) =>
        (await import('./check-command.ts')).checkCommand(values, options),
      ),
    );
}

function addExport(program: Command): void {
  program
    .command('export')
    .description('write a list in the form that a gateway takes')
    .requiredOption(...DIR)
    .addOption(new Option('--format <format>', 'the form (see below)').choices(FORMAT_NAMES).default('csv'))
    .addOption(listOption('which list').default('sender-numbers'))
    .option('--out <file>', 'replace this file atomically, rather than print')
    .option('--to <command>', 'run in a shell and give it the export on its standard input')
    .option(
      '--state <file>',
      'remember here what the command of --to took: the next time it gets what changed',
    )
    .addOption(
      new Option('--forms <forms>', `spellings of each sender, of ${SENDER_FORMS.join(',')}`).argParser(
        parseForms,
      ),
    )
    .option('--name <name>', 'name of the key or table (redis, postgresql, kamailio)')
    .addHelpText(
      'after',
      `
Formats:
  csv         the canonical snapshot
  national    one sender a line as dialled in Korea (01012345678, 15881234); digits: 821012345678; e164: +821012345678.
              Numbers of other countries have no national form and stay E.164
  redis       commands for redis-cli --pipe: a set and its version
  postgresql  SQL for psql: a table
  kamailio    rows of an htable for db_text in --out; to --to, commands for kamcmd
  kannel      a black list, with a sender on it that cannot exist, to try by
  nginx       lines of a map

The command of --to must end with 0 to have taken it. If it refuses a change it gets the whole list, once; if it
refuses that, nothing is remembered and the exit code is 1. It has CHADAN_LIST, CHADAN_NAME, CHADAN_EPOCH and
CHADAN_VERSION in its environment.

Examples:
  chadan export --dir lists --format national --out /etc/gateway/blocked.txt
  chadan export --dir lists --format redis --state redis.state --to 'redis-cli --pipe'
  chadan export --dir lists --format csv | tail -n +2 | wc -l`,
    )
    .action(
      runCommand(async (options: ExportOptions) =>
        (await import('./export-command.ts')).exportCommand(options),
      ),
    );
}

function addStatus(program: Command): void {
  program
    .command('status')
    .description('say which versions a directory holds, and how the last sync went')
    .requiredOption(...DIR)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Exit codes: 0 all that is held is verified and fresh, 1 something is damaged, 2 something is stale.

Examples:
  chadan status --dir lists`,
    )
    .action(
      runCommand(async (options: StatusOptions) =>
        (await import('./status-command.ts')).statusCommand(options),
      ),
    );
}

function addVerify(program: Command): void {
  program
    .command('verify')
    .description('recompute all that a directory holds: signatures, count, digest')
    .requiredOption(...DIR)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Reads every file, verifies the signatures from the pinned root key on, and computes the digest anew.

Exit codes: 0 all that is held is what was signed, 3 something is not, 1 nothing is held.

Examples:
  chadan verify --dir lists`,
    )
    .action(
      runCommand(async (options: StatusOptions) =>
        (await import('./verify-command.ts')).verifyCommand(options),
      ),
    );
}

function addDiff(program: Command): void {
  program
    .command('diff')
    .description('print what two directories, or two versions, differ in')
    .argument('<a>', 'a directory, or DIR@VERSION of a version it can still build')
    .argument('<b>', 'the same')
    .addOption(listOption('which list').default('sender-numbers'))
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
Prints the diff that leads from A to B, as the list format has it: removals, then additions. With --json each is an
object {op, value, category, until}.

Exit codes: 0 they are the same, 10 they differ, 1 failed.

Examples:
  chadan diff lists /mnt/other/lists
  chadan diff lists@41 lists`,
    )
    .action(
      runCommand(async (a: string, b: string, options: DiffOptions) =>
        (await import('./diff-command.ts')).diffCommand(a, b, options),
      ),
    );
}

export function listOption(description: string): Option {
  return new Option('--list <list>', description).choices(LIST_IDS);
}

/** Checks the choice by hand: an argParser takes the place of Commander's own. */
export function collect(value: string, before: ListId[] | undefined): ListId[] {
  const list = LIST_IDS.find((known) => known === value);
  if (list === undefined) throw new InvalidArgumentError(`there are ${LIST_IDS.join(' and ')}.`);
  return [...(before ?? []), list];
}

function parseForms(text: string): SenderForm[] {
  return text.split(',').map((word) => {
    const form = SENDER_FORMS.find((known) => known === word);
    if (form === undefined) throw new InvalidArgumentError(`there are ${SENDER_FORMS.join(', ')}.`);
    return form;
  });
}
