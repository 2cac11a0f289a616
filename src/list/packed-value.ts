// A value of `+` and up to 15 digits, or of 1 to 15 digits alone, as one number that a double holds exactly
// and whose order is the bytewise order of lines: the digits, each plus one, as 15 places of base 11, left
// aligned, so that 0 is "ended here" and sorts first as the comma does. What needs letters has no such number.

/** Numbers from 0 are `+` and digits, from here digits alone, from FIRST_TEXT whatever the caller keeps. */
export const FIRST_PLAIN = 11 ** 15;
export const FIRST_TEXT = 2 * FIRST_PLAIN;
export const MAX_DIGITS = 15;
/** `writePacked` may write this many bytes beyond where it starts. */
export const PACKED_ROOM = 17;

/** The first 8 places and the last 7 each fit 32-bit arithmetic. */
export const HIGH_PLACES = 8;
export const LOW_SPAN = 11 ** 7;
/** HIGH_SCALE[n], LOW_SCALE[n]: by what to multiply the high or low part after n digits in all. */
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

/** Writes the value of a number below FIRST_TEXT as ASCII; gives back where it ends. */
export function writePacked(packed: number, out: Uint8Array, start: number): number {
  let at = start;
  let rest = packed;
  if (packed < FIRST_PLAIN) out[at++] = 43;
  else rest -= FIRST_PLAIN;
  const high = Math.floor(rest / LOW_SPAN);
  const low = (rest - high * LOW_SPAN) * 11;
  at = writeQuads(high | 0, out, at);
  return writeQuads(low | 0, out, at);
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
