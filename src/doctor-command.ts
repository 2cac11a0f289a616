// `chadan doctor`: examines an exchange from the host of a server, a line a finding, and says what to do.
import type { Command } from 'commander';
import { pino } from 'pino';
import { printJson, runCommand } from './client/command.ts';
import { examine } from './doctor/examination.ts';
import { type Finding, fail, ok, warn } from './doctor/finding.ts';
import { openDatabase } from './server.ts';
import { tellUnknown } from './settings/environment.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';

interface DoctorOptions {
  json?: boolean;
  quick?: boolean;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('examine an exchange on the host of a server, and say what to do')
    .option('--quick', 'leave out what reads whole lists')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
With the settings of a server. Changes nothing, and prints no secret. Exit code 0: all is well; 2: something to look at;
1: something is wrong.`,
    )
    .action(runCommand(doctor));
}

async function doctor({ json = false, quick = false }: DoctorOptions): Promise<number> {
  const findings: Finding[] = [];
  const stops: (() => Promise<void>)[] = [];
  try {
    for await (const finding of findingsOf(quick, stops)) {
      findings.push(finding);
      if (!json) process.stdout.write(lineOf(finding));
    }
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
  if (json) printJson({ findings });
  if (findings.some(({ status }) => status === 'fail')) return 1;
  return findings.some(({ status }) => status === 'warn') ? 2 : 0;
}

async function* findingsOf(quick: boolean, stops: (() => Promise<void>)[]): AsyncGenerator<Finding> {
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const fault of error.faults)
      yield fail('settings', fault, 'correct it in the environment of the server');
    return;
  }
  const unknown = tellUnknown(process.env);
  for (const text of unknown) yield warn('settings', text, 'correct or remove it');
  if (unknown.length === 0) yield ok('settings', 'all can be read');
  const log = pino({ level: 'silent' });
  const open = async () => (await openDatabase({ settings, log }, stops)).database;
  yield* examine({ settings, now: () => new Date(), quick, open });
}

function lineOf({ check, status, says, advice }: Finding): string {
  const todo = advice === undefined ? '' : `\n      → ${advice}`;
  return `${status.padEnd(5)} ${check}: ${says}${todo}\n`;
}
