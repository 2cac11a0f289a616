// `chadan config`: the settings that a server would have here, where each came from, and no secret.
import type { Command } from 'commander';
import { printJson, runCommand } from '../client/command.ts';
import { readSettings, SettingsError } from '../settings.ts';
import {
  type Environment,
  NAMES,
  type Name,
  readEnvironment,
  type Source,
  tellUnknown,
} from './environment.ts';
import { aboutSetting } from './variable.ts';
import { VARIABLES } from './variables.ts';

const HIDDEN = '***';

export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .description('print the settings that a server has in this environment; no secret is shown')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nEvery fault is told on stderr, and the exit code is then 1. docs/settings.md describes each setting.',
    )
    .action(
      runCommand(async (options: { json?: boolean }) => printConfig(process.env, options.json ?? false)),
    );
}

interface Effective {
  name: Name;
  /** As text, secrets hidden; null where it is unset and has no default. */
  value: string | null;
  source: Source;
}

/** The exit code. */
function printConfig(environment: Environment, json: boolean): number {
  const told = tellUnknown(environment);
  const faults = faultsOf(environment);
  for (const line of [...faults, ...told]) process.stderr.write(`chadan: ${line}\n`);
  if (faults.length > 0) return 1;
  const settings = effectiveSettings(environment);
  if (json) {
    printJson({ settings });
    return 0;
  }
  const width = Math.max(...settings.map(({ name }) => name.length));
  for (const { name, source, value } of settings) {
    const shown = value ?? `(${aboutSetting(VARIABLES[name]).unset?.replaceAll('`', '')})`;
    process.stdout.write(`${name.padEnd(width)}  ${source.padEnd(11)}  ${shown}\n`);
  }
  return 0;
}

function faultsOf(environment: Environment): string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

function effectiveSettings(environment: Environment): Effective[] {
  const { values, sources } = readEnvironment(environment);
  return NAMES.map((name) => {
    const value = values?.[name];
    const { secret, secretUrl } = aboutSetting(VARIABLES[name]);
    const text = value === undefined ? null : String(value);
    const shown = text === null ? null : secret ? HIDDEN : secretUrl ? hidePassword(text) : text;
    return { name, value: shown, source: sources[name] };
  });
}

/** Scheme, user, host and database of a URL; its parameters may hold a password too. */
function hidePassword(url: string): string {
  if (!URL.canParse(url)) return HIDDEN;
  const { protocol, username, password, host, pathname, search } = new URL(url);
  const user = username === '' ? '' : `${username}${password === '' ? '' : `:${HIDDEN}`}@`;
  return `${protocol}//${user}${host}${pathname}${search === '' ? '' : `?${HIDDEN}`}`;
}
