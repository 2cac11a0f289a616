import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskSample, stripUrl } from '../../src/list/masking.ts';

const CASES: [string, string][] = [
  ['전화 010-2345-6789 로', '전화 ***-****-**** 로'],
  ['계좌 110 234 567890 입금', '계좌 *** *** ****** 입금'],
  ['０１０２３４５６７８９', '***********'],
  ['①②③④⑤⑥⑦', '*******'],
  ['0\u200b1\u200b0\u200b1\u200b2\u200b3\u200b4', '*\u200b*\u200b*\u200b*\u200b*\u200b*\u200b*'],
  ['첫충 30%, 15,000원', '첫충 30%, 15,000원'],
  ['최대 1,000,000원', '최대 1,000,000원'],
  ['1588-12', '1588-12'],
  ['kim.lee+x@mail.example.co.kr 문의', '[e-mail] 문의'],
  ['카톡@abc', '카톡@abc'],
  ['https://ex.com/a/b?name=kim&x=1 끝', 'https://ex.com/a/b?[…] 끝'],
  ['ex.com/a#token', 'ex.com/a?[…]'],
  ['https://kim:secret@ex.com/a', 'https://ex.com/a'],
  ['정말요? 네', '정말요? 네'],
  ['정말요?네', '정말요?네'],
];

test.each(CASES)('%j becomes %j', (sample, masked) => {
  expect(maskSample(sample)).toBe(masked);
});

test('a URL keeps neither query nor fragment nor who signs in', () => {
  expect(stripUrl('https://kim:pw@ex.com/a?b=c#d')).toBe('https://ex.com/a');
  expect(stripUrl('ex.com#d?b')).toBe('ex.com');
});

const separators = fc.constantFrom('', ' ', '-', '.', ') ', '--', '\u200b', ' - ');
const digits = fc.array(fc.tuple(fc.constantFrom(...'0123456789'), separators), {
  minLength: 7,
  maxLength: 20,
});
const words = fc.string({ unit: fc.constantFrom(...'가나다 abc?!:/\n') });

test('no run of seven digits is left, however it is spaced out', () => {
  fc.assert(
    fc.property(words, digits, words, (before, run, after) => {
      const text = run.map(([digit, separator]) => digit + separator).join('');
      expect(maskSample(`${before} ${text} ${after}`)).not.toMatch(/[0-9]/);
    }),
  );
});

test('masking twice is the same as once, on any text', () => {
  const parts = fc.constantFrom(
    '010',
    '-1234-',
    '@',
    'a.b',
    '?',
    '#',
    '://',
    'https',
    ' ',
    'x',
    '가',
    ',',
    '5',
  );
  fc.assert(
    fc.property(fc.string({ unit: parts, maxLength: 60 }), (text) => {
      expect(maskSample(maskSample(text))).toBe(maskSample(text));
    }),
    { numRuns: 2000 },
  );
});

test('no text makes masking slow', () => {
  const hostile = ['1', '1 ', 'a@', 'a', 'a.', '@', 'a://', '?', 'x?', '1-', '://a', 'a@a', '1,'].map(
    (part) => part.repeat(Math.floor(4000 / part.length)),
  );
  for (const text of hostile) {
    const begun = performance.now();
    maskSample(text);
    stripUrl(text);
    // Linear or nearly so: a pattern that runs away takes minutes on these.
    expect(performance.now() - begun).toBeLessThan(20_000);
  }
});
