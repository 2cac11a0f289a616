// Contract ↔ domain for appeals. Who is not of the agency sees and touches only what is its own.
import type { Caller } from '../http/caller.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { listedValue } from '../http/listed-value.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { notFound, Problem } from '../http/problem.ts';
import { dayOf } from '../list/day.ts';
import type { ListId } from '../list/entry.ts';
import { displayValue } from '../list/listed-value.ts';
import { type AppealKey, type AppealRow, selectAppeal, selectAppeals } from './appeal-queries.ts';
import { decideAppeal, fileAppeal, withdrawAppeal } from './appeals.ts';
import { caseNumber } from './case-number.ts';
import type { ReviewDeps } from './desk.ts';

type Appeal = components['schemas']['Appeal'];
type AppealOperation = 'createAppeal' | 'listAppeals' | 'getAppeal' | 'decideAppeal' | 'withdrawAppeal';

export function appealHandlers(deps: ReviewDeps): Pick<Handlers, AppealOperation> {
  return { ...filingHandlers(deps), ...readingHandlers(deps) };
}

function filingHandlers(
  deps: ReviewDeps,
): Pick<Handlers, 'createAppeal' | 'decideAppeal' | 'withdrawAppeal'> {
  return {
    async createAppeal({ body, caller, author }) {
      if (body.onBehalfOf !== undefined && !caller.scopes.has('review')) throw onlyAgency();
      const { list, value } = listedValue(body, deps.codePattern);
      const { statement, contact = null, onBehalfOf = null } = body;
      const id = await fileAppeal(deps, { list, value, statement, contact, onBehalfOf }, author);
      const headers = { Location: `/v1/appeals/${id}` };
      return { status: 201, headers, body: await readAppeal(deps, id) };
    },

    async decideAppeal({ path, body, author }) {
      const id = caseNumber(path.appealId, 'appeal');
      const { outcome, note, urgent = false } = body;
      await decideAppeal(deps, id, { outcome, note, urgent }, author);
      return { status: 201, body: await readAppeal(deps, id) };
    },

    async withdrawAppeal({ path, author }) {
      const id = caseNumber(path.appealId, 'appeal');
      await withdrawAppeal(deps, id, author);
      return { status: 200, body: await readAppeal(deps, id) };
    },
  };
}

function readingHandlers(deps: ReviewDeps): Pick<Handlers, 'listAppeals' | 'getAppeal'> {
  return {
    async listAppeals({ query, caller }) {
      const { limit = 50, cursor, status, late, list } = query;
      const key = readCursor<AppealKey>(cursor, ['string', 'number']);
      const today = dayOf(deps.now(), deps.timeZone);
      const filter = {
        status,
        list,
        value: searchedValue(query, deps.codePattern),
        late: late === undefined ? undefined : { today, is: late },
        organizationId: ownOnly(caller),
      };
      const rows = await selectAppeals(deps.db, filter, key && checkedKey(key), limit + 1);
      const page = pageOf(
        rows,
        limit,
        (row) => toAppeal(row, today),
        (row) => [row.due_on, row.id],
      );
      return { status: 200, body: page };
    },

    async getAppeal({ path, caller }) {
      return {
        status: 200,
        body: await readAppeal(deps, caseNumber(path.appealId, 'appeal'), ownOnly(caller)),
      };
    },
  };
}

/** An appeal as the contract shows it. */
export function toAppeal(row: AppealRow, today: string): Appeal {
  const { decided_at: decidedAt, decided_by: decidedBy } = row;
  return {
    id: String(row.id),
    list: row.list_id as ListId,
    value: row.value,
    display: displayValue(row.list_id, row.value),
    category: row.category as Appeal['category'],
    status: row.status as Appeal['status'],
    late: row.status === 'filed' && row.due_on < today,
    dueOn: row.due_on,
    statement: row.statement,
    contact: row.contact,
    onBehalfOf: row.on_behalf_of,
    organization: row.organization,
    filedBy: row.filed_by,
    filedByName: row.filed_by_name,
    filedAt: row.filed_at.toISOString(),
    outcome:
      decidedAt === null || decidedBy === null
        ? null
        : {
            note: row.note,
            releaseId: row.release_id === null ? null : String(row.release_id),
            decidedBy,
            decidedByName: row.decided_by_name,
            decidedAt: decidedAt.toISOString(),
          },
  };
}

async function readAppeal(deps: ReviewDeps, id: number, organizationId?: string): Promise<Appeal> {
  const row = await selectAppeal(deps.db, id, organizationId);
  if (!row) throw notFound('appeal');
  return toAppeal(row, dayOf(deps.now(), deps.timeZone));
}

function ownOnly(caller: Caller): string | undefined {
  return caller.scopes.has('review') || caller.scopes.has('audit') ? undefined : caller.organizationId;
}

function searchedValue(query: { list?: ListId; value?: string }, codePattern: RegExp): string | undefined {
  if (query.value === undefined) return undefined;
  if (query.list !== undefined)
    return listedValue({ list: query.list, value: query.value }, codePattern).value;
  const errors = [{ pointer: '?list', code: 'required', detail: 'says what kind of value it is' }];
  throw new Problem('invalid_request', 'value needs list.', { errors });
}

function checkedKey(key: AppealKey): AppealKey {
  const isDay = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(key[0]) && !Number.isNaN(Date.parse(key[0]));
  if (!isDay)
    throw new Problem(
      'invalid_cursor',
      'The cursor is not one that this call gave out: begin again without it.',
    );
  return key;
}

function onlyAgency(): Problem {
  const errors = [{ pointer: '/onBehalfOf', code: 'unknown', detail: 'only the agency files for others' }];
  return new Problem('invalid_request', 'The request is not as the contract says; see errors.', { errors });
}
