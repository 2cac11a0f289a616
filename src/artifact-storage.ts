// Puts object storage under the artifacts where the settings name one, and shows how it does.
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import type { DB } from './database/generated/schema.ts';
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

function count(metrics: Registry, name: string, help: string, value: () => number): void {
  new Counter({
    name,
    help,
    registers: [metrics],
    collect() {
      this.reset();
      this.inc(value());
    },
  });
}
