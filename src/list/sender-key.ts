// Reads the common spellings of a Korean sender number straight into the numbers by which a tree finds it, in one pass
// and with no string. It is a short cut alone: what it does not read is for parseSenderNumber, and what it reads is the
// value that parseSenderNumber gives.
import { HIGH_PLACES, HIGH_SCALE, LOW_SCALE, PLUS } from './packed-value.ts';
import { parseSenderNumber } from './sender-number.ts';
import { FNV_PRIME, fnvOf, spread } from './value-hash.ts';

const PREFIX = '+82';
const PREFIX_FNV = fnvOf(PREFIX);
/** The digits of the prefix, as the first places of high. */
const PREFIX_PLACES = 11 * (8 + 1) + (2 + 1);
const HIGH_DIGITS = HIGH_PLACES - 2;
/** How many digits follow +82; shorter numbers are few and left to the parser. */
const LEAST_DIGITS = 8;
const MOST_DIGITS = 11;
const MAX_LENGTH = 24;

const ZERO = 48;
const ONE = 49;
const PLUS_SIGN = 43;

/**
 * What the parser says of a number after +82, by how many digits it has and its first four: the Korean plan looks at no
 * more. 0 where it was not asked yet.
 */
const judgements = new Uint8Array((MOST_DIGITS + 1) * 11 ** 4);
const VALID = 1;
const INVALID = 2;
/** What stands before and behind the first four digits in high. */
const BEFORE_FOUR = PREFIX_PLACES * 11 ** 4;
const BEHIND_FOUR = 11 ** (HIGH_DIGITS - 4);
/** Where those begin whose first digit is 2. */
const FROM_TWO = (2 + 1) * 11 ** 3;

/** What was read last. A tree finds by it: see ListTree. */
export class SenderKey {
  high = 0;
  low = 0;
  /** hash(value) of format §5, as a signed 32-bit number. */
  hash = 0;
  #text = '';
  #value: string | undefined;
  /** Where the digits begin that follow +82. */
  #start = 0;
  #digits = 0;

  /** Whether the text is a valid Korean number as most are spelt: `01012345678`, `010-1234-5678`, `+821012345678`. */
  read(text: string): boolean {
    const { length } = text;
    if (length < LEAST_DIGITS || length > MAX_LENGTH) return false;
    const start = startOf(text);
    if (start < 0) return false;
    let fnv = PREFIX_FNV;
    let high = PREFIX_PLACES;
    let low = 0;
    let digits = 0;
    for (let at = start; at < length; at++) {
      const letter = text.charCodeAt(at);
      const digit = letter - ZERO;
      if (digit < 0 || digit > 9) {
        if (isSeparator(letter)) continue;
        return false;
      }
      fnv = Math.imul(fnv ^ letter, FNV_PRIME);
      if (digits < HIGH_DIGITS) high = (Math.imul(high, 11) + digit + 1) | 0;
      else low = (Math.imul(low, 11) + digit + 1) | 0;
      if (++digits > MOST_DIGITS) return false;
    }
    if (digits < LEAST_DIGITS) return false;
    this.#text = text;
    this.#value = undefined;
    this.#start = start;
    this.#digits = digits;
    if (!this.#isValid(((high / BEHIND_FOUR) | 0) - BEFORE_FOUR)) return false;
    this.hash = spread(fnv);
    this.high = (PLUS + Math.imul(high, HIGH_SCALE[2 + digits] as number)) | 0;
    this.low = Math.imul(low, LOW_SCALE[2 + digits] as number);
    return true;
  }

  #isValid(firstFour: number): boolean {
    // 1588-1234 takes no 0 before it, and what else begins with 1 is not written without.
    const start = this.#start;
    const isShort = firstFour < FROM_TWO && this.#digits === LEAST_DIGITS;
    if (start === 0 ? !isShort : isShort && this.#text.charCodeAt(start - 1) === ZERO) return false;
    const at = this.#digits * 11 ** 4 + firstFour;
    let judgement = judgements[at];
    if (judgement === 0) {
      const { value } = this;
      const parsed = parseSenderNumber(value);
      judgement = parsed.ok && parsed.value === value ? VALID : INVALID;
      judgements[at] = judgement;
    }
    return judgement === VALID;
  }

  /** The canonical value. */
  get value(): string {
    if (this.#value === undefined) {
      const rest = this.#text.slice(this.#start);
      this.#value = PREFIX + (rest.length === this.#digits ? rest : rest.replace(/[^0-9]/g, ''));
    }
    return this.#value;
  }
}

/** Where the digits begin that follow +82; -1 where the parser is to decide. */
function startOf(text: string): number {
  const first = text.charCodeAt(0);
  if (first === ONE) return 0;
  if (first === ZERO) return 1;
  if (first !== PLUS_SIGN || !text.startsWith(PREFIX)) return -1;
  return text.charCodeAt(PREFIX.length) === ZERO ? PREFIX.length + 1 : PREFIX.length;
}

function isSeparator(letter: number): boolean {
  return letter === 45 || letter === 32 || letter === 46;
}
