// What a reviewer types to find a value: a whole one in any spelling, or else the beginning of a canonical one.
import { LIST_IDS } from '../list/entry.ts';
import { canonicalValue } from '../list/listed-value.ts';
import type { ValueSearch } from './case-queries.ts';

export function searchValue(q: string, list: string | undefined, codePattern: RegExp): ValueSearch {
  const lists = list === undefined ? LIST_IDS : [list];
  // Nine digits may be a number and a code: without a list both are looked for.
  const exact = lists.map((id) => canonicalValue(id, q, codePattern)).filter((value) => value !== undefined);
  return exact.length > 0 ? { exact } : { prefix: q };
}
