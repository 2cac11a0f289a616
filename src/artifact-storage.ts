// What artifacts are made from and kept in where the settings name something for it, a hot standby and object storage,
// and how each does.
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { connect } from './database/connection.ts';
import type { DB } from './database/generated/schema.ts';
import { count } from './operate/metrics.ts';
import { LineSource } from './publish/line-source.ts';
import { ObjectStorage } from './publish/object-storage.ts';
import { namedSnapshots } from './publish/snapshots.ts';
import { StoredArtifacts } from './publish/stored-artifacts.ts';
import type { Settings } from './settings.ts';

export interface StorageDeps {
  settings: Settings;
  log: Logger;
  now: () => Date;
  db: Kysely<DB>;
  metrics: Registry;
}

/** What keeps artifacts in object storage, at work from now until it is stopped; undefined without such a setting. */
export function openStorage({ settings, log, now, db, metrics }: StorageDeps): StoredArtifacts | undefined {
  if (settings.objectStorage === undefined) return undefined;
  const storage = new ObjectStorage(settings.objectStorage);
  const keptNames = () => namedSnapshots(db);
  const stored = new StoredArtifacts({ storage, now, log, front: settings.artifactsFront, keptNames });
  stored.start();
  count(metrics, 'chadan_artifacts_stored_total', 'Artifacts put into object storage', () => stored.stored);
  count(
    metrics,
    'chadan_artifact_storage_failures_total',
    'Calls to object storage that failed',
    () => stored.failures,
  );
  return stored;
}

/** Where the lines of versions are read from: a hot standby too, until it is stopped. */
export function openLines(
  { settings, log, db, metrics }: Omit<StorageDeps, 'now'>,
  stops: (() => Promise<void>)[],
): LineSource {
  const url = settings.readDatabaseUrl;
  if (url === undefined) return new LineSource({ db });
  const onError = (error: unknown) =>
    log.warn({ err: error }, 'the standby failed; the primary gives the rest');
  const standby = connect({ url, poolSize: 10, connectTimeoutMs: 2000, onError });
  stops.push(() => standby.close());
  const lines = new LineSource({ db, standby: standby.db, onError });
  const { counts } = lines;
  count(metrics, 'chadan_standby_reads_total', 'Readings of versions from the standby', () => counts.standby);
  count(
    metrics,
    'chadan_standby_fallbacks_total',
    'Readings that the primary had to do, or to finish, in place of the standby',
    () => counts.primary,
  );
  return lines;
}
