// The last day of an entry, as text and as a number that takes 22 bits: 0 is permanent, otherwise the days
// since 0000-01-01 (proleptic Gregorian) plus one. It knows nothing of time zones and must not read a clock.

/** `YYYY-MM-DD`, the last day in force, or `permanent`. */
export type Until = string;

export const PERMANENT = 0;
/** Day number of 1970-01-01. */
const UNIX_DAY = 719_529;
const DAYS_BEFORE_MONTH = Int32Array.of(0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334);
const DAYS_IN_MONTH = Int32Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

// Days in use lie within a year or so of each other: small direct-mapped caches hold them all.
const CACHE = 1024;
const cachedDay = new Int32Array(CACHE).fill(-1);
const cachedText: string[] = new Array(CACHE).fill('');
/** A comma, the text and a newline: three words. */
const cachedWords = new Int32Array(3 * CACHE);

// Months by the bytes of `YYYY-MM-`: what to add to the day of the month, and how many days there are.
const MONTHS = 256;
const monthYear = new Int32Array(MONTHS);
const monthText = new Int32Array(MONTHS);
const monthStart = new Int32Array(MONTHS);
const monthDays = new Int32Array(MONTHS);
const PERM = wordOf('perm');
const ANEN = wordOf('anen');
const TNL = 't'.charCodeAt(0) | ('\n'.charCodeAt(0) << 8);

/** The day's number, or -1 where there is no such day in the calendar. */
function dayNumber(year: number, month: number, day: number): number {
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

/** Writes a comma, the text and a newline, 12 bytes at most; gives back where it ends. */
export function writeUntil(number: number, out: DataView, start: number): number {
  const at = 3 * cacheSlot(number);
  out.setInt32(start, cachedWords[at] as number, true);
  out.setInt32(start + 4, cachedWords[at + 1] as number, true);
  out.setInt32(start + 8, cachedWords[at + 2] as number, true);
  return start + untilLength(number) + 2;
}

/** How many characters the text of a number has. */
export function untilLength(number: number): number {
  return number === PERMANENT ? 9 : 10;
}

/** The number of the text at a place, or -1 where there is none. What comes behind it is not looked at. */
export function untilAt(text: DataView, start: number): number {
  // Both texts, the newline behind them included, have as many bytes at least.
  if (start + 10 > text.byteLength) return -1;
  const first = text.getInt32(start, true);
  const second = text.getInt32(start + 4, true);
  const third = text.getUint16(start + 8, true);
  if (first === PERM) return second === ANEN && third === TNL ? PERMANENT : -1;
  const slot = Math.imul(first ^ Math.imul(second, 0x9e37_79b1), 0x85eb_ca6b) >>> 24;
  if (monthYear[slot] !== first || monthText[slot] !== second) fillMonth(slot, first, second);
  const tens = (third & 255) - 48;
  const ones = (third >> 8) - 48;
  const day = 10 * tens + ones;
  if (tens < 0 || tens > 3 || ones < 0 || ones > 9 || day < 1 || day > (monthDays[slot] as number)) return -1;
  return (monthStart[slot] as number) + day;
}

/** A month that is none has no days. */
function fillMonth(slot: number, first: number, second: number): void {
  const text = textOf(first) + textOf(second);
  const start = untilNumber(`${text}01`);
  let days = start < 0 ? 0 : 28;
  while (days > 0 && untilNumber(`${text}${days + 1}`) > 0) days++;
  monthYear[slot] = first;
  monthText[slot] = second;
  monthStart[slot] = start - 1;
  monthDays[slot] = days;
}

function wordOf(text: string): number {
  return Buffer.from(text, 'latin1').readInt32LE(0);
}

function textOf(word: number): string {
  return String.fromCharCode(word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24);
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
  const bytes = Buffer.from(`,${text}\n`.padEnd(12), 'latin1');
  for (let word = 0; word < 3; word++) cachedWords[3 * slot + word] = bytes.readInt32LE(4 * word);
}
