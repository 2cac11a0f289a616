// Contract ↔ domain for entries: what is listed and why, statements of reasons, releases. No rule is made here.
import type { Handlers } from '../http/handler.ts';
import { listedValue } from '../http/listed-value.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import { isListId } from '../list/entry.ts';
import { toAppeal } from './appeal-handlers.ts';
import { selectAppealsOn } from './appeal-queries.ts';
import { readDecision } from './decision-handlers.ts';
import { selectDecisions } from './decision-queries.ts';
import type { ReviewDeps } from './desk.ts';
import { selectEntries, selectHistory } from './entry-queries.ts';
import { pendingImpact } from './impact.ts';
import { releaseEntry } from './releasing.ts';
import { toDecision, toEntry } from './reply.ts';
import { searchValue } from './search-value.ts';
import { writeStatement } from './statement.ts';

type EntryOperation = 'listEntries' | 'getEntry' | 'getStatement' | 'releaseEntry' | 'getPendingImpact';

export function entryHandlers(deps: ReviewDeps): Pick<Handlers, EntryOperation> {
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

    async getEntry({ path, caller }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const history = await selectHistory(db, list, value);
      const [newest] = history;
      if (!newest) throw notFound('entry');
      const decisions = await selectDecisions(db, { caseId: newest.case_id });
      const seesAppeals = caller.scopes.has('review') || caller.scopes.has('audit');
      const appeals = seesAppeals ? await selectAppealsOn(db, list, value) : [];
      const today = dayOf(deps.now(), deps.timeZone);
      return {
        status: 200,
        body: {
          ...toEntry(newest),
          caseId: String(newest.case_id),
          decisions: decisions.map(toDecision),
          appeals: appeals.map((appeal) => toAppeal(appeal, today)),
          history: history.map(toEntry),
        },
      };
    },

    async getStatement({ path, query: { language = 'ko' }, accept }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const history = await selectHistory(db, list, value);
      const [newest] = history;
      if (!newest) throw notFound('entry');
      const decisions = await selectDecisions(db, { caseId: newest.case_id });
      const today = dayOf(deps.now(), deps.timeZone);
      const facts = { newest, decisions, today, timeZone: deps.timeZone };
      const type = accept === 'text/plain' ? accept : 'text/html';
      return { status: 200, type, text: writeStatement(facts, language, type) };
    },

    async releaseEntry({ path, body, author }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const release = { reason: body.reason, note: body.note, urgent: body.urgent ?? false };
      const decisionId = await releaseEntry(deps, list, value, release, author);
      return { status: 201, body: await readDecision(deps, [decisionId]) };
    },

    async getPendingImpact({ path }) {
      if (!isListId(path.list)) throw notFound('list');
      return { status: 200, body: await pendingImpact(deps, path.list) };
    },
  };
}
