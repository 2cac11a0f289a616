// What a relay answers to one look-up.
import type { Entry, ListId } from '../list/entry.ts';
import type { ExceptionKind } from './local-exceptions.ts';
import type { RelayList } from './relay-list.ts';

/** The answer to a look-up. `blocked` is false too where the text is no value of the list: see `refusal`. */
export interface CheckResult {
  blocked: boolean;
  list: ListId;
  /** The canonical value; undefined where the text is none. */
  value: string | undefined;
  category: string | undefined;
  /** The last day in force, in the agency's time zone, or `permanent`. */
  until: string | undefined;
  /** Who says so: the signed list, or the operator's own file; undefined where none does. */
  listedBy: 'exchange' | ExceptionKind | undefined;
  /** The list may be out of date: its manifest has expired. */
  stale: boolean;
  /** Why the text is no value of the list. */
  refusal?: { code: string; detail: string };
}

/** @param entry what the list has of the value, where it is to decide */
export function checkResult(
  { list, stale }: RelayList,
  value: string | undefined,
  listedBy: CheckResult['listedBy'],
  entry?: Entry,
): CheckResult {
  const blocked = listedBy === 'exchange' || listedBy === 'deny';
  return { blocked, list, value, category: entry?.category, until: entry?.until, listedBy, stale };
}

/**
 * What the list decides, no numbering plan may overrule: a range can be allocated, and its numbers be listed, before
 * this program knows of it. The value of a text that is refused but listed.
 */
export function listedAnyway(text: string, list: RelayList): string | undefined {
  if (list.list !== 'sender-numbers' || text.length > 32 || !/^[-+0-9 ().]+$/.test(text)) return undefined;
  if (list.manifest === undefined) return undefined;
  const digits = text.replace(/[^0-9]/g, '');
  const value =
    text.includes('+') || digits.startsWith('82') ? `+${digits}` : `+82${digits.replace(/^0/, '')}`;
  return list.get(value) && value;
}
