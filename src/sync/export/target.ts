// What an export is made of, and what a format makes of it. A format knows its target's language and nothing of
// files, commands or what went out before. Nothing in a list needs quoting anywhere: values are of
// `0-9 A-Z a-z + . _ -`, categories of `a-z _`.
import type { Entry, ListId } from '../../list/entry.ts';

export const FORMAT_NAMES = [
  'csv',
  'national',
  'digits',
  'e164',
  'redis',
  'postgresql',
  'kamailio',
  'kannel',
  'nginx',
] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

export const SENDER_FORMS = ['national', 'digits', 'e164'] as const;
/** `national`: 01012345678, 15881234; `digits`: 821012345678; `e164`: +821012345678. */
export type SenderForm = (typeof SENDER_FORMS)[number];

/** Which list, in which state, under which name at the target. */
export interface ExportSubject {
  list: ListId;
  epoch: string;
  version: number;
  /** The key or table that holds it. */
  name: string;
  forms: readonly SenderForm[];
}

/** What changed since the state that the target holds. */
export interface ExportChange {
  /** `stateOf` the state that the target must hold for this to fit. */
  since: string;
  removed: readonly Entry[];
  added: readonly Entry[];
}

export interface ExportFormat {
  /** Which lists it can hold; all where it does not say. */
  lists?: readonly ListId[];
  /** The name where none is given; absent where nothing is named. */
  name?: (list: ListId) => string;
  /** What a name can be: it is never quoted. */
  names?: RegExp;
  /** The forms where none are given. */
  forms: readonly SenderForm[];
  /** What replaces whatever the target holds, whole and at once. */
  full: (subject: ExportSubject, entries: Iterable<Entry>) => Iterable<string>;
  /** What leads the target on from the state before; absent where it can only be replaced. */
  change?: (subject: ExportSubject, change: ExportChange) => Iterable<string>;
  /** What a command is given for a full export where `full` is for a file that the target reads. */
  reload?: (subject: ExportSubject) => Iterable<string>;
}

/** A state in one word; a version alone could be of another history. */
export function stateOf({ epoch, version }: { epoch: string; version: number }): string {
  return `${epoch}:${version}`;
}
