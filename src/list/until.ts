// The last day of an entry, as text and as a number that takes 22 bits: 0 is permanent, otherwise the days
// since 0000-01-01 (proleptic Gregorian) plus one. It knows nothing of time zones and must not read a clock.

/** `YYYY-MM-DD`, the last day in force, or `permanent`. */
export type Until = string;

export const PERMANENT = 0;
/** Day number of 1970-01-01. */
const UNIX_DAY = 719_529;
const DAYS_BEFORE_MONTH = Int32Array.of(0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334);
const DAYS_IN_MONTH = Int32Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

// Days in use lie within a year or so of each other: a small direct-mapped cache holds them all.
const CACHE = 1024;
const cachedDay = new Int32Array(CACHE).fill(-1);
const cachedText: string[] = new Array(CACHE).fill('');
const cachedBytes: Uint8Array[] = new Array(CACHE).fill(new Uint8Array(0));

/** The day's number, or -1 where there is no such day in the calendar. */
export function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1 || year < 0 || year > 9999) return -1;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (DAYS_IN_MONTH[month] as number) + (leap && month === 2 ? 1 : 0)) return -1;
  const last = year - 1;
  const leapsBefore = year === 0 ? 0 : ((last / 4) | 0) - ((last / 100) | 0) + ((last / 400) | 0) + 1;
  return 365 * year + leapsBefore + (DAYS_BEFORE_MONTH[month] as number) + (leap && month > 2 ? 1 : 0) + day;
}

/** The number of an `until` text, or -1 where it is neither `permanent` nor a real `YYYY-MM-DD`. */
export function untilNumber(text: string): number {
  if (text === 'permanent') return PERMANENT;
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return -1;
  let digits = 0;
  for (let at = 0; at < 10; at++) {
    if (at === 4 || at === 7) continue;
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    digits = digits * 10 + digit;
  }
  return dayNumber((digits / 10_000) | 0, ((digits / 100) | 0) % 100, digits % 100);
}

/** The text of a number that `untilNumber` gave. */
export function untilText(number: number): Until {
  return cachedText[cacheSlot(number)] as string;
}

/** The same as ASCII bytes; shared, so never to be written to. */
export function untilBytes(number: number): Uint8Array {
  return cachedBytes[cacheSlot(number)] as Uint8Array;
}

function cacheSlot(number: number): number {
  const slot = number & (CACHE - 1);
  if (cachedDay[slot] !== number) fillSlot(slot, number);
  return slot;
}

function fillSlot(slot: number, number: number): void {
  const text =
    number === PERMANENT
      ? 'permanent'
      : new Date((number - UNIX_DAY) * 86_400_000).toISOString().slice(0, 10);
  cachedDay[slot] = number;
  cachedText[slot] = text;
  cachedBytes[slot] = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
