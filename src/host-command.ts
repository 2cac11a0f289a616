// What the commands share that run on the host of a server, with its settings: they open the same database, and close it.
import { pino } from 'pino';
import { CommandError } from './client/command.ts';
import type { Database } from './database/connection.ts';
import { openDatabase } from './server.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';

/**
 * Works on the database that the settings name; the embedded one is started for it, and stopped.
 * @throws CommandError where the settings are wrong or the database cannot be opened
 */
export async function onDatabase<T>(
  work: (database: Database, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = settingsOrError();
  const stops: (() => Promise<void>)[] = [];
  try {
    const log = pino({ level: 'silent' });
    const { database } = await openDatabase({ settings, log }, stops).catch((error: Error) => {
      throw new CommandError(`the database cannot be opened: ${error.message}`, 1, { cause: error });
    });
    return await work(database, settings);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function settingsOrError(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof SettingsError) throw new CommandError(error.message, 1, { cause: error });
    throw error;
  }
}
