// `chadan serve`: starts the exchange, says where everything is, and stops cleanly on SIGTERM or SIGINT.
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { createLog } from './operate/log.ts';
import { startTracing } from './operate/tracing.ts';
import { readVersion } from './program-version.ts';
import { type RunningServer, startServer } from './server.ts';
import { tellUnknown } from './settings/environment.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';

const HELP = `
Settings are environment variables; those used most:
  DATABASE_URL             a PostgreSQL 15 or newer (default: an embedded one under CHADAN_DATA)
  CHADAN_DATA              keys, embedded database, cached files (default ./data)
  CHADAN_HOST, CHADAN_PORT where to listen (default 127.0.0.1, 8080; port 0 takes a free one)
  CHADAN_ISSUER            the base URL by which everyone knows this exchange
  CHADAN_PUBLISH_INTERVAL  seconds between automatic publications (default 5; 0: only when asked)

chadan config prints all that hold here; docs/settings.md describes them.`;

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('start the exchange')
    .addHelpText('after', HELP)
    .action(async () => {
      process.exitCode = await serve();
    });
}

/** Runs until a signal; the exit code. */
async function serve(): Promise<number> {
  const unknown = tellUnknown(process.env);
  let settings: Settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`chadan: ${[error.message, ...unknown.map((one) => `  ${one}`)].join('\n')}\n`);
    return 1;
  }
  const log = createLog(settings.logLevel);
  for (const warning of unknown) log.warn(warning);
  const ended = endOfService();
  const tracing = await startTracing(process.env, readVersion());
  let server: RunningServer;
  try {
    server = await startServer({ settings, log, onFatal: ended.fail, tracing });
  } catch (error) {
    log.debug({ err: error }, 'start failed');
    process.stderr.write(`chadan: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  process.stdout.write(greeting(server, settings));
  const reason = await ended.promise;
  if (reason instanceof Error) log.fatal({ err: reason }, 'cannot go on');
  else log.info({ signal: reason }, 'stopping');
  cutAfter(settings.stop, log);
  await server.stop();
  await tracing?.stop();
  return reason instanceof Error ? 1 : 0;
}

/** For the loops and the database to end after the last answer. */
const CLOSING_SECONDS = 10;

/** Whatever hangs, the process ends: a crash at any moment loses nothing that was answered. */
function cutAfter({ delaySeconds, timeoutSeconds }: Settings['stop'], log: Logger): void {
  const seconds = delaySeconds + timeoutSeconds + CLOSING_SECONDS;
  const cut = () => {
    log.error(`not stopped after ${seconds} s: cut`);
    process.exit(1);
  };
  setTimeout(cut, seconds * 1000).unref();
}

function endOfService(): { promise: Promise<NodeJS.Signals | Error>; fail: (error: Error) => void } {
  let end: (reason: NodeJS.Signals | Error) => void = () => undefined;
  const promise = new Promise<NodeJS.Signals | Error>((resolve) => {
    end = resolve;
  });
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  return { promise, fail: (error) => end(error) };
}

function greeting(server: RunningServer, settings: Settings): string {
  const database = server.databaseDirectory
    ? `embedded PostgreSQL in ${server.databaseDirectory}`
    : 'PostgreSQL at DATABASE_URL';
  const lines = [
    `chadan is running at ${server.url}`,
    `  contract   ${server.url}/docs  (${server.url}/openapi.json)`,
    `  database   ${database}`,
    `  keys       ${settings.dataDirectory}/keys  (keep a copy in a safe place)`,
    `  admin      ${server.adminFile}`,
  ];
  if (server.invitationFile !== undefined)
    lines.push(`  console    open the link in ${server.invitationFile} to become its first administrator`);
  if (server.isFirstStart) {
    lines.push(
      '',
      'This exchange is new. Next, in another terminal, register who takes part:',
      `  export CHADAN_CREDENTIALS=${quote(server.adminFile)}`,
      '  chadan client add --org KT --kind carrier --role carrier --name intake --out kt.json',
      '  chadan client add --org KISA --kind agency --role agency --name desk --out kisa.json',
      '  chadan client add --org "Relay One" --kind relay --role relay --name gateway --out relay.json',
    );
  }
  return `${lines.join('\n')}\n`;
}

function quote(path: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
