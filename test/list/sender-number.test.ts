import fc from 'fast-check';
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it, test } from 'vitest';
import {
  classifyCanonical,
  formatSenderNumber,
  type NumberClass,
  parseSenderNumber,
  type RefusalCode,
} from '../../src/list/sender-number.ts';

// No literal here is meant as anyone's number: those that must be accepted are drawn at random.
const CANONICAL = /^\+[0-9]{3,15}$/;
const AREA_CODES = '2 31 32 33 41 42 43 44 51 52 53 54 55 61 62 63 64'.split(' ');

const digits = (min: number, max = min) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });
const exchange = fc.constantFrom(...'23456789');
const join = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''));
const prefix = (...texts: string[]) => fc.constantFrom(...texts);

/** National significant numbers of each Korean class, and whether they are written with a 0 in Korea. */
const KOREAN: Array<[NumberClass, boolean, fc.Arbitrary<string>]> = [
  ['mobile', true, join(prefix('10'), exchange, digits(7))],
  ['mobile', true, join(prefix('11', '16', '17', '18', '19'), exchange, digits(6, 7))],
  ['landline', true, join(prefix(...AREA_CODES), exchange, digits(6, 7))],
  ['voip', true, join(prefix('70'), exchange, digits(7))],
  ['representative', false, join(prefix('15', '16', '18'), digits(6))],
  ['toll_free', true, join(prefix('80'), digits(7, 8))],
  ['premium', true, join(prefix('60'), digits(7, 8))],
  ['service', true, join(prefix('30'), digits(8, 9))],
  ['virtual', true, join(prefix('50'), digits(8, 9))],
  ['special', false, prefix('112', '119', '114', '118', '110', '120', '182', '100', '1335', '1330', '1377')],
];

const koreanNumber = fc.oneof(
  ...KOREAN.map(([numberClass, trunk, national]) => national.map((text) => ({ numberClass, trunk, text }))),
);
const koreanValue = koreanNumber.map(({ text }) => `+82${text}`);
const foreignValue = fc
  .constantFrom(...getCountries().filter((country) => country !== 'KR'))
  .map((country) => getExampleNumber(country, examples)?.number)
  .filter((value): value is NonNullable<typeof value> => value !== undefined);

const SEPARATORS = [...' -.()', ...'\u00A0\u3000\u2009\u2013\u2010\u2212\uFF0D\uFF08\uFF09\u200B'];
const separators = fc.array(fc.constantFrom('', '', '', '', ...SEPARATORS), { minLength: 24, maxLength: 24 });
const spread = (text: string, between: string[]) => [...text].map((c, i) => c + between[i % 24]).join('');
const widen = (text: string) =>
  text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 48 + 0xff10));

function code(raw: string, country?: CountryCode): RefusalCode | undefined {
  const result = parseSenderNumber(raw, country);
  return result.ok ? undefined : result.code;
}

function value(raw: string, country?: CountryCode): string {
  const result = parseSenderNumber(raw, country);
  return result.ok ? result.value : result.code;
}

describe('a Korean number', () => {
  for (const [numberClass, trunk, national] of KOREAN) {
    it(`of class ${numberClass} is recognised in every spelling`, () => {
      const leads = '+82|+82 (0)|+82-0|0082|00 82-|tel:+82|TEL: +82|＋82|home'.split('|');
      fc.assert(
        fc.property(national, prefix(...leads), separators, fc.boolean(), (text, lead, between, wide) => {
          const home = lead === 'home' || (!trunk && lead.includes('0', 3));
          const start = home ? (trunk ? '0' : '') : lead;
          const spelt = spread(text, between);
          const found = parseSenderNumber(` ${start}${wide ? widen(spelt) : spelt}`.slice(0, 64));
          expect(found).toMatchObject({ ok: true, value: `+82${text}`, numberClass });
          expect(classifyCanonical(`+82${text}`)).toBe(numberClass);
        }),
      );
    });
  }

  it('may come with 82 but no plus, unless it is a short one', () => {
    fc.assert(
      fc.property(koreanNumber, ({ text, numberClass }) => {
        if (numberClass !== 'special') expect(value(`82${text}`)).toBe(`+82${text}`);
      }),
    );
    expect(code('82112')).toBe('wrong_length');
  });

  it('may have lost its leading zero only where nothing else looks like it', () => {
    fc.assert(
      fc.property(exchange, digits(7), digits(2), (first, rest, extra) => {
        expect(value(`10${first}${rest}`)).toBe(`+8210${first}${rest}`);
        // a representative number with two digits too many is not an old mobile number
        expect(code(`16${rest.slice(0, 6)}${extra}`)).toBe('wrong_length');
      }),
    );
  });

  it('may have an exchange from 1 upwards behind an area code, but never from 0', () => {
    fc.assert(
      fc.property(
        prefix(...AREA_CODES),
        prefix(...'123456789'),
        prefix(...'012349'),
        digits(5, 6),
        (area, ...rest) => {
          expect(value(`0${area}-${rest.join('')}`)).toBe(`+82${area}${rest.join('')}`);
          expect(code(`0${area}-0${rest.join('').slice(1)}`)).toBe('unallocated_range');
        },
      ),
    );
  });

  it('of 050x is flagged, because nobody may register it as a sender', () => {
    fc.assert(
      fc.property(koreanNumber, ({ text, numberClass }) => {
        const found = parseSenderNumber(`+82${text}`);
        expect(found).toMatchObject({ flags: numberClass === 'virtual' ? ['unregistrable'] : [] });
      }),
    );
  });

  it('is found behind the access code of a carrier', () => {
    fc.assert(
      fc.property(
        koreanNumber,
        prefix('001', '002-', '005', '006 ', '008', '00300', '00700-'),
        (number, access) => {
          expect(value(`${access}82${number.text}`)).toBe(`+82${number.text}`);
        },
      ),
    );
  });
});

describe('an international number', () => {
  it('is accepted with a plus, and behind a carrier code, in all countries', () => {
    fc.assert(
      fc.property(foreignValue, prefix('001', '002', '006', '00345', '00700', '00755'), (number, access) => {
        expect(parseSenderNumber(number)).toEqual({
          ok: true,
          value: number,
          numberClass: 'international',
          flags: [],
        });
        expect(value(`${access}${number.slice(1)}`)).toBe(number);
        expect(value(`${access}-${number.slice(1, 3)}-${number.slice(3)}`)).toBe(number);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused where bare 00 is the only reading, with the advice to write a plus', () => {
    const found = parseSenderNumber('008613800138000');
    expect(found).toMatchObject({ ok: false, code: 'ambiguous_prefix' });
    expect(found).toHaveProperty('detail', expect.stringContaining('write +'));
    expect(code('0044 7400 000000')).toBe('ambiguous_prefix');
    // by the digits 008 and +1 702 555…, but the writer set 00 apart and meant Japan
    expect(value('0081 7025550100')).toBe('+17025550100');
    expect(code('00-81-70-2555-0100')).toBe('ambiguous_prefix');
  });

  it('is read by the rules of another default country', () => {
    for (const country of getCountries()) {
      const example = getExampleNumber(country, examples);
      if (example === undefined || country === 'KR') continue;
      expect(value(example.number, country)).toBe(example.number);
    }
    // of the block kept for films; at home 030x is a service number
    expect(value('030 23125-000', 'DE')).toBe('+493023125000');
    expect(value('(030) 23125 000', 'DE')).toBe('+493023125000');
    expect(code('112', 'DE')).toBe('invalid_international');
  });

  it('that turns out Korean is judged by the Korean plan, whatever the default country', () => {
    expect(code('+82 10 0123 4567', 'DE')).toBe('unallocated_range');
    expect(code('0082 10 1123 4567', 'DE')).toBe('unallocated_range');
    fc.assert(
      fc.property(koreanValue, (korean) => {
        expect(value(korean, 'DE')).toBe(korean);
      }),
    );
  });
});

/** Texts of each refusal, apart by |. */
const REFUSED: ReadonlyArray<[RefusalCode, string]> = [
  ['empty', '| |\u3000|+|-|()|tel:|\uFEFF'],
  [
    'anonymous',
    '0|0000|０００００|000-0000-0000|Unknown|anonymous|PRIVATE|No Caller ID|N/A|발신번호 표시제한',
  ],
  ['masked', '010****1234|500*01001234567|*1588|010-1XXX-XX12|010-●●●●-1234|010＊＊＊＊1234'],
  ['extension', '01001234567#1|#1588|010-0123-4567 ext 9|010-0123-4567 x9|02-0123-1234 내선 9|1577;ext=3'],
  ['letters', 'KAKAO|KT-Corp|[Web발신]|카카오|o1o-0123-4567|010-O123-4567'],
  ['too_long', `${'0'.repeat(65)}|${' '.repeat(65)}|010${' '.repeat(62)}`],
  ['wrong_length', '010-123-4567|010-0123-45678|070-123-4567|02-123|1588-123|1588|15|0112|+82 (0)112'],
  ['wrong_length', '158812340|1588123401|123456789|447400000000|12025550123|031-12345-6789'],
  ['unallocated_range', '010-0234-5678|010-1234-5678|０１００１２３４５６７|+82 10-1234-5678|8210-0123-4567'],
  ['unallocated_range', '070-0123-4567|070-1234-5678|1012345678|0082-10-1234-5678|001-82-10-0234-5678'],
  ['unallocated_range', '012-1234-5678|013-234-5678|014-234-5678|015-123-4567|090-1234-5678|034-234-5678'],
  [
    'unallocated_range',
    '02-0123-4567|031-012-3456|011-0123-4567|082-2-123-4567|12345678|152|1050|01588-1234',
  ],
  ['area_code_missing', '2123-4567|21234567|8212-3456|312-3456|９１２３４５６７'],
  [
    'area_code_with_representative',
    '02-1588-1234|+82 2 1588 1234|031-1644-0000|0082 64 1800 0000|02-1588-123',
  ],
  ['ambiguous_prefix', '00 86 138 0013 8000|0033 6 12 34 56 78'],
  ['invalid_international', '+99912345678|+0082 10 1234|+1 123|00700|001|+44|0040|00798-14-800-1234'],
  ['invalid_international', `+${'1'.repeat(40)}|001${'9'.repeat(50)}`],
  ['invalid_characters', '010/0123/4567|010+01234567|++8210|٠١٠٠١٢٣٤٥٦٧|010,0123|𝟎𝟏𝟎|\u0000|010_0123|"112"'],
];

describe('a refusal', () => {
  for (const [expected, texts] of REFUSED) {
    test.each(texts.split('|'))(`is ${expected} for %j`, (raw) => {
      expect(parseSenderNumber(raw)).toMatchObject({ ok: false, code: expected });
    });
  }

  it('explains itself in a sentence that does not repeat the number', () => {
    for (const raw of REFUSED.flatMap(([, texts]) => texts.split('|'))) {
      const found = parseSenderNumber(raw);
      if (found.ok) throw new Error('accepted');
      expect(found.detail).toMatch(/^[A-Z].*\.$/);
      if (/\d{5}/.test(raw)) expect(found.detail).not.toContain(raw);
    }
  });
});

describe('any text at all', () => {
  const numberish = fc.string({ unit: prefix(...'0123456789+-. ()０８２*#xt:'), maxLength: 24 });
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes)),
    numberish,
    join(prefix('0', '00', '+', '82', '+82', '0082', '1', '001', '00700'), digits(0, 16)),
  );

  it('gives a canonical value or a refusal, and never throws', () => {
    fc.assert(
      fc.property(text, prefix('KR', 'DE', 'US', 'JP'), (raw, country) => {
        const found = parseSenderNumber(raw, country as CountryCode);
        if (!found.ok) return;
        expect(found.value).toMatch(CANONICAL);
        expect(parseSenderNumber(found.value)).toEqual(found);
        expect(classifyCanonical(found.value)).toBe(found.numberClass);
        expect(value(formatSenderNumber(found.value))).toBe(found.value);
      }),
      { numRuns: 20_000 },
    );
  });

  it('can be handed to the formatter and the classifier of values', () => {
    fc.assert(
      fc.property(text, (raw) => {
        expect(typeof formatSenderNumber(raw)).toBe('string');
        expect(typeof classifyCanonical(raw)).toBe('string');
        expect(typeof classifyCanonical(`+82${raw}`)).toBe('string');
      }),
    );
  });
});

describe('the display spelling', () => {
  const DISPLAYED = `+821000001234=010-0000-1234|+82110000000=011-000-0000|+82220000000=02-2000-0000
    |+8220000000=02-000-0000|+82310000000=031-000-0000|+827000000000=070-0000-0000|+8215880000=1588-0000
    |+82112=112|+821335=1335|+82800000000=080-000-0000|+823030000000=0303-000-0000
    |+8250500000000=0505-0000-0000|+14155550123=+1 415 555 0123|no number=no number`;
  test.each(DISPLAYED.split(/\n? *\|/).map((line) => line.split('=')))(
    'of %s is %s',
    (canonical, display) => {
      expect(formatSenderNumber(canonical)).toBe(display);
    },
  );

  it('gives the value back when it is read', () => {
    fc.assert(
      fc.property(fc.oneof(koreanValue, foreignValue), (canonical) => {
        expect(value(formatSenderNumber(canonical))).toBe(canonical);
      }),
      { numRuns: 1_000 },
    );
  });
});
