// A running exchange: takes the port, opens the database, founds what is not there yet, and stops in reverse.
import { mkdir } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { assemble, type Stop } from './assembly.ts';
import { connect, type Database } from './database/connection.ts';
import { startEmbedded } from './database/embedded.ts';
import { checkServer, migrate, migrationState } from './database/migrate.ts';
import { makeMonths } from './database/months.ts';
import { peopleDeps } from './desk.ts';
import { inviteAdministrator, makeAdministrator } from './first-start.ts';
import { BodyBudget } from './http/body-budget.ts';
import { openAuthenticatorSecrets } from './identity/authenticator-key.ts';
import { openKeys, openSecretKey } from './keys/key-files.ts';
import { announceStop, endRequests, type Life, listen } from './listening.ts';
import { JobWatch } from './operate/job-watch.ts';
import { createRegistry } from './operate/metrics.ts';
import type { Tracing } from './operate/tracing.ts';
import { readVersion } from './program-version.ts';
import { foundLists } from './publish/founding.ts';
import type { Settings } from './settings.ts';

export interface ServerOptions {
  settings: Settings;
  log: Logger;
  now?: () => Date;
  /** Told when the server cannot go on, such as when its embedded database was lost. */
  onFatal?: (error: Error) => void;
  /** Stands around the application, such as to observe what it answers. */
  wrap?: (application: RequestListener) => RequestListener;
  /** Makes traces of what the server does. */
  tracing?: Tracing | undefined;
}

export interface RunningServer {
  /** Where it listens. */
  url: string;
  issuer: string;
  /** The administrator's credentials. */
  adminFile: string;
  /** The link by which a person becomes the first administrator; undefined when there is one. */
  invitationFile: string | undefined;
  /** Nothing was here before: the administrator was made now. */
  isFirstStart: boolean;
  /** Where the embedded database keeps its files; undefined with DATABASE_URL. */
  databaseDirectory: string | undefined;
  /** Says so in `/readyz`, finishes what is under way, then closes everything. Takes as long as the settings allow. */
  stop(): Promise<void>;
}

/**
 * Starts an exchange.
 * @throws Error saying what is wrong: the port is taken, the database is away, keys are missing …
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const stops: Stop[] = [];
  const stop: Stop = async () => {
    for (const next of stops.splice(0).reverse()) await next();
  };
  try {
    return await start(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(options: ServerOptions, stops: Stop[], stop: Stop): Promise<RunningServer> {
  const { settings, log, now = () => new Date() } = options;
  // Others may enter (PostgreSQL runs as another user where we are root); keys and credentials are 0600 each.
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o755 });
  // The port first: it is the fault most often met, and an issuer without a setting depends on it.
  const { server, terminator, url, refused } = await listen(settings, stops);
  const issuer = settings.issuer ?? url;
  const { database, directory } = await openDatabase(options, stops);
  await bringSchema(database, settings, log, now());
  await foundLists(database.db, now());
  const founded = await database.db.selectFrom('key_set').select('sequence').executeTakeFirst();
  const keysDirectory = join(settings.dataDirectory, 'keys');
  const keys = await openKeys(keysDirectory, {
    create: founded === undefined,
    warn: (message) => log.warn(message),
  });
  const { db } = database;
  const secrets = await openAuthenticatorSecrets(db, now(), (options) =>
    openSecretKey(keysDirectory, options),
  );
  const people = peopleDeps(settings, { db, now, issuer, secrets });
  const life: Life = { isStopping: false };
  const metrics = createRegistry(readVersion());
  const bodies = new BodyBudget(settings.bodies);
  const watched = { metrics, jobs: new JobWatch(metrics), tracing: options.tracing, refused, bodies };
  const parts = { settings, log, now, issuer, database, keys, people, life, ...watched };
  const { listener, events, outcomes } = await assemble(parts, stops);
  const adminFile = join(settings.dataDirectory, 'admin.json');
  const isFirstStart = await makeAdministrator(database.db, now, adminFile, issuer, keys);
  const invitation = join(settings.dataDirectory, 'invitation.txt');
  const invitationFile = (await inviteAdministrator(people, invitation)) ? invitation : undefined;
  server.removeAllListeners('request');
  server.on('request', options.wrap?.(listener) ?? listener);
  stops.push(() => endRequests(server, terminator, [events, outcomes]));
  stops.push(() => announceStop(life, settings.stop));
  return { url, issuer, adminFile, invitationFile, isFirstStart, databaseDirectory: directory, stop };
}

async function bringSchema({ db }: Database, { migrates }: Settings, log: Logger, at: Date): Promise<void> {
  if (migrates) {
    const applied = await migrate(db);
    if (applied.length > 0) log.info({ applied }, 'migrated');
    await makeMonths(db, at); // before the first event: one that lies elsewhere would keep its month from being made
  }
  const { pending, newer } = await migrationState(db);
  if (pending.length > 0)
    throw new Error(
      `the database lacks ${pending.join(', ')}: run chadan migrate, or set CHADAN_MIGRATE=yes`,
    );
  if (newer.length > 0)
    log.warn({ newer }, 'a newer release has migrated the database; this one works with it');
}

/** Opens the database that the settings name, the embedded one if none; `stops` closes it again. */
export async function openDatabase(
  options: Pick<ServerOptions, 'settings' | 'log' | 'onFatal' | 'tracing'>,
  stops: Stop[],
): Promise<{ database: Database; directory: string | undefined }> {
  const { settings, log, onFatal, tracing } = options;
  let url = settings.databaseUrl;
  let directory: string | undefined;
  if (url === undefined) {
    const embedded = await startEmbedded({
      dataDir: join(settings.dataDirectory, 'postgres'),
      log: (message) => log.debug(message),
      ...(onFatal && { onLost: onFatal }),
    });
    stops.push(() => embedded.stop());
    url = embedded.url;
    directory = embedded.directory;
  }
  const database = connect({
    url,
    poolSize: settings.database.poolSize,
    connectTimeoutMs: settings.database.waitMs,
    ...(tracing && { onStatement: tracing.statement }),
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  stops.push(() => database.close());
  await checkServer(database.db);
  return { database, directory };
}
