// Publishes by itself: at most every so many seconds what is decided, at the change of day what has expired, at
// once what is urgent; in the background loads the lists and makes the snapshots. Every server runs it: rounds are
// taken up in the database, and the list's lock lets one publish at a time.
import type { Logger } from 'pino';
import type { Database } from '../database/connection.ts';
import { Problem } from '../http/problem.ts';
import { dayEnd, dayOf } from '../list/day.ts';
import { LIST_IDS } from '../list/entry.ts';
import { loadList, type PublisherDeps, publishVersion } from './publisher.ts';
import { claimRounds, postponeRound, selectNextRound } from './round-queries.ts';
import { materializeSnapshot, prepareNamedSnapshot, type SnapshotDeps } from './snapshots.ts';

/** After a failure, an urgent release is tried again so soon. */
const URGENT_RETRY_MS = 1000;
/** What the brake holds is planned anew no more often. */
const HELD_PAUSE_MS = 15_000;
/** Looks at least so often, for a clock may be set and a machine may sleep. */
const LONGEST_WAIT_MS = 60_000;
const SHORTEST_WAIT_MS = 20;

export interface PublishLoopDeps extends PublisherDeps, SnapshotDeps {
  log: Logger;
  /** Told how each piece of work ended. */
  onEnded?: (job: string, ok: boolean) => void;
  /** Runs a publication in a trace. */
  trace?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

type Work = 'publication' | 'snapshot' | 'loading';

export class PublishLoop {
  readonly #deps: PublishLoopDeps;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #retries = new Map<string, NodeJS.Timeout>();
  #running = new Set<Promise<unknown>>();
  #stopped = false;
  #held = new Set<string>();
  #preparing: Promise<void> = Promise.resolve();

  /** @param intervalSeconds 0: only what is urgent */
  constructor(deps: PublishLoopDeps, intervalSeconds: number) {
    this.#deps = deps;
    this.#intervalMs = intervalSeconds * 1000;
  }

  async start(database: Database): Promise<void> {
    await database.listen('chadan_snapshot', (list) => this.#track(this.#prepareSnapshot(list)), {
      onReconnect: () => this.#track(this.#prepareAll()),
    });
    await database.listen('chadan_urgent', (list) => this.#track(this.#publishUrgent(list)), {
      onReconnect: () => this.#track(this.#publishAllUrgent()),
    });
    // Urgent orders that were given while no server ran.
    await this.#track(this.#publishAllUrgent());
    this.#preparing = this.#track(this.#prepareAll());
    this.#schedule(0); // what came due while no server ran, the change of day above all
  }

  /** Ends when the lists were taken into memory after the start, or that has failed. */
  get preparing(): Promise<void> {
    return this.#preparing;
  }

  /** The lists whose next version the brake holds, as this server met it. */
  get held(): ReadonlySet<string> {
    return this.#held;
  }

  /** Stops after what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const retry of this.#retries.values()) clearTimeout(retry);
    while (this.#running.size > 0) await Promise.all(this.#running); // one may begin another
  }

  /** Makes the snapshot that a publication made due, in the background. */
  afterPublication(list: string): void {
    void this.#track(this.#makeDueSnapshot(list));
  }

  /** What a start would otherwise leave to the first publication and the first reader. */
  async #prepareAll(): Promise<void> {
    for (const list of LIST_IDS) {
      await this.#prepareSnapshot(list);
      if (this.#stopped) return;
      await this.#attempt(list, 'loading', () => loadList(this.#deps, list));
      await this.#makeDueSnapshot(list);
    }
  }

  async #makeDueSnapshot(list: string): Promise<void> {
    if (this.#stopped) return;
    await this.#attempt(list, 'snapshot', () => materializeSnapshot(this.#deps, list));
  }

  /** The manifest names a new snapshot, which another server may have made. */
  async #prepareSnapshot(list: string): Promise<void> {
    if (this.#stopped) return;
    await this.#attempt(list, 'snapshot', async () => {
      await prepareNamedSnapshot(this.#deps, list);
      const { db, artifacts } = this.#deps;
      await artifacts.sweep(await db.selectFrom('list').select(['id', 'epoch', 'oldest_version']).execute());
    });
  }

  #schedule(dueInMs: number): void {
    if (this.#stopped || this.#intervalMs === 0) return;
    const now = this.#deps.now();
    const dayEndsInMs = dayEnd(now, this.#deps.timeZone).getTime() - now.getTime();
    const waitMs = Math.max(SHORTEST_WAIT_MS, Math.min(dueInMs, dayEndsInMs, LONGEST_WAIT_MS));
    this.#timer = setTimeout(() => void this.#track(this.#round()), waitMs);
  }

  /** Takes up the rounds that are due, and goes to sleep until the next one can be. */
  async #round(): Promise<void> {
    const { db, now, timeZone, log } = this.#deps;
    let dueInMs = this.#intervalMs;
    try {
      const lists = await claimRounds(db, this.#intervalMs, dayOf(now(), timeZone));
      await Promise.all(lists.map((list) => this.#publish(list, false)));
      dueInMs = Math.min(dueInMs, (await selectNextRound(db, this.#intervalMs)) ?? dueInMs);
      this.#deps.onEnded?.('publication_round', true);
    } catch (error) {
      this.#deps.onEnded?.('publication_round', false);
      log.error({ err: error }, 'a round of publication failed; the next one tries again');
    }
    this.#schedule(dueInMs);
  }

  async #publishAllUrgent(): Promise<void> {
    for (const list of LIST_IDS) await this.#publishUrgent(list);
  }

  /** Tried until it is through: the next round may be far, held by the brake, or never. */
  async #publishUrgent(list: string): Promise<void> {
    if (this.#stopped || (await this.#publish(list, true)) || this.#retries.has(list)) return;
    const retry = setTimeout(() => {
      this.#retries.delete(list);
      void this.#track(this.#publishUrgent(list));
    }, URGENT_RETRY_MS);
    if (this.#stopped) clearTimeout(retry);
    else this.#retries.set(list, retry);
  }

  #publish(list: string, urgentOnly: boolean): Promise<boolean> {
    const { trace = (_name, work) => work() } = this.#deps;
    return this.#attempt(list, 'publication', async () => {
      const publish = () => publishVersion(this.#deps, list, { urgentOnly });
      const { version, created } = await trace('publication', publish);
      if (!urgentOnly) this.#held.delete(list);
      if (!created) return;
      const { added, removed, count } = version;
      this.#deps.log.info({ list, version: version.version, added, removed, count, urgentOnly }, 'published');
      this.afterPublication(list);
    });
  }

  /** Nobody waits for the loop: its failures are logged, and the next round tries again. */
  async #attempt(list: string, work: Work, act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      this.#deps.onEnded?.(work, true);
      return true;
    } catch (error) {
      this.#deps.onEnded?.(work, error instanceof Problem && error.code === 'mass_change_held');
      if (error instanceof Problem && error.code === 'mass_change_held') await this.#hold(list, error);
      else this.#deps.log.error({ list, err: error }, `${work} failed; it is tried again`);
      return false;
    }
  }

  async #hold(list: string, held: Problem): Promise<void> {
    if (!this.#held.has(list)) this.#deps.log.warn({ list }, held.message);
    this.#held.add(list);
    await postponeRound(this.#deps.db, list, this.#intervalMs, Math.max(this.#intervalMs, HELD_PAUSE_MS));
  }

  async #track(work: Promise<unknown>): Promise<void> {
    this.#running.add(work);
    await work.finally(() => this.#running.delete(work));
  }
}
