// The checks in their order: each stands on those before it, and what cannot be asked is not guessed.
import type { Database } from '../database/connection.ts';
import type { ServerKeys } from '../keys/key-files.ts';
import { ObjectStorage } from '../publish/object-storage.ts';
import type { Settings } from '../settings.ts';
import {
  checkClock,
  checkDatabase,
  checkHosts,
  checkMonths,
  checkSchema,
  checkStandby,
} from './database-checks.ts';
import { type Finding, fail, ok } from './finding.ts';
import { checkAudit, checkHighWater, checkKeySet, checkList } from './history-checks.ts';
import { checkDataDirectory, checkKeys } from './host-checks.ts';

export interface ExaminationOptions {
  settings: Settings;
  now: () => Date;
  /** Leaves out what reads whole lists. */
  quick: boolean;
  /** Opens the database; throws where it is away. */
  open: () => Promise<Database>;
}

/** Examines an exchange from the host of a server, and changes nothing. */
export async function* examine(options: ExaminationOptions): AsyncGenerator<Finding> {
  const { settings } = options;
  yield* await checkDataDirectory(settings);
  const { keys, findings } = await checkKeys(settings);
  yield* findings;
  yield* await checkStorage(settings);
  if (settings.databaseUrl !== undefined) yield* await checkHosts(settings.databaseUrl);
  let database: Database;
  try {
    database = await options.open();
  } catch (error) {
    const advice =
      'start PostgreSQL, and see DATABASE_URL; the embedded one can be examined while no server runs';
    yield fail('database', (error as Error).message, advice);
    return;
  }
  yield* examineDatabase(options, database, keys);
}

async function* examineDatabase(
  { settings, now, quick }: ExaminationOptions,
  database: Database,
  keys: ServerKeys | undefined,
): AsyncGenerator<Finding> {
  const { db } = database;
  yield* await checkDatabase(database, settings);
  yield await checkClock(database, now);
  const { fits, finding } = await checkSchema(database, settings);
  yield finding;
  if (!fits) return;
  yield await checkMonths(database, now());
  yield* await checkStandby(database, settings.readDatabaseUrl);
  yield* await checkAudit(db, now());
  const rows = await db.selectFrom('list').selectAll().orderBy('id').execute();
  yield await checkHighWater(settings, db, rows);
  const held = await db.selectFrom('key_set').select('jws').orderBy('sequence', 'desc').executeTakeFirst();
  if (!held) {
    yield fail('key set', 'none is in force', 'start a server, or chadan keys request, sign, import');
    return;
  }
  if (!keys) return;
  const { keySet, findings } = checkKeySet(settings, keys, held.jws, now());
  yield* findings;
  for (const row of rows) yield* await checkList(settings, db, row, { keySet, now: now(), quick });
}

async function checkStorage({ objectStorage }: Settings): Promise<Finding[]> {
  if (!objectStorage) return [];
  const where = `${objectStorage.bucket} at ${objectStorage.endpoint}`;
  try {
    for await (const _ of new ObjectStorage(objectStorage).list()) break;
    return [ok('object storage', where)];
  } catch (error) {
    const advice = 'see CHADAN_ARTIFACTS_S3_…; readers are served from the data directory meanwhile';
    return [fail('object storage', `${where}: ${(error as Error).message}`, advice)];
  }
}
