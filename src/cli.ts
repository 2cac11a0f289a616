#!/usr/bin/env node
// The `chadan` command: which feature a word belongs to, help, and how wrong usage ends. It holds no command.
// A feature is loaded only when its command is called, so that `chadan check` never loads the server.
import type { Command } from 'commander';
import { readVersion } from './program-version.ts';

type AddCommands = (program: Command) => void;

interface Feature {
  commands: readonly string[];
  load: () => Promise<AddCommands>;
}

// In the order of the help.
const FEATURES: readonly Feature[] = [
  { commands: ['serve'], load: async () => (await import('./serve-command.ts')).addServeCommand },
  { commands: ['migrate'], load: async () => (await import('./migrate-command.ts')).addMigrateCommand },
  { commands: ['doctor'], load: async () => (await import('./doctor-command.ts')).addDoctorCommand },
  {
    commands: ['config'],
    load: async () => (await import('./settings/config-command.ts')).addConfigCommand,
  },
  {
    commands: ['restore-epoch'],
    load: async () => (await import('./restore-command.ts')).addRestoreCommand,
  },
  {
    commands: ['client', 'organization', 'user'],
    load: async () => (await import('./identity/commands.ts')).addIdentityCommands,
  },
  { commands: ['keys'], load: async () => (await import('./keys/commands.ts')).addKeysCommand },
  {
    commands: ['audit'],
    load: async () => (await import('./audit/commands.ts')).addAuditCommands,
  },
  {
    commands: ['token'],
    load: async () => (await import('./client/token-command.ts')).addTokenCommand,
  },
  {
    commands: ['analyze'],
    load: async () => (await import('./analyze/commands.ts')).addAnalyzeCommand,
  },
  {
    commands: ['submit', 'outcomes', 'submission'],
    load: async () => (await import('./submit/commands.ts')).addSubmitCommands,
  },
  { commands: ['proof'], load: async () => (await import('./sync/proof-commands.ts')).addProofCommand },
  {
    commands: ['relays'],
    load: async () => (await import('./publish/commands.ts')).addPublishCommands,
  },
  {
    commands: ['sync', 'check', 'export', 'status', 'verify', 'diff'],
    load: async () => (await import('./sync/commands.ts')).addSyncCommands,
  },
  {
    commands: ['relay', 'reseller'],
    load: async () => (await import('./sync/relay-commands.ts')).addRelayCommands,
  },
  {
    commands: ['completion'],
    load: async () => (await import('./completion.ts')).addCompletionCommand,
  },
];

const EXAMPLES = `
Examples:
  chadan serve                                   start an exchange, with a database of its own
  chadan client add --org KT --kind carrier --role carrier --name intake --out kt.json
  chadan submit found.csv --credentials kt.json  hand in candidates
  chadan sync --dir lists --credentials relay.json --follow
  chadan check --dir lists 010-2345-6789 1588-1234

chadan COMMAND --help tells more about a command.`;

const OLDEST_NODE = [20, 19];

await main(process.argv);

async function main(argv: string[]): Promise<void> {
  if (!isNodeNewEnough()) {
    process.stderr.write(
      `chadan: needs Node.js ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}\n`,
    );
    process.exitCode = 1;
    return;
  }
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  });
  const program = await createProgram(argv.slice(2).find((word) => !word.startsWith('-')));
  await program.parseAsync(argv);
}

/** The program with the feature of one command; with all of them where the word is none (help, a slip). */
async function createProgram(word: string | undefined): Promise<Command> {
  const { Command } = await import('commander');
  const program = new Command('chadan')
    .description('Blacklist exchange: carriers submit, the agency reviews, relays sync.')
    .version(readVersion())
    .enablePositionalOptions() // a command may have a --version of its own
    .configureOutput({ outputError: (message, write) => write(usageError(message, word)) })
    .addHelpText('after', EXAMPLES);
  const feature = FEATURES.find(({ commands }) => word !== undefined && commands.includes(word));
  // Completion is about all commands.
  const wanted = feature === undefined || word === 'completion' ? FEATURES : [feature];
  for (const { load } of wanted) (await load())(program);
  return program;
}

/** One line that says what is wrong and where to look. Commander breaks its own with a suggestion. */
function usageError(message: string, word: string | undefined): string {
  const isCommand = FEATURES.some(({ commands }) => word !== undefined && commands.includes(word));
  const text = message
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `chadan: ${text} – see chadan ${isCommand ? `${word} ` : ''}--help\n`;
}

function isNodeNewEnough(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
