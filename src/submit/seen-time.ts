// RFC 3339 times, strictly: a day that does not exist is refused, not rolled over into the next month.

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const REST = /^(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Milliseconds since 1970, or undefined when the text is no RFC 3339 time of a real day. */
export function parseTime(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (Math.min(year, month, day, hour, minute, second) < 0 || !hasMarks(text)) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  // Second 60 is a leap second: it counts as the first of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  return addRest(Date.UTC(year, month - 1, day, hour, minute, second), text);
}

/** Fraction and offset. The commonest, none or milliseconds and Z, are told without the pattern. */
function addRest(time: number, text: string): number | undefined {
  if (text.length === 20 && isZulu(text, 19)) return time;
  if (text.length === 24 && isZulu(text, 23) && text.charCodeAt(19) === DOT) {
    const milliseconds = digits(text, 20, 3);
    if (milliseconds >= 0) return time + milliseconds;
  }
  const match = REST.exec(text.slice(19));
  if (match === null) return undefined;
  const hours = Number(match[3] ?? 0);
  const minutes = Number(match[4] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  const offset = (hours * 60 + minutes) * (match[2] === '-' ? -60_000 : 60_000);
  return time + Math.trunc(Number(`0.${match[1] ?? '0'}`) * 1000) - offset;
}

const ZERO = 48;
const DASH = 45;
const DOT = 46;
const COLON = 58;

/** What stands between date and time, and between their parts. */
function hasMarks(text: string): boolean {
  const between = text.charAt(10);
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    (between === 'T' || between === 't' || between === ' ') &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  );
}

function isZulu(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 90 || code === 122;
}

/** The number of so many digits; negative where there is anything else. */
function digits(text: string, at: number, count: number): number {
  let number = 0;
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function daysOf(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}
