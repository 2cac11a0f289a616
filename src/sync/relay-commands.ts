// The commands of the sidecar and of a mirror's readers: what they are called and take.
import { type Command, InvalidArgumentError } from 'commander';
import { CREDENTIALS_OPTION, runCommand } from '../client/command.ts';
import { collect, DIR, JSON_OPTION, listOption } from './commands.ts';
import type { RelayCommandOptions } from './relay-command.ts';
import type { ResellerOptions } from './reseller-command.ts';

/** Adds `relay` and `reseller` to the program. */
export function addRelayCommands(program: Command): void {
  addRelay(program);
  addReseller(program);
}

function addRelay(program: Command): void {
  program
    .command('relay')
    .description('the sidecar: follow the lists and answer look-ups over HTTP')
    .requiredOption(...DIR)
    .option('--port <port>', 'where to listen; 0 takes a free one', port, 8090)
    .option('--host <address>', 'on which address', '127.0.0.1')
    .addOption(listOption('only this list (may be repeated)').argParser(collect))
    .option('--mirror', 'serve the pull API to readers of your own (chadan reseller)')
    .option('--no-report', 'do not report counts of blocks to the exchange')
    .option('--exceptions <dir>', 'where LIST.allow.txt and LIST.deny.txt are (default: --dir)')
    .option('--on-change <command>', 'run in a shell after each change, as in chadan sync')
    .option('--on-alarm <command>', 'run in a shell when a verification is refused, as in chadan sync')
    .option(...CREDENTIALS_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `
GET /check?from=SENDER&code=CODE, POST /check {"checks": [{"from", "code"}, …]}, /healthz, /readyz, /metrics.
Without credentials it serves what another process syncs into the directory.

Examples:
  chadan relay --dir lists --credentials relay.json
  curl '127.0.0.1:8090/check?from=010-2345-6789'
  chadan relay --dir lists --credentials relay.json --mirror --host 0.0.0.0 --port 8090`,
    )
    .action(
      runCommand(async (options: RelayCommandOptions) =>
        (await import('./relay-command.ts')).relayCommand(options),
      ),
    );
}

function addReseller(program: Command): void {
  const reseller = program.command('reseller').description('who may read from the mirror of a directory');
  const act = (action: 'add' | 'remove' | 'list') =>
    runCommand(async (options: ResellerOptions) =>
      (await import('./reseller-command.ts')).resellerCommand(action, options),
    );
  reseller
    .command('add')
    .description('make a token, and the credentials file to hand over')
    .requiredOption(...DIR)
    .requiredOption('--name <name>', 'what to call the reader')
    .requiredOption('--url <url>', 'where it reaches the mirror')
    .requiredOption('--out <file>', 'the credentials file to write')
    .addHelpText(
      'after',
      `
The file holds the exchange's name, its root key, the mirror's URL and the token: no client and no key of yours.

Examples:
  chadan reseller add --dir lists --name reseller-7 --url https://lists.example --out reseller-7.json
  chadan sync --dir theirs --credentials reseller-7.json --follow      # at the reseller`,
    )
    .action(act('add'));
  reseller
    .command('remove')
    .description('take a token back; a running mirror follows within seconds')
    .requiredOption(...DIR)
    .requiredOption('--name <name>', 'which reader')
    .action(act('remove'));
  reseller
    .command('list')
    .description('the names of the readers')
    .requiredOption(...DIR)
    .action(act('list'));
}

function port(text: string): number {
  const number = /^[0-9]{1,5}$/.test(text) ? Number(text) : 65_536;
  if (number > 65_535) throw new InvalidArgumentError('it is a number up to 65535.');
  return number;
}
