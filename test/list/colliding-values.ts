// Values that all have one given hash, found by meeting in the middle: all of hash(value) runs backwards as
// well as forwards.
const PRIME = 0x01000193;
const OFFSET = 0x811c9dc5 | 0;

const heads = new Map<number, string>();

/** About 110 values of `+` and 12 digits whose hash is this; always the same ones. */
export function collidingValues(hash: number): string[] {
  if (heads.size === 0) fillHeads();
  const goal = gathered(hash);
  const values: string[] = [];
  for (let tail = 0; tail < 1_000_000; tail++) {
    const text = String(tail).padStart(6, '0');
    const head = heads.get(backwards(goal, text));
    if (head !== undefined) values.push(head + text);
  }
  return values;
}

function fillHeads(): void {
  for (let head = 0; head < 500_000; head++) {
    const text = `+${String(head).padStart(6, '0')}`;
    heads.set(forwards(OFFSET, text), text);
  }
}

function forwards(state: number, text: string): number {
  let hash = state;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

const unprime = inverse(PRIME);

function backwards(state: number, text: string): number {
  let hash = state;
  for (let at = text.length - 1; at >= 0; at--) hash = Math.imul(hash, unprime) ^ text.charCodeAt(at);
  return hash;
}

/** MurmurHash3's finalizer backwards. */
function gathered(hash: number): number {
  let state = hash ^ (hash >>> 16);
  state = Math.imul(state, inverse(0xc2b2ae35));
  state = state ^ (state >>> 13) ^ (state >>> 26);
  state = Math.imul(state, inverse(0x85ebca6b));
  return state ^ (state >>> 16);
}

/** The inverse of an odd number modulo 2³², by Newton's method. */
function inverse(odd: number): number {
  let found = odd;
  for (let step = 0; step < 5; step++) found = Math.imul(found, 2 - Math.imul(odd, found));
  return found;
}
