// `chadan migrate`: brings the schema of the database to this program, as a step of its own before the servers are
// upgraded, or says what it would do. Two at once are safe: the second waits for the first.
import type { Command } from 'commander';
import { CommandError, printJson, runCommand } from './client/command.ts';
import { MigrationError, type MigrationState, migrate, migrationState } from './database/migrate.ts';
import { makeMonths } from './database/months.ts';
import { onDatabase } from './host-command.ts';

interface MigrateOptions {
  check?: boolean;
  status?: boolean;
  json?: boolean;
}

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the schema of the database to this program')
    .option('--check', 'change nothing; exit 1 where something is pending')
    .option('--status', 'change nothing; list what was applied, and what was not')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
With the settings of a server (DATABASE_URL, CHADAN_DATA). chadan serve does it by itself, unless CHADAN_MIGRATE=no.
Migrations only add, so that servers of the release before go on while, and after, this runs.`,
    )
    .action(runCommand(runMigrate));
}

async function runMigrate({ check = false, status = false, json = false }: MigrateOptions): Promise<number> {
  return onDatabase(async ({ db }) => {
    const done = check || status ? [] : await migrate(db).catch(refuse);
    if (!check && !status) await makeMonths(db, new Date()); // the servers' own user may not be allowed to
    const state = await migrationState(db).catch(refuse);
    if (json) printJson({ done, ...state });
    else process.stdout.write(tell(done, state, status));
    return check && state.pending.length > 0 ? 1 : 0;
  });
}

function refuse(error: unknown): never {
  if (error instanceof MigrationError) throw new CommandError(error.message, 1, { cause: error });
  throw error;
}

function tell(done: string[], { applied, pending, newer }: MigrationState, all: boolean): string {
  const ours = all ? applied.filter((name) => !newer.includes(name)) : [];
  const lines = [
    ...ours.map((name) => `applied   ${name}`),
    ...newer.map((name) => `newer     ${name}  (of a newer release, which this one can work with)`),
    ...done.map((name) => `migrated  ${name}`),
    ...pending.map((name) => `pending   ${name}`),
  ];
  if (pending.length === 0) lines.push('up to date');
  return `${lines.join('\n')}\n`;
}
