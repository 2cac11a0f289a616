import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATEGORIES, isMalignant } from '../../src/list/category.ts';
import { addDays, dayOf } from '../../src/list/day.ts';
import { lastDay } from '../../src/list/validity.ts';

const mobile = { list: 'sender-numbers', numberClass: 'mobile', category: 'gambling' };
const landline = { ...mobile, numberClass: 'landline' };
const code = { list: 'originator-codes', numberClass: null, category: 'job' };

test('a mobile number stays listed for 90 days, for it may be given to someone else then', () => {
  expect(lastDay(mobile, '2026-11-24')).toBe('2027-02-22');
  expect(lastDay(mobile, '2026-12-31')).toBe('2027-03-31');
});

test('any other number stays listed for a year', () => {
  expect(lastDay(landline, '2026-11-24')).toBe('2027-11-24');
  for (const numberClass of ['voip', 'representative', 'toll_free', 'premium', 'international', 'special'])
    expect(lastDay({ ...mobile, numberClass }, '2026-11-24')).toBe('2027-11-24');
});

test('a leap day is a day', () => {
  expect(lastDay(mobile, '2027-12-01')).toBe('2028-02-29');
  expect(lastDay(mobile, '2027-12-02')).toBe('2028-03-01');
  expect(lastDay(landline, '2028-02-29')).toBe('2029-02-28');
  expect(lastDay(landline, '2027-03-01')).toBe('2028-02-29');
  expect(lastDay(mobile, '2099-12-01')).toBe('2100-03-01'); // 2100 is no leap year
});

test('a code is listed for good in the four malignant categories, and for a year in the others', () => {
  const forGood = CATEGORIES.filter((category) => lastDay({ ...code, category }, '2026-11-24') === null);
  expect(forGood.toSorted()).toEqual(['adult', 'drugs', 'gambling', 'illegal_loan']);
  expect(lastDay(code, '2026-11-24')).toBe('2027-11-24');
});

test('no number is listed for good by rule, however bad', () => {
  for (const category of CATEGORIES) {
    for (const numberClass of ['mobile', 'landline'])
      expect(lastDay({ ...mobile, numberClass, category }, '2026-11-24')).not.toBeNull();
  }
  expect(isMalignant('gambling')).toBe(true);
});

test('the day changes at midnight in Seoul', () => {
  expect(dayOf(new Date('2026-11-24T14:59:59.999Z'), 'Asia/Seoul')).toBe('2026-11-24');
  expect(dayOf(new Date('2026-11-24T15:00:00.000Z'), 'Asia/Seoul')).toBe('2026-11-25');
  expect(dayOf(new Date('2026-12-31T15:00:00Z'), 'Asia/Seoul')).toBe('2027-01-01');
  expect(dayOf(new Date('2028-02-28T15:00:00Z'), 'Asia/Seoul')).toBe('2028-02-29');
});

test('days can be added whatever the month, and count as days do', () => {
  const moments = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, fc.integer({ min: 0, max: 1000 }), (moment, days) => {
      const day = dayOf(moment, 'UTC');
      expect(day).toBe(moment.toISOString().slice(0, 10));
      const later = addDays(day, days);
      expect(Date.parse(later) - Date.parse(day)).toBe(days * 86_400_000);
    }),
  );
});
