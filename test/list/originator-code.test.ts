import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseOriginatorCode } from '../../src/list/originator-code.ts';

const nineDigits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 9, maxLength: 9 });
const allowed = fc.constantFrom(...'0123456789ABCXYZabcxyz._-');

describe('an originator code', () => {
  it('is nine digits, kept as text with its leading zeros', () => {
    fc.assert(
      fc.property(nineDigits, (code) => {
        expect(parseOriginatorCode(code)).toEqual({ ok: true, value: code });
      }),
    );
    expect(parseOriginatorCode('000000001')).toEqual({ ok: true, value: '000000001' });
  });

  it('may stand between spaces and in full-width digits', () => {
    expect(parseOriginatorCode('\u3000 ０１２３４５６７８\t')).toEqual({ ok: true, value: '012345678' });
  });

  test.each([
    ['', 'empty'],
    [' \u3000', 'empty'],
    ['12345678', 'wrong_length'],
    ['1234567890', 'wrong_length'],
    ['A12345678', 'invalid_characters'],
    ['123-456-789', 'invalid_characters'],
    ['123 456 789', 'invalid_characters'],
    ['123456789,', 'invalid_characters'],
    ['١٢٣٤٥٦٧٨٩', 'invalid_characters'],
    ['1'.repeat(33), 'too_long'],
    [' '.repeat(65), 'too_long'],
  ])('%j is refused as %s', (raw, code) => {
    expect(parseOriginatorCode(raw)).toMatchObject({
      ok: false,
      code,
      detail: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });

  it('takes the form that is configured, as a whole', () => {
    expect(parseOriginatorCode('KT-0001', /[A-Z]{2}-[0-9]{4}/)).toEqual({ ok: true, value: 'KT-0001' });
    expect(parseOriginatorCode('KT-00012', /[A-Z]{2}-[0-9]{4}/)).toMatchObject({ code: 'pattern_mismatch' });
    expect(parseOriginatorCode('123456789', /^[A-Z]+|[a-z]+$/)).toMatchObject({ code: 'pattern_mismatch' });
  });

  it('is not affected by an earlier use of a global pattern', () => {
    const pattern = /[0-9]{4}/g;
    pattern.lastIndex = 3;
    for (let turn = 0; turn < 3; turn++)
      expect(parseOriginatorCode('1234', pattern)).toMatchObject({ ok: true });
  });

  it('keeps to characters that sort after the comma of a line, whatever the pattern', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: allowed })), (raw) => {
        const found = parseOriginatorCode(raw, /.*/s);
        if (!found.ok) return;
        expect(found.value).toMatch(/^[0-9A-Za-z._-]{1,32}$/);
        expect(parseOriginatorCode(found.value, /.*/s)).toEqual(found);
      }),
      { numRuns: 2_000 },
    );
  });
});
