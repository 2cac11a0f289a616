// Reviewing over HTTP: maps contract ↔ domain, holds no rule.
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { listedValue } from '../http/listed-value.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import { isListId, LIST_IDS, type ListId } from '../list/entry.ts';
import { canonicalValue } from '../list/listed-value.ts';
import { describeCase } from './case-detail.ts';
import {
  type CaseKey,
  type CaseRow,
  type CaseSort,
  leaseCases,
  selectCase,
  selectCases,
  type ValueSearch,
} from './case-queries.ts';
import { selectDecisions } from './decision-queries.ts';
import {
  type Desk,
  decideCases,
  findProtection,
  protectValue,
  releaseEntry,
  unprotectValue,
} from './desk.ts';
import { selectEntries, selectHistory } from './entry-queries.ts';
import type { ProtectionRow } from './protection-queries.ts';
import { toCase, toDecision, toEntry } from './reply.ts';

type Schemas = components['schemas'];

export interface ReviewDeps extends Desk {
  codePattern: RegExp;
}

const LEASE_MS = 15 * 60 * 1000;

type ReviewOperation =
  | 'listCases'
  | 'claimCases'
  | 'getCase'
  | 'decideCase'
  | 'decideCases'
  | 'getProtectedValue'
  | 'protectValue'
  | 'unprotectValue'
  | 'listEntries'
  | 'getEntry'
  | 'releaseEntry';

export function reviewHandlers(deps: ReviewDeps): Pick<Handlers, ReviewOperation> {
  return {
    ...queueHandlers(deps),
    ...decisionHandlers(deps),
    ...entryHandlers(deps),
    ...protectionHandlers(deps),
  };
}

function queueHandlers(deps: ReviewDeps): Pick<Handlers, 'listCases' | 'claimCases' | 'getCase'> {
  const { db } = deps;
  return {
    async listCases({ query }) {
      const { limit = 50, sort = 'reports', cursor, q, ...filter } = query;
      const key = readCursor<CaseKey>(cursor, ['number', 'number']);
      const value = q === undefined ? undefined : searchValue(q, filter.list, deps.codePattern);
      const now = deps.now();
      const rows = await selectCases(db, { ...filter, value }, sort, key, limit + 1, now);
      return {
        status: 200,
        body: pageOf(
          rows,
          limit,
          (row) => toCase(row, now),
          (row) => keyOf(row, sort),
        ),
      };
    },

    async claimCases({ body, caller }) {
      const { limit, status = 'open', ...filter } = body;
      const now = deps.now();
      const until = new Date(now.getTime() + LEASE_MS);
      const rows = await leaseCases(db, { status, ...filter }, limit, { by: caller.clientId, now, until });
      return { status: 201, body: { items: rows.map((row) => toCase(row, now)) } };
    },

    async getCase({ path }) {
      const row = await selectCase(db, caseNumber(path.caseId));
      if (!row) throw notFound('case');
      return { status: 200, body: await describeCase(deps, row) };
    },
  };
}

function decisionHandlers(deps: ReviewDeps): Pick<Handlers, 'decideCase' | 'decideCases'> {
  return {
    async decideCase({ path, body, caller }) {
      const { revision, ...ruling } = body;
      const reviewer = { id: caller.clientId, organizationId: caller.organizationId };
      const { decisionIds } = await decideCases(
        deps,
        [{ id: caseNumber(path.caseId), revision }],
        ruling,
        reviewer,
      );
      return { status: 201, body: await readDecision(deps, decisionIds) };
    },

    async decideCases({ body, caller }) {
      const { cases, ...ruling } = body;
      const named = cases.map(({ id, revision }) => ({ id: caseNumber(id), revision }));
      const reviewer = { id: caller.clientId, organizationId: caller.organizationId };
      const { decisionIds, awaitingSecond } = await decideCases(deps, named, ruling, reviewer);
      return { status: 201, body: { decided: decisionIds.length, awaitingSecond } };
    },
  };
}

function entryHandlers(deps: ReviewDeps): Pick<Handlers, 'listEntries' | 'getEntry' | 'releaseEntry'> {
  const { db } = deps;
  return {
    async listEntries({ path, query }) {
      if (!isListId(path.list)) throw notFound('list');
      const { limit = 50, cursor, q } = query;
      const after = readCursor<readonly [string]>(cursor, ['string'])?.[0];
      const search = q === undefined ? undefined : searchValue(q, path.list, deps.codePattern);
      const rows = await selectEntries(db, path.list, search, after, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toEntry, (row) => [row.value]) };
    },

    async getEntry({ path }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const history = await selectHistory(db, list, value);
      const [newest] = history;
      if (!newest) throw notFound('entry');
      const decisions = await selectDecisions(db, { caseId: newest.case_id });
      return {
        status: 200,
        body: {
          ...toEntry(newest),
          caseId: String(newest.case_id),
          decisions: decisions.map(toDecision),
          history: history.map(toEntry),
        },
      };
    },

    async releaseEntry({ path, body, caller }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const reviewer = { id: caller.clientId, organizationId: caller.organizationId };
      const release = { reason: body.reason, note: body.note, urgent: body.urgent ?? false };
      const decisionId = await releaseEntry(deps, list, value, release, reviewer);
      return { status: 201, body: await readDecision(deps, [decisionId]) };
    },
  };
}

async function readDecision(deps: ReviewDeps, ids: readonly number[]): Promise<Schemas['Decision']> {
  const [row] = await selectDecisions(deps.db, { ids });
  if (!row) throw new Error('the decision is not there');
  return toDecision(row);
}

function protectionHandlers(
  deps: ReviewDeps,
): Pick<Handlers, 'getProtectedValue' | 'protectValue' | 'unprotectValue'> {
  return {
    async getProtectedValue({ path }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const protection = await findProtection(deps, list, value);
      if (!protection) throw notFound('protection');
      return { status: 200, body: toProtectedValue(list, value, protection) };
    },

    async protectValue({ path, body, caller }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const reviewer = { id: caller.clientId, organizationId: caller.organizationId };
      const row = await protectValue(
        deps,
        list,
        value,
        { kind: body.kind, note: body.note ?? null },
        reviewer,
      );
      return { status: 200, body: toProtectedValue(list, value, row) };
    },

    async unprotectValue({ path }) {
      const { list, value } = listedValue(path, deps.codePattern);
      await unprotectValue(deps, list, value);
      return { status: 204 };
    },
  };
}

function toProtectedValue(
  list: ListId,
  value: string,
  row: ProtectionRow | 'special',
): Schemas['ProtectedValue'] {
  if (row === 'special')
    return { list, value, kind: 'special', note: null, protectedBy: null, protectedAt: null };
  return {
    list,
    value,
    kind: row.kind as Schemas['ProtectionKind'],
    note: row.note,
    protectedBy: row.protected_by,
    protectedAt: row.protected_at.toISOString(),
  };
}

/** A whole value in any spelling, or else the beginning of a canonical one. */
function searchValue(q: string, list: string | undefined, codePattern: RegExp): ValueSearch {
  const lists = list === undefined ? LIST_IDS : [list];
  // Nine digits may be a number and a code: without a list both are looked for.
  const exact = lists.map((id) => canonicalValue(id, q, codePattern)).filter((value) => value !== undefined);
  return exact.length > 0 ? { exact } : { prefix: q };
}

function keyOf(row: CaseRow, sort: CaseSort): CaseKey {
  return sort === 'reports' ? [row.reports, row.id] : [0, row.id];
}

function caseNumber(id: string): number {
  const number = /^[1-9][0-9]{0,15}$/.test(id) ? Number(id) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw notFound('case');
  return number;
}
