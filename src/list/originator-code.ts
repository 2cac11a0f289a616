/*
 * Originator codes: the text that stands for a first mass sender. Always text, so leading zeros count.
 * Whatever pattern is configured, a value keeps to letters, digits, dot, hyphen and underscore.
 */

/** Why a text is refused as an originator code. */
export type OriginatorCodeRefusalCode =
  | 'empty'
  | 'too_long'
  | 'invalid_characters'
  | 'wrong_length'
  | 'pattern_mismatch';

/** An originator code in its canonical form. */
export type OriginatorCode = { ok: true; value: string };

/** A text that is no originator code, with a sentence that never repeats it. */
export type OriginatorCodeRefusal = { ok: false; code: OriginatorCodeRefusalCode; detail: string };

/** Nine digits: the registration number on the value-added carrier's certificate. */
export const DEFAULT_ORIGINATOR_CODE_PATTERN = /^[0-9]{9}$/;

const MAX_RAW_LENGTH = 64;

// Order by value must equal order by line, where a comma follows the value: every character sorts after it.
const ALPHABET = /^[0-9A-Za-z._-]+$/;
const MAX_VALUE_LENGTH = 32;

const DETAILS: Readonly<Record<OriginatorCodeRefusalCode, string>> = {
  empty: 'There is no code.',
  too_long: `The code is longer than ${MAX_VALUE_LENGTH} characters.`,
  invalid_characters: 'The code holds characters that no originator code has.',
  wrong_length: 'An originator code has nine digits.',
  pattern_mismatch: 'The code does not have the configured form.',
};

function refuse(code: OriginatorCodeRefusalCode): OriginatorCodeRefusal {
  return { ok: false, code, detail: DETAILS[code] };
}

/**
 * Reads an originator code: spaces around it are dropped, full-width digits become plain ones, nothing else is
 * changed. Never throws.
 *
 * @param raw the text as received
 * @param pattern the form that codes have here; the whole value must match it
 */
export function parseOriginatorCode(
  raw: string,
  pattern: RegExp = DEFAULT_ORIGINATOR_CODE_PATTERN,
): OriginatorCode | OriginatorCodeRefusal {
  if (raw.length > MAX_RAW_LENGTH) return refuse('too_long');
  const value = narrowDigits(raw.trim());
  if (value === '') return refuse('empty');
  if (!ALPHABET.test(value)) return refuse('invalid_characters');
  if (value.length > MAX_VALUE_LENGTH) return refuse('too_long');
  if (matchesWhole(pattern, value)) return { ok: true, value };
  if (pattern !== DEFAULT_ORIGINATOR_CODE_PATTERN) return refuse('pattern_mismatch');
  return refuse(/^[0-9]+$/.test(value) ? 'wrong_length' : 'invalid_characters');
}

function narrowDigits(text: string): string {
  return text.replace(/[\uFF10-\uFF19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xff10 + 48));
}

const wholePatterns = new WeakMap<RegExp, RegExp>();

/** An unanchored pattern must not let a longer value through; `lastIndex` of a global one must not matter. */
function matchesWhole(pattern: RegExp, value: string): boolean {
  let whole = wholePatterns.get(pattern);
  if (whole === undefined) {
    whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gmy]/g, ''));
    wholePatterns.set(pattern, whole);
  }
  return whole.test(value);
}
