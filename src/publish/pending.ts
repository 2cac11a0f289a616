// What the next version would change, for all who ask: planned anew when orders came or went, and never so often that
// planning costs more than a tenth of the time, however many poll and however much waits.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { dayOf } from '../list/day.ts';
import { type PublisherDeps, planNext } from './publisher.ts';
import type { ListRow } from './version-queries.ts';

/** A plan that took less is made anew at once when its orders changed. */
const CHEAP_MS = 50;
const REST_SHARE = 10;
/** An order given earlier may become visible later, which no position tells: so long at most it is not seen. */
const LONGEST_MS = 5000;

/** How many lines the next version would add and remove; not the lines, for there may be millions. */
export interface Pending {
  additions: { length: number };
  removals: { length: number };
}

interface Plan {
  key: string;
  madeAt: number;
  /** Undefined while it is being made. */
  tookMs: number | undefined;
  pending: Promise<Pending>;
}

export class PendingPlans {
  readonly #deps: Pick<PublisherDeps, 'db' | 'now' | 'timeZone'>;
  readonly #plans = new Map<string, Plan>();

  constructor(deps: Pick<PublisherDeps, 'db' | 'now' | 'timeZone'>) {
    this.#deps = deps;
  }

  /** What the version after the one in this row would change. */
  async of(row: ListRow): Promise<Pending> {
    const { db, now, timeZone } = this.#deps;
    const orders = await readOrderRange(db, row.id);
    const key = [row.epoch, row.version, dayOf(now(), timeZone), orders.first, orders.last].join(' ');
    const plan = this.#plans.get(row.id);
    if (plan && isFresh(plan, key)) return plan.pending;
    return this.#plan(row.id, key);
  }

  #plan(list: string, key: string): Promise<Pending> {
    const madeAt = performance.now();
    const pending = planNext(this.#deps, this.#deps.db, list).then(({ next }) => ({
      additions: { length: next.additions.length },
      removals: { length: next.removals.length },
    }));
    const plan: Plan = { key, madeAt, tookMs: undefined, pending };
    this.#plans.set(list, plan);
    const settle = () => {
      plan.tookMs = performance.now() - madeAt;
    };
    pending.then(settle, () => this.#plans.delete(list)); // whoever waits hears of the failure
    return pending;
  }
}

function isFresh(plan: Plan, key: string): boolean {
  const age = performance.now() - plan.madeAt;
  const cost = plan.tookMs ?? age;
  if (plan.key === key) return age < Math.max(LONGEST_MS, REST_SHARE * cost);
  return cost > CHEAP_MS && age < REST_SHARE * cost;
}

/** The ends of the orders that wait: two steps down an index. */
async function readOrderRange(db: Kysely<DB>, list: string) {
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select min(id) as first, max(id) as last from listing_order where list_id = ${list}`.execute(db);
  return rows[0] ?? { first: null, last: null };
}
