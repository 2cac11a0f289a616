// Days on which the agency works: no weekends, no public holidays of Korea, no other days off that the settings name.
import { isHoliday } from '@hyunbinseo/holidays-kr';
import { addDays } from '../list/day.ts';

/** Holidays are decreed a year or two ahead; further on only weekends are known. */
export async function isWorkingDay(day: string, daysOff: readonly string[]): Promise<boolean> {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  if (weekday === 0 || weekday === 6 || daysOff.includes(day)) return false;
  return !(await isPublicHoliday(day));
}

/** The day that ends so many working days after a day: filed on a Friday, due in three is Wednesday. */
export async function addWorkingDays(
  day: string,
  count: number,
  daysOff: readonly string[],
): Promise<string> {
  let at = day;
  for (let left = count; left > 0; ) {
    at = addDays(at, 1);
    if (await isWorkingDay(at, daysOff)) left -= 1;
  }
  return at;
}

async function isPublicHoliday(day: string): Promise<boolean> {
  try {
    return await isHoliday(day);
  } catch (error) {
    if (error instanceof RangeError) return false; // a year that is not decreed yet
    throw error;
  }
}
