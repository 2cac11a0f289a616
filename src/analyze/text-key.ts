// When two messages count as the same text. Simple on purpose: an analyst can say why two are together.
// Limits: a text that differs in its first letters (a name put in front) is another group, and two texts that
// begin alike are one.

/** So many letters are compared; docs/carrier.md states it. */
const COMPARED_LETTERS = 40;
/** A shorter text says too little to be compared. */
const LEAST_LETTERS = 8;

/** Links, and everything that is no letter: digits, punctuation, spaces, signs. RE2's spelling. */
const DROPPED =
  '(?:https?://|www\\.)[^\\t\\n\\f\\r ]+|[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?:/[^\\t\\n\\f\\r ]*)?|[^\\pL]+';

/** SQL of the grouping key of a column; null for texts too short to compare. */
export function textKeySql(column: string): string {
  const letters = `regexp_replace(lower(nfc_normalize(${column})), '${DROPPED}', '', 'g')`;
  const head = `left(${letters}, ${COMPARED_LETTERS})`;
  return `(SELECT CASE WHEN length(head) >= ${LEAST_LETTERS} THEN md5_number_lower(head) END FROM (SELECT ${head} AS head))`;
}
