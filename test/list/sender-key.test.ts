import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineCodec } from '../../src/list/line-codec.ts';
import { SenderKey } from '../../src/list/sender-key.ts';
import { parseSenderNumber } from '../../src/list/sender-number.ts';
import { ListTree } from '../../src/list/tree.ts';
import { runs } from './series.ts';

const key = new SenderKey();
const codec = new LineCodec();

/** That what the key reads is what the parser reads. Gives back whether it read it. */
function agrees(text: string): boolean {
  if (!key.read(text)) return false;
  const parsed = parseSenderNumber(text);
  const { value } = key;
  if (!parsed.ok || parsed.value !== value) throw new Error(`${text} was read as ${value}`);
  codec.find(value);
  const { high, low, hash } = key;
  if (high !== codec.high || low !== codec.low || hash !== codec.hash) throw new Error(`not ${value}`);
  return true;
}

describe('the key of a sender', () => {
  const digits = (least: number, most: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });

  it('is what the parser gives, of any beginning and length', () => {
    fc.assert(
      fc.property(digits(20, 20), digits(20, 20), (one, other) => {
        let read = 0;
        // Two of each beginning: what was judged of the first holds for the second.
        for (let four = 0; four < 10_000; four++)
          for (let length = 7; length <= 12; length++)
            for (const lead of ['', '0', '+82', '+820'])
              for (const rest of [one, other]) {
                const national = String(four).padStart(4, '0') + rest.slice(0, length - 4);
                if (agrees(lead + national)) read++;
              }
        expect(read).toBeGreaterThan(1000);
      }),
      { numRuns: 2 },
    );
  });

  it('is what the parser gives, of any text', () => {
    const units = fc.constantFrom(...'0123456789', ...'0182+-. ', '(', '０', 'a', '*');
    const text = fc.tuple(
      fc.constantFrom(
        '',
        '0',
        '+82',
        '82',
        '00',
        '0-',
        '+82-',
        '+82 (0)',
        '1',
        'tel:',
        '+820',
        '010-',
        '02-',
      ),
      fc.string({ unit: units, maxLength: 22 }),
    );
    fc.assert(
      fc.property(text, (parts) => void agrees(parts.join(''))),
      runs(20_000),
    );
  });

  it('is read of numbers as most are spelt', () => {
    fc.assert(
      fc.property(digits(7, 7), (rest) => {
        const [a, b] = [rest.slice(0, 3), rest.slice(3)];
        const mobile = [
          `0102${rest}`,
          `010-2${a}-${b}`,
          `010 2${a} ${b}`,
          `+82102${rest}`,
          `+82-10-2${a}-${b}`,
        ];
        const others = [
          `022${rest}`,
          `031-2${a}-${b}`,
          `0702${rest}`,
          `1588${b}`,
          `1588-${b}`,
          `+821588${b}`,
        ];
        for (const text of [...mobile, ...others]) expect([text, agrees(text)]).toEqual([text, true]);
      }),
      runs(100),
    );
  });

  it('finds in a list what its value finds', () => {
    const value = digits(4, 4).map((four) => `+82102000${four}`);
    fc.assert(
      fc.property(fc.uniqueArray(value), value, (listed, other) => {
        const tree = ListTree.fromLines(listed.map((one) => `${one},gambling,2027-02-21`));
        for (const one of [...listed, other]) {
          expect(key.read(`0${one.slice(3)}`)).toBe(true);
          expect(tree.getByKey(key)).toEqual(tree.get(one));
        }
      }),
      runs(100),
    );
  });
});
