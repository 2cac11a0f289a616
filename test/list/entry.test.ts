import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATEGORIES, isCategory, isMalignant } from '../../src/list/category.ts';
import {
  checkEntry,
  compareEntries,
  compareLines,
  formatLine,
  isListId,
  parseLine,
} from '../../src/list/entry.ts';
import { codeOf, entry, runs } from './series.ts';

describe('a line', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(entry, (one) => {
        expect(parseLine(formatLine(one))).toEqual(one);
        expect(checkEntry(one)).toBe(one);
      }),
      runs(300),
    );
  });

  it.each([
    '',
    '+8210',
    '+8210,drugs',
    '+8210,drugs,permanent,',
    ',drugs,permanent',
    '+8210,,permanent',
    '+8210,drugs,',
    ' +8210,drugs,permanent',
    '+8210, drugs,permanent',
    '+8210,drugs,permanent\n',
    '+8210,drugs,permanent\r',
    '"+8210",drugs,permanent',
    '+82*0,drugs,permanent',
    '+８２１０,drugs,permanent',
    `${'1'.repeat(65)},drugs,permanent`,
    '+8210,Drugs,permanent',
    '+8210,drugs2,permanent',
    `+8210,${'a'.repeat(33)},permanent`,
    '+8210,drugs,Permanent',
    '+8210,drugs,2027-02-29',
    '+8210,drugs,2100-02-29',
    '+8210,drugs,2027-13-01',
    '+8210,drugs,2027-00-01',
    '+8210,drugs,2027-04-31',
    '+8210,drugs,2027-4-30',
    '+8210,drugs,20270430',
    '+8210,drugs,2027-04-3O',
    '+8210,drugs,2027/04/30',
    '+8210,drugs,12027-04-30',
    '+8210,drugs,2027-04-30T00:00',
  ])('is refused when it is %j', (line) => {
    expect(codeOf(() => parseLine(line))).toBe('bad_line');
  });

  it.each(['2000-02-29', '2028-02-29', '0000-01-01', '0001-03-01', '1900-02-28', '9999-12-31'])(
    'may end on %s',
    (until) => {
      expect(parseLine(`+8210,drugs,${until}`).until).toBe(until);
    },
  );

  it('may carry a category that does not exist yet', () => {
    expect(parseLine('+8210,deep_fake,permanent').category).toBe('deep_fake');
  });

  it('sorts bytewise: a value that is the beginning of another comes first, unless "+" follows', () => {
    fc.assert(
      fc.property(entry, entry, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(formatLine(a)), Buffer.from(formatLine(b)));
        expect(compareLines(formatLine(a), formatLine(b))).toBe(bytes);
        expect(Math.sign(compareEntries(a, b))).toBe(bytes);
      }),
      runs(300),
    );
    const at = (value: string) => ({ value, category: 'drugs', until: 'permanent' });
    expect(compareEntries(at('12'), at('123'))).toBe(-1);
    expect(compareEntries(at('12'), at('12+'))).toBe(1);
  });
});

describe('the categories', () => {
  it('are the twenty-one of the agency, four of them malignant', () => {
    expect(CATEGORIES).toHaveLength(21);
    expect(new Set(CATEGORIES).size).toBe(21);
    expect(CATEGORIES.filter(isMalignant)).toEqual(['gambling', 'illegal_loan', 'drugs', 'adult']);
    expect(CATEGORIES.every(isCategory)).toBe(true);
    expect(isCategory('constructor')).toBe(false);
    expect(isListId('sender-numbers')).toBe(true);
    expect(isListId('toString')).toBe(false);
  });
});
