// A value of `+` and up to 15 digits, or of 1 to 15 digits alone, as two 32-bit numbers, high and low, whose
// order is the bytewise order of lines: the digits, each plus one, as 8 and 7 places of base 11, left aligned,
// so that 0 is "ended here" and sorts first as the comma does. What needs letters has no such numbers.

export const HIGH_PLACES = 8;
export const MAX_DIGITS = 15;
/** What high begins at: `+` and digits, digits alone, and texts, whose low the caller defines. */
export const PLUS = 0;
export const PLAIN = 11 ** 8;
export const TEXT = 2 * PLAIN;
/** Low is below this; high below TEXT times this, plus low, is a number that a double holds exactly. */
export const LOW_SPAN = 11 ** 7;
/** `writePacked` may touch this many bytes from where it starts. */
export const PACKED_ROOM = 17;

/** HIGH_SCALE[n], LOW_SCALE[n]: by what to multiply the two parts after n digits in all. */
export const HIGH_SCALE = Int32Array.from({ length: 16 }, (_, n) => 11 ** Math.max(0, 8 - n));
export const LOW_SCALE = Int32Array.from({ length: 16 }, (_, n) => 11 ** Math.min(7, 15 - n));

// Four places at a time: their ASCII in one word, and how many of them are digits.
const QUAD_SPAN = 11 ** 4;
const quadText = new Int32Array(QUAD_SPAN);
const quadLength = new Uint8Array(QUAD_SPAN);
for (let quad = 0; quad < QUAD_SPAN; quad++) {
  let rest = quad;
  for (let place = 3; place >= 0; place--) {
    const digit = rest % 11;
    rest = (rest - digit) / 11;
    if (digit === 0) continue;
    quadText[quad] = (quadText[quad] as number) | ((47 + digit) << (8 * place));
    quadLength[quad] = (quadLength[quad] as number) + 1;
  }
}

/** Writes the value of high (below TEXT) and low as ASCII; gives back where it ends. */
export function writePacked(high: number, low: number, out: Uint8Array, start: number): number {
  let at = start;
  let places = high;
  if (high < PLAIN) out[at++] = 43;
  else places -= PLAIN;
  at = writeQuads(places, out, at);
  return low === 0 ? at : writeQuads(low * 11, out, at);
}

function writeQuads(eight: number, out: Uint8Array, at: number): number {
  const first = (eight / QUAD_SPAN) | 0;
  const second = eight - first * QUAD_SPAN;
  const a = quadText[first] as number;
  const b = quadText[second] as number;
  out[at] = a;
  out[at + 1] = a >> 8;
  out[at + 2] = a >> 16;
  out[at + 3] = a >> 24;
  out[at + 4] = b;
  out[at + 5] = b >> 8;
  out[at + 6] = b >> 16;
  out[at + 7] = b >> 24;
  return at + (quadLength[first] as number) + (quadLength[second] as number);
}
