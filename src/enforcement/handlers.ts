// What relays blocked: they report it, the agency and auditors read the sums. Maps contract ↔ domain.
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { notFound, Problem } from '../http/problem.ts';
import { isListId, type ListId } from '../list/entry.ts';
import { insertReport, type Report, type StoredReport, selectReport, selectSums } from './queries.ts';

export interface EnforcementDeps {
  db: Kysely<DB>;
  now: () => Date;
}

type EnforcementReport = components['schemas']['EnforcementReport'];

/** Clocks of relays may be ahead of ours by so much. */
const CLOCK_SKEW_MS = 5 * 60_000;

export function enforcementHandlers({
  db,
  now,
}: EnforcementDeps): Pick<Handlers, 'createEnforcementReport' | 'listEnforcement'> {
  return {
    async createEnforcementReport({ path, headers, body, caller }) {
      const list = requireListId(path.list);
      checkReport(body, now());
      const stored = await storeReport(db, {
        clientId: caller.clientId,
        list,
        idempotencyKey: headers['Idempotency-Key'] ?? null,
        bodySha256: createHash('sha256').update(JSON.stringify(body)).digest(),
        from: new Date(body.from),
        to: new Date(body.to),
        receivedAt: now(),
        values: body.counts.map(({ value }) => value),
        blocked: body.counts.map(({ blocked }) => blocked),
      });
      return { status: 200, body: { recorded: stored.recorded, unknown: stored.unknown } };
    },

    async listEnforcement({ path, query }) {
      const rows = await selectSums(db, requireListId(path.list), timeOf(query.from), timeOf(query.to));
      const items = rows.map(({ blocked, lastReportAt, ...row }) => ({
        ...row,
        blocked: Number(blocked),
        lastReportAt: lastReportAt.toISOString(),
      }));
      return { status: 200, body: { items, next: null } };
    },
  };
}

async function storeReport(db: Kysely<DB>, report: Report): Promise<StoredReport> {
  const stored = (await insertReport(db, report)) ?? (await selectReport(db, report));
  if (!stored.bodySha256.equals(report.bodySha256)) {
    throw new Problem('idempotency_key_reused', 'This Idempotency-Key stands for another report.');
  }
  return stored;
}

/** What the schema cannot say. Throws Problem `invalid_request`. */
function checkReport({ from, to, counts }: EnforcementReport, now: Date): void {
  const refuse = (pointer: string, code: string, detail: string) => {
    throw new Problem('invalid_request', detail, { errors: [{ pointer, code, detail }] });
  };
  if (Date.parse(from) >= Date.parse(to)) refuse('/to', 'order', 'The period must end after it begins.');
  if (Date.parse(to) > now.getTime() + CLOCK_SKEW_MS)
    refuse('/to', 'future', 'The period ends in the future.');
  const seen = new Set<string>();
  for (const [at, { value }] of counts.entries()) {
    if (seen.has(value)) refuse(`/counts/${at}/value`, 'duplicate', 'A value may be there once.');
    seen.add(value);
  }
}

function requireListId(list: string): ListId {
  if (!isListId(list)) throw notFound('list');
  return list;
}

function timeOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
