// What an on-call is shown, put together: metrics of the process and of the whole exchange, and readiness.
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Database } from './database/connection.ts';
import type { BodyBudget } from './http/body-budget.ts';
import { LIST_IDS } from './list/entry.ts';
import { ExchangeFigures } from './operate/exchange-figures.ts';
import { watchProcess } from './operate/metrics.ts';
import { Readiness } from './operate/readiness.ts';
import { kidsOf } from './publish/key-set-keeper.ts';
import type { ListMemory } from './publish/list-memory.ts';
import type { PublishLoop } from './publish/publish-loop.ts';
import type { Signing } from './publish/signing.ts';
import type { VersionEvents } from './publish/version-events.ts';
import type { Settings } from './settings.ts';
import type { OutcomeHub } from './submit/outcome-hub.ts';

export interface ObservedParts {
  settings: Settings;
  log: Logger;
  now: () => Date;
  database: Database;
  metrics: Registry;
  events: VersionEvents;
  outcomes: OutcomeHub;
  memory: ListMemory;
  loop: PublishLoop;
  signing: Signing;
  /** Whether this server holds the private half of a key. */
  holds: (kid: string) => boolean;
  refused: { connections: number };
  bodies: BodyBudget;
}

/** Fills the registry, and gives back what /readyz asks. */
export function observe(parts: ObservedParts): Readiness {
  const { settings, log, now, metrics, loop, memory, signing } = parts;
  const { db, pool } = parts.database;
  watchProcess(metrics, {
    pool,
    eventConnections: () => parts.events.connections,
    outcomeReaders: () => parts.outcomes.waiting,
    heldLists: () => loop.held,
    lists: LIST_IDS,
    refusedConnections: () => parts.refused.connections,
    bodies: parts.bodies,
  });
  new ExchangeFigures({
    db,
    now,
    metrics,
    onError: (error) =>
      log.warn({ err: error }, 'the figures of the exchange could not be read for /metrics'),
  });
  return new Readiness({
    db,
    pool,
    now,
    metrics,
    dataDirectory: settings.dataDirectory,
    diskMinimumBytes: settings.diskMinimumBytes,
    publishIntervalSeconds: settings.publishIntervalSeconds,
    keySet: async () => (await signing.keySet.inForce(db))?.keySet,
    holdsSigningKey: (keySet) => parts.holds(kidsOf(keySet)[0] ?? ''),
    loading: () => loop.preparing,
    missingLists: () => LIST_IDS.filter((list) => !memory.wasLoaded(list)),
    heldLists: () => loop.held,
  });
}
