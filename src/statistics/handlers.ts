// The figures as the contract shows them, as JSON or as one CSV. Maps contract ↔ domain.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { Problem } from '../http/problem.ts';
import { csvLine } from '../list/csv-line.ts';
import {
  countByCarrier,
  countByDay,
  countByRelay,
  countByReseller,
  FIGURES,
  type KeyCount,
  medianDecision,
  medianReceipt,
  reading,
  type Span,
} from './figure-queries.ts';
import { type Interval, periodOf } from './period.ts';

type Statistics = components['schemas']['Statistics'];
type FigureRow = components['schemas']['FigureRow'];

const MAX_DAYS = 3 * 366;
const DAY_MS = 86_400_000;

export function statisticsHandlers(deps: {
  db: Kysely<DB>;
  timeZone: string;
}): Pick<Handlers, 'getStatistics'> {
  return {
    async getStatistics({ query: { from, to, interval = 'month' }, accept }) {
      checkSpan(from, to);
      const statistics = await readStatistics(deps.db, { from, to, timeZone: deps.timeZone }, interval);
      if (accept !== 'text/csv') return { status: 200, body: statistics };
      return { status: 200, type: accept, text: toCsv(statistics) };
    },
  };
}

function readStatistics(db: Kysely<DB>, span: Span, interval: Interval): Promise<Statistics> {
  return reading(db, async (trx) => {
    const days = await countByDay(trx, span);
    const keyed = (keyOf: (row: (typeof days)[number]) => string) =>
      toRows(days.map((row) => ({ figure: row.figure, key: keyOf(row), count: row.count })));
    const { key: _, ...totals } = keyed(() => 'all')[0] ?? emptyRow('all');
    return {
      from: span.from,
      to: span.to,
      totals,
      categories: keyed((row) => row.category),
      carriers: toRows(await countByCarrier(trx, span)),
      relays: toRows(await countByRelay(trx, span)),
      resellers: toRows(await countByReseller(trx, span)),
      periods: keyed((row) => periodOf(row.day, interval)),
      medianDecisionSeconds: await medianDecision(trx, span),
      medianReceiptSeconds: await medianReceipt(trx, span),
    };
  });
}

/** One row a key, by key. */
function toRows(counts: readonly KeyCount[]): FigureRow[] {
  const rows = new Map<string, FigureRow>();
  for (const { figure, key, count } of counts) {
    const row = rows.get(key) ?? emptyRow(key);
    row[figure] += count;
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function emptyRow(key: string): FigureRow {
  return { key, submitted: 0, verified: 0, rejected: 0, listed: 0, released: 0, blocked: 0 };
}

function toCsv(statistics: Statistics): string {
  const { totals, categories, carriers, relays, resellers, periods } = statistics;
  const parts: [string, FigureRow[]][] = [
    ['total', [{ key: '', ...totals }]],
    ['category', categories],
    ['carrier', carriers],
    ['relay', relays],
    ['reseller', resellers],
    ['period', periods],
  ];
  const lines = parts.flatMap(([dimension, rows]) =>
    rows.map((row) => csvLine([dimension, row.key, ...FIGURES.map((figure) => row[figure])])),
  );
  return csvLine(['dimension', 'key', ...FIGURES]) + lines.join('');
}

function checkSpan(from: string, to: string): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days >= 0 && days <= MAX_DAYS) return;
  const detail = days < 0 ? 'must not be before from' : `must be at most ${MAX_DAYS} days after from`;
  throw new Problem('invalid_request', 'The request is not as the contract says; see errors.', {
    errors: [{ pointer: '?to', code: days < 0 ? 'minimum' : 'maximum', detail }],
  });
}
