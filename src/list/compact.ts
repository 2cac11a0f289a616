// The compact form of snapshots and diffs (format §14): what its writer and its reader agree on. It is another
// spelling of the CSV and nothing else: decoded, it is the very bytes of format §3 or §4, and checked as they are.
import { DIFF_HEADER } from './diff.ts';
import { SNAPSHOT_HEADER } from './snapshot.ts';

/** Media type of the compact form. */
export const COMPACT_TYPE = 'application/vnd.chadan.compact';

/** How a compact snapshot or diff begins, and the CSV header that it stands for; a diff has two parts. */
export const COMPACT_KINDS = {
  snapshot: { magic: 'CHADAN1S', header: SNAPSHOT_HEADER, prefixes: [''] },
  diff: { magic: 'CHADAN1D', header: DIFF_HEADER, prefixes: ['-,', '+,'] },
} as const;

export type CompactKind = keyof typeof COMPACT_KINDS;

export const MAGIC_BYTES = 8;
/** A block holds at most so many lines; a writer fills each but the last of a part. */
export const BLOCK_LINES = 65_536;

/** The form of a value: 0 is a text, 1 to 15 `+` and so many digits, 17 to 31 so many less 16 digits alone. */
export const TEXT_FORM = 0;
export const PLAIN_FORM = 16;
export const MAX_FORM_DIGITS = 15;

/**
 * POWERS[n] is 10ⁿ. A value of n digits is compared with the one before as if both had 15, filled with zeros:
 * POWERS[15 − n] is what the last of its digits weighs there.
 */
export const POWERS = Float64Array.from({ length: 16 }, (_, n) => 10 ** n);
