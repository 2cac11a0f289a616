// The metrics of this process: what Node.js tells, the pool of database connections, who waits and listens here.
// What they mean to an on-call stands in docs/observability.md; labels are of few values each, never an id.
import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** A registry that holds what Node.js tells of the process: memory, CPU, the event loop's delay. */
export function createRegistry(version: string): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  new Gauge({
    name: 'chadan_build_info',
    help: '1, with the version that runs',
    labelNames: ['version'],
    registers: [metrics],
  }).set({ version }, 1);
  return metrics;
}

export interface ProcessSources {
  pool: pg.Pool;
  eventConnections: () => number;
  outcomeReaders: () => number;
  /** Lists whose next version the mass-change brake holds, as this server met it. */
  heldLists: () => ReadonlySet<string>;
  lists: readonly string[];
  refusedConnections: () => number;
  /** Bodies that are read as a whole. */
  bodies: { readonly held: number; readonly waiting: number; readonly refused: number };
}

/** Gauges that are read when they are asked for. */
export function watchProcess(metrics: Registry, sources: ProcessSources): void {
  read(metrics, 'chadan_event_connections', 'Readers connected to the events of new versions', () =>
    sources.eventConnections(),
  );
  read(metrics, 'chadan_outcome_readers_waiting', 'Carriers that wait for their next outcome', () =>
    sources.outcomeReaders(),
  );
  const { pool } = sources;
  read(metrics, 'chadan_database_pool_size', 'Most connections that the pool opens', () => pool.options.max);
  new Gauge({
    name: 'chadan_database_pool_connections',
    help: 'Connections of the pool by state; `waiting` counts requests that wait for one',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  const { bodies } = sources;
  read(
    metrics,
    'chadan_bodies_held_bytes',
    'Bodies that are held as a whole until they are handled',
    () => bodies.held,
  );
  read(metrics, 'chadan_bodies_waiting', 'Requests whose body waits for room', () => bodies.waiting);
  count(
    metrics,
    'chadan_bodies_refused_total',
    'Requests whose body found no room in time',
    () => bodies.refused,
  );
  count(
    metrics,
    'chadan_connections_refused_total',
    'Connections that were closed at once, for too many are open',
    () => sources.refusedConnections(),
  );
  new Gauge({
    name: 'chadan_publication_held',
    help: '1 while the mass-change brake holds the next version of a list, as this server met it',
    labelNames: ['list'],
    registers: [metrics],
    collect() {
      for (const list of sources.lists) this.set({ list }, sources.heldLists().has(list) ? 1 : 0);
    },
  });
}

function read(metrics: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [metrics],
    collect() {
      this.set(value());
    },
  });
}

/** A counter that is read from where it is kept when it is asked for. */
export function count(metrics: Registry, name: string, help: string, value: () => number): void {
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
