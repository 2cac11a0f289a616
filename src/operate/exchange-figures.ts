// Figures of the whole exchange for /metrics, the same from every server. They are read at most so often, however many
// scrape; while the database cannot tell them they are absent, for an old figure would look like a good one.
import type { Kysely } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import type { DB } from '../database/generated/schema.ts';
import {
  type ListFigures,
  type QueueFigures,
  type RelayFigures,
  selectClock,
  selectListFigures,
  selectQueueFigures,
  selectRelayFigures,
} from './figure-queries.ts';

const GOOD_MS = 10_000;
/** A relay that lacks for so long what was published is stale. */
const STALE_MS = 600_000;

export interface FigureDeps {
  db: Kysely<DB>;
  now: () => Date;
  metrics: Registry;
  onError: (error: unknown) => void;
}

export class ExchangeFigures {
  readonly #deps: FigureDeps;
  readonly #gauges = new Map<string, Gauge<string>>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(deps: FigureDeps) {
    this.#deps = deps;
    this.#add('chadan_database_up', 'Whether the database told its figures: 1 or 0');
    this.#add('chadan_database_clock_skew_seconds', "This server's clock less the database's");
    this.#add('chadan_list_version', 'The version in force', 'list');
    this.#add('chadan_list_entries', 'Entries in force', 'list');
    this.#add('chadan_list_published_timestamp_seconds', 'When the version in force was published', 'list');
    this.#add(
      'chadan_publication_pending_orders',
      'Orders for the next version, counted up to 100,001',
      'list',
    );
    this.#add(
      'chadan_publication_oldest_order_timestamp_seconds',
      'When the oldest pending order came',
      'list',
    );
    this.#add('chadan_review_cases', 'Cases that wait for a decision, counted up to 1,000,001', 'status');
    this.#add(
      'chadan_review_oldest_case_timestamp_seconds',
      'When the oldest waiting case was opened',
      'status',
    );
    this.#add(
      'chadan_relays',
      'Relays by how they follow: current, behind, wrong or silent',
      'list',
      'state',
    );
    this.#add('chadan_relays_stale', 'Relays that lack for ten minutes what was published', 'list');
    this.#add(
      'chadan_relay_lag_seconds',
      'How long the relay that lags most lacks what was published',
      'list',
    );
  }

  #add(name: string, help: string, ...labelNames: string[]): void {
    const refresh = () => this.#refresh();
    const gauge = new Gauge({ name, help, labelNames, registers: [this.#deps.metrics], collect: refresh });
    this.#gauges.set(name, gauge);
  }

  #set(name: string, value: number, labels: Record<string, string> = {}): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  /** All gauges of one scrape share one reading. */
  #refresh(): Promise<void> {
    if (this.#reading) return this.#reading;
    if (performance.now() - this.#readAt < GOOD_MS) return Promise.resolve();
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { db, now, onError } = this.#deps;
    try {
      const skewSeconds = await clockSkew(db, now);
      const staleBefore = new Date(now().getTime() - STALE_MS);
      const lists = await selectListFigures(db);
      const queues = await selectQueueFigures(db);
      const relays = await selectRelayFigures(db, staleBefore);
      this.#forget();
      this.#set('chadan_database_up', 1);
      this.#set('chadan_database_clock_skew_seconds', skewSeconds);
      for (const row of lists) this.#setList(row);
      for (const row of queues) this.#setQueue(row);
      for (const row of relays) this.#setRelays(row, now());
      this.#readAt = performance.now();
    } catch (error) {
      this.#forget();
      this.#set('chadan_database_up', 0);
      onError(error);
    }
  }

  #forget(): void {
    for (const gauge of this.#gauges.values()) gauge.reset();
  }

  #setList({ list, version, entries, publishedAt, orders, oldestOrderAt }: ListFigures): void {
    this.#set('chadan_list_version', version, { list });
    this.#set('chadan_list_entries', entries, { list });
    this.#set('chadan_list_published_timestamp_seconds', publishedAt.getTime() / 1000, { list });
    this.#set('chadan_publication_pending_orders', orders, { list });
    const oldest = 'chadan_publication_oldest_order_timestamp_seconds';
    if (oldestOrderAt) this.#set(oldest, oldestOrderAt.getTime() / 1000, { list });
  }

  #setQueue({ status, cases, oldestAt }: QueueFigures): void {
    this.#set('chadan_review_cases', cases, { status });
    if (oldestAt)
      this.#set('chadan_review_oldest_case_timestamp_seconds', oldestAt.getTime() / 1000, { status });
  }

  #setRelays({ list, behindSince, stale, ...states }: RelayFigures, now: Date): void {
    const { current, behind, wrong, silent } = states;
    for (const [state, count] of Object.entries({ current, behind, wrong, silent }))
      this.#set('chadan_relays', count, { list, state });
    this.#set('chadan_relays_stale', stale, { list });
    const lag = behindSince ? (now.getTime() - behindSince.getTime()) / 1000 : 0;
    this.#set('chadan_relay_lag_seconds', Math.max(0, lag), { list });
  }
}

/** Seconds that this server's clock is ahead of the database's, half the way there and back taken off. */
export async function clockSkew(db: Kysely<DB>, now: () => Date): Promise<number> {
  const before = now().getTime();
  const there = (await selectClock(db)).getTime();
  const after = now().getTime();
  return ((before + after) / 2 - there) / 1000;
}
