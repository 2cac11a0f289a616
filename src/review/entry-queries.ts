// SQL that answers: what is listed, why, since when, by whom. The entries themselves are written by publish.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import type { ValueSearch } from './case-queries.ts';

function entries(db: Kysely<DB>, list: string) {
  return db
    .selectFrom('entry')
    .innerJoin('decision', 'decision.id', 'entry.decision_id')
    .innerJoin('organization', 'organization.id', 'decision.organization_id')
    .innerJoin('version as begun', (join) =>
      join.onRef('begun.list_id', '=', 'entry.list_id').onRef('begun.serial', '=', 'entry.added_in'),
    )
    .leftJoin('version as ended', (join) =>
      join.onRef('ended.list_id', '=', 'entry.list_id').onRef('ended.serial', '=', 'entry.removed_in'),
    )
    .selectAll('entry')
    .select(['organization.name as organization', 'decision.case_id', 'begun.published_at as listed_at'])
    .select(['begun.version as listed_in', 'begun.epoch as listed_in_epoch'])
    .select(['ended.version as ended_in', 'ended.epoch as ended_in_epoch', 'ended.published_at as ended_at'])
    .where('entry.list_id', '=', list);
}

export type EntryRow = Awaited<ReturnType<typeof selectHistory>>[number];

/** Entries in force after a value, by value; `search` narrows them to one value or to a prefix. */
export function selectEntries(
  db: Kysely<DB>,
  list: string,
  search: ValueSearch | undefined,
  after: string | undefined,
  limit: number,
) {
  let query = entries(db, list).where('entry.removed_in', 'is', null);
  if (search && 'exact' in search) query = query.where('entry.value', 'in', search.exact);
  // Bytewise collation: all values with a prefix stand between it and it followed by the last ASCII character.
  if (search && 'prefix' in search) {
    query = query.where('entry.value', '>=', search.prefix).where('entry.value', '<=', `${search.prefix}~`);
  }
  if (after !== undefined) query = query.where('entry.value', '>', after);
  return query.orderBy('entry.value').limit(limit).execute();
}

/** Each time a value was listed, newest first. */
export function selectHistory(db: Kysely<DB>, list: string, value: string) {
  return entries(db, list).where('entry.value', '=', value).orderBy('entry.id', 'desc').execute();
}
