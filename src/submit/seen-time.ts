// RFC 3339 times, strictly: a day that does not exist is refused, not rolled over into the next month.

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SHAPE = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/;
const REST = /^(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Milliseconds since 1970, or undefined when the text is no RFC 3339 time of a real day. */
export function parseTime(text: string): number | undefined {
  if (!SHAPE.test(text)) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  // Second 60 is a leap second: it counts as the first of the next minute.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  return text.length === 20 && (text[19] === 'Z' || text[19] === 'z') ? time : addRest(time, text.slice(19));
}

/** Fraction and offset. */
function addRest(time: number, rest: string): number | undefined {
  const match = REST.exec(rest);
  if (match === null) return undefined;
  const hours = Number(match[3] ?? 0);
  const minutes = Number(match[4] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  const offset = (hours * 60 + minutes) * (match[2] === '-' ? -60_000 : 60_000);
  return time + Math.trunc(Number(`0.${match[1] ?? '0'}`) * 1000) - offset;
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
}

function daysOf(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}
