/*
 * Sender numbers in any spelling to their one canonical form and class, the same at ingest and at look-up.
 * Korean numbers are judged by the Korean plan alone; libphonenumber sees foreign numbers only.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { accessCodeLength } from './korean-access-code.ts';
import {
  classifyKorean,
  formatKorean,
  type KoreanPlanFault,
  koreanClassByPrefix,
  type NumberClass,
} from './korean-plan.ts';
import { isPlainDigits, MAX_SPELLING_LENGTH, readSpelling, type SpellingFault } from './korean-spelling.ts';

export type { NumberClass } from './korean-plan.ts';

/** Why a text is refused as a sender number: stable codes, one a cause. */
export type RefusalCode =
  | SpellingFault
  | KoreanPlanFault
  | 'area_code_missing'
  | 'ambiguous_prefix'
  | 'invalid_international';

/** A sender number in its canonical form, `+` and 3 to 15 digits. */
export type SenderNumber = {
  ok: true;
  value: string;
  numberClass: NumberClass;
  /** `unregistrable`: may not be registered as a sender (050x), yet is seen in spam. */
  flags: readonly string[];
};

/** A text that is no sender number, with a sentence that never repeats it. */
export type NumberRefusal = { ok: false; code: RefusalCode; detail: string };

const DETAILS: Readonly<Record<RefusalCode, string>> = {
  empty: 'There is no number.',
  anonymous: 'The sender is withheld or unknown.',
  masked: 'Part of the number is masked.',
  extension: 'A number with an extension or # is no sender number.',
  letters: 'A sender number has no letters.',
  too_long: `The text is longer than ${MAX_SPELLING_LENGTH} characters.`,
  wrong_length: 'No Korean number of this kind has so many digits; write + before a foreign number.',
  unallocated_range: 'This range is not allocated in the Korean numbering plan.',
  area_code_missing: 'The area code is missing.',
  area_code_with_representative: 'A representative number takes no area code.',
  ambiguous_prefix: 'The digits after 00 can be read in more than one way; write + and the country code.',
  invalid_international: 'This is not a valid international number.',
  invalid_characters: 'The text holds characters that no number has.',
};

const REFUSALS = new Map<RefusalCode, NumberRefusal>();
for (const [code, detail] of Object.entries(DETAILS) as Array<[RefusalCode, string]>) {
  REFUSALS.set(code, Object.freeze({ ok: false, code, detail }));
}

function refuse(code: RefusalCode): NumberRefusal {
  return REFUSALS.get(code) ?? { ok: false, code, detail: DETAILS[code] };
}

const NO_FLAGS: readonly string[] = Object.freeze([]);
const UNREGISTRABLE: readonly string[] = Object.freeze(['unregistrable']);

const ZERO = 48;
const ONE = 49;

/**
 * Reads a sender number in any accepted spelling. Never throws: what is no number comes back as a refusal.
 *
 * @param raw the text as received
 * @param defaultCountry the country of numbers written without `+`; for any but KR they are read by that
 * country's own rules. A number that turns out Korean is always judged by the Korean plan.
 */
export function parseSenderNumber(
  raw: string,
  defaultCountry: CountryCode = 'KR',
): SenderNumber | NumberRefusal {
  if (defaultCountry === 'KR' && raw.length <= MAX_SPELLING_LENGTH && isPlainDigits(raw)) {
    return readNational(raw, 0);
  }
  const spelling = readSpelling(raw);
  if (typeof spelling === 'string') return refuse(spelling);
  if (spelling.plus) return readInternational(spelling.digits);
  if (defaultCountry !== 'KR') return readForeign(spelling.digits, defaultCountry);
  return readNational(spelling.digits, spelling.breaks);
}

/** Digits without a plus, as written in Korea. */
function readNational(digits: string, breaks: number): SenderNumber | NumberRefusal {
  const first = digits.charCodeAt(0);
  const length = digits.length;
  if (first === ZERO) {
    if (length === 1 || digits.charCodeAt(1) === ZERO) return readAccessCode(digits, breaks);
    return readAfterTrunkZero(digits.slice(1));
  }
  if (first === ONE) {
    // A mobile number that lost its leading 0 in a spreadsheet: nothing else has ten digits from 10. Not so
    // 16… and 18…, which are mostly representative numbers with two digits too many.
    const unambiguous = length <= 8 || (length === 10 && digits.charCodeAt(1) === ZERO);
    return unambiguous ? readKorean(digits) : refuse('wrong_length');
  }
  if (length >= 10 && digits.startsWith('82')) return readAfterCountryCode(digits.slice(2));
  return refuse(length === 7 || length === 8 ? 'area_code_missing' : 'wrong_length');
}

/** Digits after `+`. */
function readInternational(digits: string): SenderNumber | NumberRefusal {
  return digits.startsWith('82') ? readAfterCountryCode(digits.slice(2)) : readForeign(`+${digits}`);
}

/** Digits after 82, with or without the trunk 0 that some keep there: +82 (0)10… */
function readAfterCountryCode(digits: string): SenderNumber | NumberRefusal {
  return digits.charCodeAt(0) === ZERO ? readAfterTrunkZero(digits.slice(1)) : readKorean(digits);
}

/** What stood after the trunk 0, which no representative and no short number takes. */
function readAfterTrunkZero(national: string): SenderNumber | NumberRefusal {
  if (national.charCodeAt(0) !== ONE || national.length > 8) return readKorean(national);
  const second = national.charCodeAt(1) - ZERO;
  return refuse(second >= 2 && second <= 5 ? 'unallocated_range' : 'wrong_length');
}

function readKorean(national: string): SenderNumber | NumberRefusal {
  const found = classifyKorean(national);
  switch (found) {
    case 'wrong_length':
    case 'unallocated_range':
    case 'area_code_with_representative':
      return refuse(found);
    default: {
      const flags = found === 'virtual' ? UNREGISTRABLE : NO_FLAGS;
      return { ok: true, value: `+82${national}`, numberClass: found, flags };
    }
  }
}

/**
 * Digits that begin with 00. The carrier's code is stripped and the rest judged as after `+`. Where that fails
 * but bare 00 would give a number, or the writer set 00 apart, the reading is the sender's to state.
 */
function readAccessCode(digits: string, breaks: number): SenderNumber | NumberRefusal {
  if (isAllZeros(digits)) return refuse('anonymous');
  if (digits.startsWith('0082')) return readAfterCountryCode(digits.slice(4));
  const codeLength = accessCodeLength(digits);
  const setApart = (breaks & (1 << 2)) !== 0 && (breaks & (1 << codeLength)) === 0;
  if (codeLength > 0 && !setApart) {
    const number = readInternational(digits.slice(codeLength));
    if (number.ok || digits.startsWith('82', codeLength)) return number;
  }
  return readForeign(`+${digits.slice(2)}`).ok ? refuse('ambiguous_prefix') : refuse('invalid_international');
}

function isAllZeros(digits: string): boolean {
  for (let index = 0; index < digits.length; index++) {
    if (digits.charCodeAt(index) !== ZERO) return false;
  }
  return true;
}

const CANONICAL = /^\+[1-9][0-9]{2,14}$/;

function readForeign(text: string, country?: CountryCode): SenderNumber | NumberRefusal {
  const number = parsePhoneNumberFromString(text, country === undefined ? {} : { defaultCountry: country });
  if (number === undefined) return refuse('invalid_international');
  if (number.countryCallingCode === '82') return readAfterCountryCode(number.number.slice(3));
  const value: string = number.number;
  if (!number.isValid() || number.ext !== undefined || !CANONICAL.test(value)) {
    return refuse('invalid_international');
  }
  // Some plans drop digits on the way (Mexico's old 1, Argentina's 15): a value must stand for itself.
  if (value !== text && parsePhoneNumberFromString(value)?.number !== value) {
    return refuse('invalid_international');
  }
  return { ok: true, value, numberClass: 'international', flags: NO_FLAGS };
}

/**
 * The spelling for people: as written in Korea for Korean numbers, the international form for others.
 * Reading it again gives the value back. A text that is no canonical value is returned as it is.
 */
export function formatSenderNumber(value: string): string {
  if (!CANONICAL.test(value)) return value;
  if (value.startsWith('+82')) return formatKorean(value.slice(3));
  return parsePhoneNumberFromString(value)?.formatInternational() ?? value;
}

/**
 * The class of a canonical value, by its prefix alone. What is no Korean range though it begins with +82 counts
 * as `special`, the class that is always protected.
 */
export function classifyCanonical(value: string): NumberClass {
  return value.startsWith('+82') ? koreanClassByPrefix(value.slice(3)) : 'international';
}
