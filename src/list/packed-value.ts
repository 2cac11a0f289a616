// A value of `+` and up to 15 digits, or of 1 to 15 digits alone, as two 32-bit numbers, high and low, whose
// order is the bytewise order of lines: the digits, each plus one, as 8 and 7 places of base 11, left aligned,
// so that 0 is "ended here" and sorts first as the comma does. What needs letters has no such numbers.
import { FNV_OFFSET, FNV_PRIME, fnvOfWord } from './value-hash.ts';

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

/** The places of a word of four ASCII digits, the first of them in its lowest byte. */
export function fourPlaces(word: number): number {
  // Two digits at a time in bytes that never overflow, then the two pairs.
  const places = (word & 0x0f0f_0f0f) + 0x0101_0101;
  const pairs = Math.imul(places, 11) + (places >>> 8);
  return Math.imul(pairs & 0xff, 121) + ((pairs >>> 16) & 0xff);
}

/** Writes the value of high (below TEXT) and low as ASCII; gives back where it ends. */
export function writePacked(high: number, low: number, out: DataView, start: number): number {
  let at = start;
  let places = high;
  if (high < PLAIN) out.setUint8(at++, 43);
  else places -= PLAIN;
  at = writeEight(places, out, at);
  return low === 0 ? at : writeEight(low * 11, out, at);
}

function writeEight(eight: number, out: DataView, at: number): number {
  const first = (eight / QUAD_SPAN) | 0;
  const second = eight - first * QUAD_SPAN;
  out.setInt32(at, quadText[first] as number, true);
  out.setInt32(at + 4, quadText[second] as number, true);
  return at + (quadLength[first] as number) + (quadLength[second] as number);
}

/** FNV-1a, before it is spread, of the value of high (below TEXT) and low. */
export function fnvOfPacked(high: number, low: number): number {
  const isPlus = high < PLAIN;
  const places = isPlus ? high : high - PLAIN;
  const hash = fnvOfEight(places, isPlus ? Math.imul(FNV_OFFSET ^ 43, FNV_PRIME) : FNV_OFFSET);
  return low === 0 ? hash : fnvOfEight(low * 11, hash);
}

function fnvOfEight(eight: number, start: number): number {
  const first = (eight / QUAD_SPAN) | 0;
  return fnvOfFour(eight - first * QUAD_SPAN, fnvOfFour(first, start));
}

function fnvOfFour(quad: number, start: number): number {
  const text = quadText[quad] as number;
  if (quadLength[quad] === 4) return fnvOfWord(text, start);
  let hash = start;
  for (let rest = text; rest !== 0; rest >>= 8) hash = Math.imul(hash ^ (rest & 255), FNV_PRIME);
  return hash;
}
