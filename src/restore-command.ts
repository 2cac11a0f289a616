// `chadan restore-epoch`: after the database was restored from a backup, on the host of a server and with its settings.
// Without --yes it only says what it would do.
import { join } from 'node:path';
import type { Command } from 'commander';
import { CommandError, runCommand } from './client/command.ts';
import type { Database } from './database/connection.ts';
import { migrate } from './database/migrate.ts';
import { onDatabase } from './host-command.ts';
import { openKeys } from './keys/key-files.ts';
import { HighWater } from './publish/high-water.ts';
import { KeySetKeeper } from './publish/key-set-keeper.ts';
import { beginEpoch } from './publish/new-epoch.ts';
import { HIGH_WATER_FILE } from './publish/signing.ts';
import { leapOutcomes } from './review/telling-queries.ts';
import type { Settings } from './settings.ts';

export function addRestoreCommand(program: Command): void {
  program
    .command('restore-epoch')
    .description('after a restore of the database: begin a new epoch of every list')
    .option('--yes', 'do it; without this, only say what would be done')
    .addHelpText(
      'after',
      `
Stop all servers, restore the database, run this once, with the settings of a server (DATABASE_URL, CHADAN_DATA,
CHADAN_ISSUER) on its host, then start the servers. Every list begins anew: version 1 holds what it holds now, and
relays take the snapshot by themselves. What was before stays on record. What came in after the backup is lost: carriers
hand in again, reviewers decide again; clients and keys that were revoked after it must be revoked again.`,
    )
    .action(runCommand((options: { yes?: boolean }) => restoreEpoch(options)));
}

async function restoreEpoch({ yes = false }: { yes?: boolean }): Promise<void> {
  await onDatabase(async (database, settings) => {
    await migrate(database.db);
    if (yes) await begin(database, settings);
    else await announce(database);
  });
}

async function announce({ db }: Database): Promise<void> {
  const rows = await db.selectFrom('list').selectAll().orderBy('id', 'desc').execute();
  for (const { id, epoch, version, count } of rows)
    say(`${id}: version ${version} of epoch ${epoch}, ${count} entries`);
  throw new CommandError('nothing was done: each list would begin a new epoch; give --yes to do it');
}

async function begin(database: Database, settings: Settings): Promise<void> {
  const { db } = database;
  const rows = await db.selectFrom('list').select('id').orderBy('id').execute();
  if (rows.length === 0) throw new CommandError('this database holds no exchange');
  await restoreKeySet(database, settings);
  for (const { id } of rows) {
    const { before, epoch, version, count } = await beginEpoch(db, id, new Date());
    say(`${id}: epoch ${before.epoch} ended at version ${before.version}`);
    say(`${id}: epoch ${epoch} begins, version ${version}, ${count} entries`);
  }
  await leapOutcomes(db);
  say('start the servers: relays take the snapshot by themselves');
}

/** Relays refuse a key set that is older than one they saw: the newest one known here, or one that is signed now. */
async function restoreKeySet({ db }: Database, settings: Settings): Promise<void> {
  const keys = await openKeys(join(settings.dataDirectory, 'keys'), {
    create: false,
    warn: (message) => process.stderr.write(`chadan: ${message}\n`),
  });
  const highWater = new HighWater(join(settings.dataDirectory, HIGH_WATER_FILE), (error) => {
    throw error;
  });
  await highWater.load();
  const now = () => new Date();
  const held = await db.selectFrom('key_set').select('jws').orderBy('sequence', 'desc').executeTakeFirst();
  if (!held) return;
  const { iss } = JSON.parse(Buffer.from(held.jws.split('.')[1] ?? '', 'base64url').toString()) as {
    iss: string;
  };
  const keeper = new KeySetKeeper({ issuer: settings.issuer ?? iss, keys, highWater, now });
  await keeper.catchUp(db);
  const sequence = await keeper.signAgain(db);
  if (sequence !== undefined) say(`key set: signed anew, sequence ${sequence}`);
  else {
    say(
      'key set: the root key is kept elsewhere; if a key set was signed after the backup and this server never',
    );
    say('had it in force, import that one again, or a new one: chadan keys request, sign, import');
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
