// Values that all have the same hash, found by meeting in the middle: FNV-1a runs backwards as well as forwards.
const PRIME = 0x01000193;
/** Inverse of the prime modulo 2³². */
const INVERSE = 0x359c449b;
const OFFSET = 0x811c9dc5 | 0;

/** About 110 values of `+` and 12 digits with the same hash; always the same ones. */
export function collidingValues(): string[] {
  const heads = new Map<number, string>();
  for (let head = 0; head < 500_000; head++) {
    const text = `+${String(head).padStart(6, '0')}`;
    heads.set(forwards(OFFSET, text), text);
  }
  const goal = forwards(OFFSET, '+123456789012');
  const values: string[] = [];
  for (let tail = 0; tail < 1_000_000; tail++) {
    const text = String(tail).padStart(6, '0');
    const head = heads.get(backwards(goal, text));
    if (head !== undefined) values.push(head + text);
  }
  return values;
}

function forwards(state: number, text: string): number {
  let hash = state;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

function backwards(state: number, text: string): number {
  let hash = state;
  for (let at = text.length - 1; at >= 0; at--) hash = Math.imul(hash, INVERSE) ^ text.charCodeAt(at);
  return hash;
}
