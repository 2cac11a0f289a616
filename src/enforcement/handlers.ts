// What relays report of their blocking: sums of values over a stretch of time, each once, nothing personal.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { type FieldError, notFound, Problem } from '../http/problem.ts';
import { isListId, type ListId } from '../list/entry.ts';
import { canonicalValue } from '../list/listed-value.ts';

type Count = components['schemas']['EnforcementCount'];

export interface EnforcementDeps {
  db: Kysely<DB>;
  now: () => Date;
  codePattern: RegExp;
}

const MAX_ERRORS = 100;
/** A relay's clock may be a little ahead. */
const MAX_AHEAD_MS = 5 * 60_000;

export function enforcementHandlers(deps: EnforcementDeps): Pick<Handlers, 'reportEnforcement'> {
  return {
    async reportEnforcement({ path, body, author }) {
      if (!isListId(path.list)) throw notFound('list');
      const from = new Date(body.from);
      const to = new Date(body.to);
      const receivedAt = deps.now();
      checkSpan(from, to, receivedAt);
      const counts = canonicalCounts(path.list, body.counts, deps.codePattern);
      await sql`
        insert into enforcement (list_id, value, client_id, from_at, to_at, blocked, seen, received_at)
        select ${path.list}, t.value, ${author.id}::uuid, ${from}, ${to}, t.blocked, t.seen, ${receivedAt}
          from json_to_recordset(${JSON.stringify(counts)}::json) as t(value text, blocked bigint, seen bigint)
         order by t.value
        on conflict (client_id, list_id, from_at, to_at, value) do nothing`.execute(deps.db);
      return { status: 204 };
    },
  };
}

function checkSpan(from: Date, to: Date, now: Date): void {
  if (from >= to) throw invalid([{ pointer: '/to', code: 'minimum', detail: 'must be after from' }]);
  if (to.getTime() > now.getTime() + MAX_AHEAD_MS)
    throw invalid([{ pointer: '/to', code: 'maximum', detail: 'must not be in the future' }]);
}

/** Spellings of one value are added up. */
function canonicalCounts(list: ListId, counts: readonly Count[], codePattern: RegExp): Count[] {
  const errors: FieldError[] = [];
  const sums = new Map<string, Count>();
  for (const [at, { value: text, blocked, seen }] of counts.entries()) {
    const value = canonicalValue(list, text, codePattern);
    if (value === undefined) {
      errors.push({
        pointer: `/counts/${at}/value`,
        code: 'invalid_value',
        detail: 'is no value of that list',
      });
      continue;
    }
    const before = sums.get(value);
    const seenSum = seen === undefined ? before?.seen : (before?.seen ?? 0) + seen;
    sums.set(value, {
      value,
      blocked: (before?.blocked ?? 0) + blocked,
      ...(seenSum !== undefined && { seen: seenSum }),
    });
  }
  if (errors.length > 0) throw invalid(errors.slice(0, MAX_ERRORS));
  return [...sums.values()];
}

function invalid(errors: FieldError[]): Problem {
  return new Problem('invalid_request', 'The request is not as the contract says; see errors.', { errors });
}
