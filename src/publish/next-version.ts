// What the next version would change: orders of reviewers and of new evidence, entries whose day has passed, protection once
// more, the mass-change brake. Pure: rows in, change out. Domain rules 2 to 4.

export interface OrderRow {
  id: number;
  value: string;
  action: string;
  category: string | null;
  until: string | null;
  decisionId: number | null;
  /** Why a release was decided. */
  reason: string | null;
  /** The decision has a second person's consent. */
  confirmed: boolean;
}

export interface EntryRow {
  id: number;
  value: string;
  category: string;
  until: string | null;
  decisionId: number;
  confirmed: boolean;
}

export interface Removal {
  entry: EntryRow;
  reason: string;
  decisionId: number | null;
}

export interface Addition {
  value: string;
  category: string;
  until: string | null;
  decisionId: number;
}

export interface NextVersion {
  removals: Removal[];
  additions: Addition[];
}

/** What is to stand in the list for one value, and why if nothing is. */
type Wish =
  | { line: Addition; confirmed: boolean }
  | { line: undefined; reason: string; decisionId: number | null };

/**
 * The net change that the orders ask for.
 * @param orders in the order they were given
 * @param listed the entries in force of the ordered values, and those whose last day has passed
 * @param isProtected whether listing a value needs two people
 * @param today the agency's day; an entry is in force on its last day
 */
export function planVersion(
  orders: readonly OrderRow[],
  listed: readonly EntryRow[],
  isProtected: (value: string) => boolean,
  today: string,
): NextVersion {
  const entries = new Map(listed.map((entry) => [entry.value, entry]));
  const wishes = new Map<string, Wish>();
  for (const entry of listed) {
    if (hasPassed(entry.until, today))
      wishes.set(entry.value, { line: undefined, reason: 'expired', decisionId: null });
  }
  for (const order of orders) {
    const wish = wishOf(order, wishes.get(order.value), entries.get(order.value));
    if (wish) wishes.set(order.value, wish);
  }
  const next: NextVersion = { removals: [], additions: [] };
  for (const [value, wish] of wishes) {
    const permitted = permit(wish, isProtected(value), today);
    if (permitted) settle(next, entries.get(value), permitted);
  }
  return next;
}

/** Whether a version is to be held until a lead confirms it: it adds or removes more than the brake allows. */
export function isMassChange(
  next: { additions: { length: number }; removals: { length: number } },
  count: number,
  brake: { share: number; minimum: number },
): boolean {
  const allowed = Math.max(brake.minimum, Math.floor(brake.share * count));
  return next.additions.length > allowed || next.removals.length > allowed;
}

function wishOf(order: OrderRow, before: Wish | undefined, entry: EntryRow | undefined): Wish | undefined {
  const { value, category, until, decisionId, confirmed, reason } = order;
  if (order.action === 'list' && category !== null && decisionId !== null) {
    return { line: { value, category, until, decisionId }, confirmed };
  }
  if (order.action === 'release')
    return { line: undefined, reason: reason ?? 'agency_correction', decisionId };
  if (order.action === 'renew') return renewed(order, before, entry);
  // 'protect': what stands, or is about to, is looked at again.
  return before ?? (entry && { line: entry, confirmed: entry.confirmed });
}

/**
 * The line of the same decision, until a later day. A release or a new decision wins over it; an entry whose last
 * day has passed unpublished was in force when its evidence came, and goes on.
 */
function renewed(order: OrderRow, before: Wish | undefined, entry: EntryRow | undefined): Wish | undefined {
  const isReleased = before !== undefined && !before.line && before.reason !== 'expired';
  const standing = before?.line ? before : entry && { line: entry, confirmed: entry.confirmed };
  if (isReleased || !standing || standing.line.decisionId !== order.decisionId) return before;
  const isLater = standing.line.until !== null && order.until !== null && order.until > standing.line.until;
  return isLater ? { ...standing, line: { ...standing.line, until: order.until } } : before;
}

function permit(wish: Wish, needsTwo: boolean, today: string): Wish | undefined {
  if (!wish.line) return wish;
  if (needsTwo && !wish.confirmed) return { line: undefined, reason: 'protected', decisionId: null };
  return hasPassed(wish.line.until, today) ? { line: undefined, reason: 'expired', decisionId: null } : wish;
}

function settle(next: NextVersion, entry: EntryRow | undefined, wish: Wish): void {
  if (!wish.line) {
    if (entry) next.removals.push({ entry, reason: wish.reason, decisionId: wish.decisionId });
    return;
  }
  if (entry && entry.category === wish.line.category && entry.until === wish.line.until) return;
  if (entry) next.removals.push({ entry, reason: 'changed', decisionId: wish.line.decisionId });
  const { value, category, until, decisionId } = wish.line;
  next.additions.push({ value, category, until, decisionId });
}

function hasPassed(until: string | null, today: string): boolean {
  return until !== null && until < today;
}
