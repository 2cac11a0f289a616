/*
 * The Korean numbering plan as a table: which class a national number belongs to, or why it cannot exist.
 * Digits only, without country code and without the leading 0. It must never guess a missing prefix.
 */

/** What kind of number a sender number is; everything but `international` is Korean. */
export type NumberClass =
  | 'mobile'
  | 'landline'
  | 'voip'
  | 'representative'
  | 'toll_free'
  | 'premium'
  | 'service'
  | 'virtual'
  | 'special'
  | 'international';

/** Why a number is refused under the Korean plan. */
export type KoreanPlanFault = 'wrong_length' | 'unallocated_range' | 'area_code_with_representative';

type Range = {
  numberClass: NumberClass;
  prefixLength: number;
  minSubscriber: number;
  maxSubscriber: number;
  /** The lowest digit with which a subscriber number of this range begins. */
  firstDigit: number;
};

const ZERO = 48;

function range(numberClass: NumberClass, prefixLength: number, firstDigit: number, minSubscriber = 7): Range {
  return { numberClass, prefixLength, minSubscriber, maxSubscriber: 8, firstDigit };
}

/*
 * Keyed by the first two digits after the 0. 010 and 070 hold nothing below 2xxx. Exchanges of area codes and
 * of 011, 016–019 never begin with 0, the trunk prefix; 1 is left to the reviewer, as 011-17xx was allocated.
 * 030x, 050x, 060 and 080 allocate from 0 upwards (0507-1xxx is in wide use).
 */
const RANGES: ReadonlyArray<Range | undefined> = buildRanges();

function buildRanges(): Array<Range | undefined> {
  const ranges = new Array<Range | undefined>(100).fill(undefined);
  const put = (prefixes: readonly number[], value: Range) => {
    for (const prefix of prefixes) ranges[prefix] = value;
  };
  put([10], range('mobile', 2, 2, 8));
  put([11, 16, 17, 18, 19], range('mobile', 2, 1));
  put([20, 21, 22, 23, 24, 25, 26, 27, 28, 29], range('landline', 1, 1));
  put([31, 32, 33, 41, 42, 43, 44, 51, 52, 53, 54, 55, 61, 62, 63, 64], range('landline', 2, 1));
  put([30], range('service', 3, 0));
  put([50], range('virtual', 3, 0));
  put([60], range('premium', 2, 0));
  put([70], range('voip', 2, 2, 8));
  put([80], range('toll_free', 2, 0));
  return ranges;
}

function digitAt(digits: string, index: number): number {
  return digits.charCodeAt(index) - ZERO;
}

function isRepresentativePrefix(second: number): boolean {
  return second === 5 || second === 6 || second === 8;
}

/**
 * Classifies the national significant number of a Korean number (`1023456789`, `212345678`, `15881234`,
 * `112`): its class, or the reason why no such number exists.
 */
export function classifyKorean(national: string): NumberClass | KoreanPlanFault {
  const length = national.length;
  if (length < 3 || length > 11) return 'wrong_length';
  const first = digitAt(national, 0);
  const second = digitAt(national, 1);
  if (first === 1 && length <= 8) return classifyWithoutArea(second, length);
  const found = RANGES[first * 10 + second];
  if (found === undefined) return 'unallocated_range';
  const subscriberLength = length - found.prefixLength;
  if (subscriberLength < found.minSubscriber || subscriberLength > found.maxSubscriber) return 'wrong_length';
  const firstDigit = digitAt(national, found.prefixLength);
  if (firstDigit < found.firstDigit) return 'unallocated_range';
  if (found.numberClass === 'landline' && firstDigit === 1) {
    const next = digitAt(national, found.prefixLength + 1);
    if (isRepresentativePrefix(next)) return 'area_code_with_representative';
  }
  return found.numberClass;
}

/*
 * Numbers beginning with 1 that take no area code: 1588-1234 and the short numbers. Short ones are 10x–14x and
 * 18x with three digits, 13xx and 14xx with four; 15xx, 16xx and 18xx alone are representative numbers cut short.
 */
function classifyWithoutArea(second: number, length: number): NumberClass | KoreanPlanFault {
  if (length === 8) {
    if (isRepresentativePrefix(second)) return 'representative';
    return second >= 2 && second <= 4 ? 'unallocated_range' : 'wrong_length';
  }
  if (length === 3) return second <= 4 || second === 8 ? 'special' : 'unallocated_range';
  if (length === 4) {
    if (second === 3 || second === 4) return 'special';
    return isRepresentativePrefix(second) ? 'wrong_length' : 'unallocated_range';
  }
  return 'wrong_length';
}

/** The class that a national number has by its prefix alone, without checking that it can exist. */
export function koreanClassByPrefix(national: string): NumberClass {
  const first = digitAt(national, 0);
  const second = digitAt(national, 1);
  if (first === 1 && national.length <= 8) return national.length === 8 ? 'representative' : 'special';
  return RANGES[first * 10 + second]?.numberClass ?? 'special';
}

/** The spelling used inside Korea: `010-2345-6789`, `02-2345-6789`, `1588-1234`, `112`. */
export function formatKorean(national: string): string {
  if (national.length <= 4) return national;
  const line = national.slice(-4);
  if (national.length <= 8 && national.charCodeAt(0) === ZERO + 1) return `${national.slice(0, -4)}-${line}`;
  const found = RANGES[digitAt(national, 0) * 10 + digitAt(national, 1)];
  const prefixLength = found?.prefixLength ?? 2;
  return `0${national.slice(0, prefixLength)}-${national.slice(prefixLength, -4)}-${line}`;
}
