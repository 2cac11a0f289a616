// Contract ↔ domain for protected values, one or many. No rule is made here.
import { parse } from 'csv-parse/sync';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { listedValue } from '../http/listed-value.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { type FieldError, notFound, Problem } from '../http/problem.ts';
import { isListId, type ListId } from '../list/entry.ts';
import { canonicalValue, isSpecial } from '../list/listed-value.ts';
import type { ReviewDeps } from './desk.ts';
import {
  findProtection,
  type Protection,
  protectValue,
  protectValues,
  unprotectValue,
} from './protecting.ts';
import { type ProtectionRow, selectProtections } from './protection-queries.ts';
import { searchValue } from './search-value.ts';

type ProtectedValue = components['schemas']['ProtectedValue'];
type ProtectionOperation =
  | 'getProtectedValue'
  | 'protectValue'
  | 'unprotectValue'
  | 'listProtectedValues'
  | 'protectValues';

const MAX_ROWS = 10_000;
const MAX_NOTE = 2000;
const MAX_ERRORS = 100;
const COLUMNS = new Set(['list', 'value', 'kind', 'note']);
const KINDS = new Set(['bank', 'government', 'default_code', 'opt_out', 'other']);

export function protectionHandlers(deps: ReviewDeps): Pick<Handlers, ProtectionOperation> {
  return {
    async getProtectedValue({ path }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const protection = await findProtection(deps, list, value);
      if (!protection) throw notFound('protection');
      return { status: 200, body: toProtectedValue(list, value, protection) };
    },

    async protectValue({ path, body, author }) {
      const { list, value } = listedValue(path, deps.codePattern);
      const protection = { list, value, kind: body.kind, note: body.note ?? null };
      return {
        status: 200,
        body: toProtectedValue(list, value, await protectValue(deps, protection, author)),
      };
    },

    async unprotectValue({ path, author }) {
      const { list, value } = listedValue(path, deps.codePattern);
      await unprotectValue(deps, list, value, author);
      return { status: 204 };
    },

    async listProtectedValues({ query: { limit = 50, cursor, q, ...filter } }) {
      const after = readCursor<readonly [string, string]>(cursor, ['string', 'string']);
      const value = q === undefined ? undefined : searchValue(q, filter.list, deps.codePattern);
      const rows = await selectProtections(deps.db, { ...filter, value }, after, limit + 1);
      const page = pageOf(
        rows,
        limit,
        (row) => toProtectedValue(row.list_id as ListId, row.value, row),
        (row) => [row.list_id, row.value],
      );
      return { status: 200, body: page };
    },

    async protectValues({ body, author }) {
      const protections = readProtections(body, deps.codePattern);
      await protectValues(deps, protections, author);
      return { status: 200, body: { protected: protections.length } };
    },
  };
}

function toProtectedValue(list: ListId, value: string, row: ProtectionRow | 'special'): ProtectedValue {
  if (row === 'special')
    return { list, value, kind: 'special', note: null, protectedBy: null, protectedAt: null };
  return {
    list,
    value,
    kind: row.kind as ProtectedValue['kind'],
    note: row.note,
    protectedBy: row.protected_by,
    protectedAt: row.protected_at.toISOString(),
  };
}

/** Each value once, the last row of it; any fault refuses all. */
function readProtections(text: string, codePattern: RegExp): Protection[] {
  const rows = parseCsv(text);
  if (rows.length > MAX_ROWS) throw new Problem('too_many_rows', `There are over ${MAX_ROWS} rows.`);
  const errors: FieldError[] = [];
  const protections = new Map<string, Protection>();
  for (const [at, row] of rows.entries()) {
    const read = readRow(row, codePattern);
    if ('code' in read) errors.push({ ...read, pointer: `/${at}/${read.pointer}` });
    else protections.set(`${read.list} ${read.value}`, read);
  }
  if (errors.length > 0) {
    const detail =
      'The request is not as the contract says; see errors: the first number of a pointer is the row.';
    throw new Problem('invalid_request', detail, { errors: errors.slice(0, MAX_ERRORS) });
  }
  return [...protections.values()];
}

function parseCsv(text: string): Record<string, string>[] {
  let columns: string[] = [];
  try {
    const rows = parse(text, {
      bom: true,
      columns: (header: string[]) => (columns = header),
      skip_empty_lines: true,
    }) as Record<string, string>[];
    const unknown = columns.find((column) => !COLUMNS.has(column));
    if (unknown === undefined) return rows;
  } catch (error) {
    throw new Problem('invalid_csv', 'The body is not valid CSV.', { cause: error });
  }
  throw new Problem('unknown_column', 'The columns are list, value, kind and perhaps note.');
}

function readRow(row: Record<string, string>, codePattern: RegExp): Protection | FieldError {
  const { list = '', value: text = '', kind = '', note = '' } = row;
  if (!isListId(list)) return { pointer: 'list', code: 'enum', detail: 'must be a list' };
  const value = canonicalValue(list, text, codePattern);
  if (value === undefined)
    return { pointer: 'value', code: 'invalid_value', detail: 'is no value of that list' };
  if (isSpecial(list, value))
    return { pointer: 'value', code: 'always_protected', detail: 'is protected by rule' };
  if (!KINDS.has(kind))
    return { pointer: 'kind', code: 'enum', detail: `must be one of ${[...KINDS].join(', ')}` };
  if (note.length > MAX_NOTE || note.includes('\0'))
    return { pointer: 'note', code: 'maxLength', detail: `must be ${MAX_NOTE} characters of text at most` };
  return { list, value, kind, note: note === '' ? null : note };
}
