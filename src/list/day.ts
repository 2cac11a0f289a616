// Calendar days, `YYYY-MM-DD`, in the agency's time zone: entries end with a day, not with a moment.

/** A day with a clock change has 25 hours at most; nowhere is one skipped backwards. */
const LONGEST_DAY_MS = 26 * 60 * 60 * 1000;

/** The day of a moment in an IANA time zone. */
export function dayOf(moment: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment);
}

/** The first moment of the next day; found by its name, so it holds where clocks are changed at midnight. */
export function dayEnd(moment: Date, timeZone: string): Date {
  const today = dayOf(moment, timeZone);
  let before = moment.getTime();
  let after = before + LONGEST_DAY_MS;
  while (after - before > 1) {
    const between = Math.floor((before + after) / 2);
    if (dayOf(new Date(between), timeZone) === today) before = between;
    else after = between;
  }
  return new Date(after);
}

/** The day some days later. */
export function addDays(day: string, days: number): string {
  const moment = new Date(`${day}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}
