// Contract ↔ domain for the queue and for one case. No rule is made here.
import { recordAct, recordActs } from '../audit/record.ts';
import type { Handlers } from '../http/handler.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import { describeCase } from './case-detail.ts';
import { caseNumber } from './case-number.ts';
import {
  type CaseKey,
  leaseCases,
  releaseLeases,
  reportsOf,
  selectCase,
  selectCases,
} from './case-queries.ts';
import type { ReviewDeps } from './desk.ts';
import { countDesk } from './desk-queries.ts';
import { impactOf } from './impact.ts';
import { toCase } from './reply.ts';
import { searchValue } from './search-value.ts';

const LEASE_MS = 15 * 60 * 1000;

type CaseOperation = 'listCases' | 'claimCases' | 'releaseClaim' | 'getCase' | 'getCaseImpact' | 'getDesk';

export function caseHandlers(deps: ReviewDeps): Pick<Handlers, CaseOperation> {
  return { ...queueHandlers(deps), ...oneCaseHandlers(deps) };
}

function queueHandlers(deps: ReviewDeps): Pick<Handlers, 'listCases' | 'claimCases' | 'getDesk'> {
  const { db } = deps;
  return {
    async listCases({ query, author }) {
      const { limit = 50, sort = 'reports', cursor, q, mine, ...filter } = query;
      const key = readCursor<CaseKey>(cursor, ['number', 'number']);
      const value = q === undefined ? undefined : searchValue(q, filter.list, deps.codePattern);
      const held = mine === undefined ? undefined : { by: author.id, is: mine };
      const now = deps.now();
      const rows = await selectCases(db, { ...filter, value, mine: held }, sort, key, limit + 1, now);
      const page = pageOf(
        rows,
        limit,
        (row) => toCase(row, now),
        (row): CaseKey => [sort === 'reports' ? row[reportsOf(filter)] : 0, row.id],
      );
      return { status: 200, body: page };
    },

    async claimCases({ body, author }) {
      const { limit, status = 'open', ...filter } = body;
      const now = deps.now();
      const until = new Date(now.getTime() + LEASE_MS);
      const rows = await db.transaction().execute(async (trx) => {
        const leased = await leaseCases(trx, { status, ...filter }, limit, { by: author.id, now, until });
        const changes = [{ field: 'claim', before: null, after: author.id }];
        await recordActs(
          trx,
          author,
          leased.map(({ id }) => ({ target: `cases/${id}`, at: now, changes })),
        );
        return leased;
      });
      return { status: 201, body: { items: rows.map((row) => toCase(row, now)) } };
    },

    async getDesk({ author }) {
      return { status: 200, body: await countDesk(deps, author.id) };
    },
  };
}

function oneCaseHandlers(deps: ReviewDeps): Pick<Handlers, 'releaseClaim' | 'getCase' | 'getCaseImpact'> {
  const { db } = deps;
  return {
    async releaseClaim({ path, author }) {
      const id = caseNumber(path.caseId);
      const at = deps.now();
      await db.transaction().execute(async (trx) => {
        if ((await releaseLeases(trx, author.id, at, id)) === 0) throw notFound('lease of yours');
        const changes = [{ field: 'claim', before: author.id, after: null }];
        await recordAct(trx, author, { target: `cases/${id}`, at, changes });
      });
      return { status: 204 };
    },

    async getCase({ path }) {
      const row = await selectCase(db, caseNumber(path.caseId));
      if (!row) throw notFound('case');
      return { status: 200, body: await describeCase(deps, row) };
    },

    async getCaseImpact({ path }) {
      const row = await selectCase(db, caseNumber(path.caseId));
      if (!row) throw notFound('case');
      return { status: 200, body: await impactOf(deps, [{ list: row.list_id, value: row.value }]) };
    },
  };
}
