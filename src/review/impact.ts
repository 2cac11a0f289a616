// What a decision would have blocked in the last 7 days, had it been in force, as relays report it.
import type { components } from '../http/generated/openapi.ts';
import type { Desk } from './desk.ts';
import { type ImpactRow, type ListedValue, sumImpact, sumPendingImpact } from './impact-queries.ts';

type Schemas = components['schemas'];

const DAYS_MS = 7 * 24 * 3_600_000;

/** Of values. */
export async function impactOf(desk: Desk, values: readonly ListedValue[]): Promise<Schemas['Impact']> {
  const span = lastDays(desk);
  return toImpact(await sumImpact(desk.db, values, span.from, span.to), span);
}

/** Of the next version of a list. */
export async function pendingImpact(desk: Desk, list: string): Promise<Schemas['PendingImpact']> {
  const span = lastDays(desk);
  const [added, removed] = await Promise.all([
    sumPendingImpact(desk.db, list, 'list', span.from, span.to),
    sumPendingImpact(desk.db, list, 'release', span.from, span.to),
  ]);
  return { added: toImpact(added, span), removed: toImpact(removed, span) };
}

interface Span {
  from: Date;
  to: Date;
}

function lastDays({ now }: Desk): Span {
  const to = now();
  return { from: new Date(to.getTime() - DAYS_MS), to };
}

function toImpact({ messages, relays }: ImpactRow, { from, to }: Span): Schemas['Impact'] {
  return { from: from.toISOString(), to: to.toISOString(), messages, relays };
}
