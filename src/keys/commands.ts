// `chadan keys`: the keys of the exchange itself. Private keys are made on the host where the command runs and go into
// files there; the exchange is told public halves and signed key sets alone, and the output holds no secret.
import { type Command, InvalidArgumentError } from 'commander';
import { CREDENTIALS_OPTION, runCommand } from '../client/command.ts';
import {
  createRoot,
  importFile,
  type KeyOptions,
  requestKeySet,
  revokeKey,
  rotateKey,
  showKeys,
  signRequest,
} from './key-work.ts';

const DATA = ['--data <dir>', 'data directory of this host (default: CHADAN_DATA, or ./data)'] as const;
const OUT = ['--out <file>', 'write what the root key is to sign to this new file'] as const;
const DEFAULT_DAYS = 180;
const MAX_DAYS = 3650;

/** Adds `keys` to the program. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('rotate, revoke and inspect the keys of the exchange (as administrator)')
    .addHelpText(
      'after',
      `
With the root key on this host (DIR/keys/root.json), rotate and revoke are in force when they return. With the root key
on another machine they write a request, which is signed there and imported here:
  chadan keys rotate --out request.json
  chadan keys sign request.json --root-key root.json --out key-set.jwt     on the other machine
  chadan keys import key-set.jwt`,
    );
  online(keys, 'status', 'the keys in force, and what the server that answers holds')
    .option('--json', 'print JSON')
    .action(runCommand((options: KeyOptions & { json?: boolean }) => showKeys(options)));
  online(keys, 'rotate', 'make a new manifest key, which signs from then on; the one before stays accepted')
    .option('--token', 'a key for access tokens instead')
    .option(...OUT)
    .action(runCommand((options: KeyOptions & { token?: boolean; out?: string }) => rotateKey(options)));
  online(keys, 'revoke', 'drop a stolen key: nothing that it signed is accepted any more')
    .argument('<kid>', 'the key, as status shows it')
    .allowUnknownOption() // a thumbprint may begin with `-`
    .option(...OUT)
    .action(runCommand((kid: string, options: KeyOptions & { out?: string }) => revokeKey(kid, options)));
  online(keys, 'request', 'ask for the key set in force to be signed anew, before it expires')
    .requiredOption(...OUT)
    .action(runCommand((options: KeyOptions & { out: string }) => requestKeySet(options)));
  online(keys, 'import', 'put a key set into force that was signed elsewhere')
    .argument('<file>', 'what keys sign wrote')
    .action(runCommand((file: string, options: KeyOptions) => importFile(file, options)));
  addOffline(keys);
}

function online(keys: Command, name: string, description: string): Command {
  return keys
    .command(name)
    .description(description)
    .option(...DATA)
    .option(CREDENTIALS_OPTION[0], 'credentials file (default: CHADAN_CREDENTIALS, or DIR/admin.json)');
}

function addOffline(keys: Command): void {
  keys
    .command('sign')
    .description('sign a request with the root key; needs no network')
    .argument('<request>', 'what rotate, revoke or request wrote')
    .requiredOption('--root-key <file>', "the root key's file")
    .requiredOption('--out <file>', 'write the signed key set to this new file')
    .option('--days <n>', 'how long it is good for', readDays, DEFAULT_DAYS)
    .action(
      runCommand((request: string, options: { rootKey: string; out: string; days: number }) =>
        signRequest(request, options),
      ),
    );
  keys
    .command('create-root')
    .description('make a root key where the server is not; its public half goes to FILE.pub.json')
    .requiredOption('--out <file>', 'the new file, such as root.json')
    .addHelpText(
      'after',
      '\nCopy the public half to DIR/keys/root.pub.json before the first start of the server.',
    )
    .action(runCommand(({ out }: { out: string }) => createRoot(out)));
}

function readDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MAX_DAYS) return days;
  throw new InvalidArgumentError(`a number of days, 1 to ${MAX_DAYS}.`);
}
