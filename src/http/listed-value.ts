// A list and a value in a request's path.
import { isListId, type ListId } from '../list/entry.ts';
import { canonicalValue } from '../list/listed-value.ts';
import { notFound, Problem } from './problem.ts';

/** The value in canonical form, from any accepted spelling. Throws Problem `not_found`, `invalid_value`. */
export function listedValue(
  path: { list: string; value: string },
  codePattern: RegExp,
): { list: ListId; value: string } {
  if (!isListId(path.list)) throw notFound('list');
  const value = canonicalValue(path.list, path.value, codePattern);
  if (value === undefined) throw new Problem('invalid_value', 'This is no value of that list.');
  return { list: path.list, value };
}
