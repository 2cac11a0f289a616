// format §10: the answers that every implementation must give, here by the tree, by the definition and by proofs.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf, extendChain, startChain } from '../../src/list/digest.ts';
import { ListTree } from '../../src/list/tree.ts';
import { hashValue } from '../../src/list/value-hash.ts';
import { series, snapshotOf } from './series.ts';

const one = '+821087654321,gambling,2027-02-21';
const four = [
  '+14155550123,drugs,permanent',
  one,
  '+8215881234,illegal_loan,2027-11-22',
  '+827088887777,adult,2027-11-22',
];
const digestOfOne = 'c9a7abb28f1474a520af0893d9fa9f5dda8af8643aa571a8b3658a6aa74afd6c';
const digestOfFour = 'f6ca78d90ff507f4d5acf1216b3e281113092e29307f67a2f2ed258a5f16c172';

const digests: [name: string, lines: string[], digest: string][] = [
  ['no line', [], '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['one line', [one], digestOfOne],
  ['four lines', four, digestOfFour],
  [
    'an originator code',
    ['123456789,gambling,permanent'],
    'e3016d0564dbd58acdc177b349f48867ec12df0d92bf4aaee09322fe7e652390',
  ],
  ['series(64)', series(64), '47d119fb736725c1f09c15170642954341301bc42c419643b73a9ef6d1f3a306'],
  ['series(65)', series(65), '0a09c7292d8b8e8c6d7c0c7b0b13026cb9d4d24dcb5a7105a2e4e3c5f850058f'],
  ['series(1000)', series(1000), 'fb12f1cf59fd2e3ece733cd2ec75145e460f1a072517cd348773724fd71e51eb'],
  ['series(100000)', series(100_000), '30b45aee9d0946de616ddfdd9ea2624daf162d215275acd54582e030d7ae464d'],
];

describe('the known answers of the format', () => {
  it.each(digests)('the digest of %s is as published, however it is reached', (_, lines, digest) => {
    const sorted = [...lines].sort();
    expect(digestOf(lines)).toBe(digest);
    expect(ListTree.fromLines(lines).digest()).toBe(digest);
    expect(ListTree.fromSnapshot(snapshotOf(sorted)).digest()).toBe(digest);
  });

  it.each([
    ['+821087654321', 0x7ed67fd6],
    ['+14155550123', 0xa7300959],
    ['+8215881234', 0x03e4c00b],
    ['+827088887777', 0xa9c48e39],
    ['123456789', 0x44ae166b],
  ])('the hash of %s is as published', (value, hash) => {
    expect(hashValue(value)).toBe(hash);
  });

  it('the chain is as published', () => {
    const start = startChain('7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44');
    expect(start).toBe('eb928ef91580b37ce2ed8c473e10b12a35cbc8ab8513a9071bee4aca9fa8edd3');
    const first = extendChain(start, digestOfOne);
    expect(first).toBe('c6eb580a34514a39e40e7d8ae86afc96382da79554997b4c230fbf83c26652c5');
    expect(extendChain(first, digestOfFour)).toBe(
      '082255903494d98d822acc8f93e2591e32858e8384f9c0e8e1809a6f753cb5fb',
    );
  });

  it('the digest of a list of at most 64 lines is a checksum anyone can take of the snapshot', () => {
    const lines = series(64).sort();
    const withoutHeader = snapshotOf(lines).subarray('value,category,until\n'.length);
    expect(createHash('sha256').update('\0').update(withoutHeader).digest('hex')).toBe(digestOf(lines));
  });
});
