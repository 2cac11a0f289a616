/*
 * Reads the digits out of a number as people and gateways spell it, or says why it is none.
 * It decides nothing about the number itself, and never echoes the text.
 */

/** Why a text is no number at all. */
export type SpellingFault =
  | 'empty'
  | 'anonymous'
  | 'masked'
  | 'extension'
  | 'letters'
  | 'too_long'
  | 'invalid_characters';

/** The digits of a number, with the one other thing that carries meaning: a leading plus. */
export type Spelling = {
  digits: string;
  plus: boolean;
  /** Bit i is set when a separator stands before digit i. */
  breaks: number;
};

/** Longer texts are refused unread. */
export const MAX_SPELLING_LENGTH = 64;

const OTHER = 0;
const DIGIT = 1;
const WIDE_DIGIT = 2;
const SEPARATOR = 3;
const PLUS = 4;

const ASCII_KINDS = new Uint8Array(128);
for (let code = 48; code <= 57; code++) ASCII_KINDS[code] = DIGIT;
for (const char of ' \t\n\r\v\f-.()') ASCII_KINDS[char.charCodeAt(0)] = SEPARATOR;
ASCII_KINDS['+'.charCodeAt(0)] = PLUS;

// Spaces and dashes of every script, the marks that copying leaves behind (soft hyphen, zero-width, direction,
// byte order), minus, the Katakana long mark typed as a dash, wide parentheses and dots.
const WIDE_SEPARATOR =
  /[\p{Z}\p{Pd}\u0085\u00AD\u00B7\u180E\u200B-\u200F\u2027\u202A-\u202E\u2043\u2060-\u2064\u2066-\u2069\u2212\u30FB\u30FC\uFEFF\uFF08\uFF09\uFF0E\uFF65\uFF70]/u;

function kindOf(code: number): number {
  if (code < 128) return ASCII_KINDS[code] ?? OTHER;
  if (code >= 0xff10 && code <= 0xff19) return WIDE_DIGIT;
  if (code === 0xff0b) return PLUS;
  return WIDE_SEPARATOR.test(String.fromCharCode(code)) ? SEPARATOR : OTHER;
}

/** Whether a text is nothing but ASCII digits, the commonest spelling by far. */
export function isPlainDigits(raw: string): boolean {
  for (let index = 0; index < raw.length; index++) {
    const code = raw.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return raw.length > 0;
}

/** Reads the digits and the leading plus of `raw`, or says why it is no number. */
export function readSpelling(raw: string): Spelling | SpellingFault {
  if (raw.length > MAX_SPELLING_LENGTH) return 'too_long';
  let digits = '';
  let count = 0;
  let plus = false;
  let breaks = 0;
  for (let index = schemeEnd(raw); index < raw.length; index++) {
    const code = raw.charCodeAt(index);
    const kind = kindOf(code);
    if (kind === DIGIT) {
      digits += raw[index];
      count++;
    } else if (kind === SEPARATOR) {
      if (count < 31) breaks |= 1 << count;
    } else if (kind === WIDE_DIGIT) {
      digits += String.fromCharCode(code - 0xff10 + 48);
      count++;
    } else if (kind === PLUS && !plus && count === 0) {
      plus = true;
    } else {
      return explainFault(raw);
    }
  }
  return count === 0 ? 'empty' : { digits, plus, breaks };
}

/** Where the number begins: after `tel:`, if that stands in front. */
function schemeEnd(raw: string): number {
  const first = raw.charCodeAt(0);
  if (first >= 48 && first <= 57) return 0;
  const match = /^\s*tel:/i.exec(raw);
  return match === null ? 0 : match[0].length;
}

// What networks, exports and people write where there is no number.
const ANONYMOUS: ReadonlySet<string> = new Set([
  ...['anonymous', 'unknown', 'private', 'withheld', 'restricted', 'unavailable', 'blocked', 'hidden'],
  ...['noncallerid', 'nocallerid', 'callerid', 'nonumber', 'none', 'null', 'undefined', 'na', 'n/a', 'nil'],
  ...['privatenumber', 'unknownnumber', 'numberwithheld', 'unknowncaller', 'anonymouscaller'],
  ...[
    '발신번호표시제한',
    '발신번호표시금지',
    '발신번호제한',
    '발신번호없음',
    '표시제한',
    '알수없음',
    '비공개',
    '없음',
  ],
]);

const MASK = /[*\u2022\u25CB\u25CF\u25EF\u2217\u2605\u2606]|x{2,}/;
const EXTENSION = /#|[0-9][^0-9]*(?:ext|x|내선)|;\s*ext/;

/** Names the fault of a text that holds something no number has; the order is from the plainest cause down. */
function explainFault(raw: string): SpellingFault {
  const text = raw.normalize('NFKC').toLowerCase();
  if (ANONYMOUS.has(text.replace(/[\s\-_.()[\]<>"']/g, ''))) return 'anonymous';
  if (MASK.test(text)) return 'masked';
  if (EXTENSION.test(text)) return 'extension';
  return /\p{L}/u.test(text) ? 'letters' : 'invalid_characters';
}
