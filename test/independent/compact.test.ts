// The compact form from outside: the published vectors, read by a reader that was written from the document alone.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeCompact } from './compact-reader.ts';
import { parseDiff, parseSnapshot, Refusal } from './list-reader.ts';

type Kind = 'snapshot' | 'diff';
interface Vectors {
  compact: {
    valid: { name: string; kind: Kind; hex: string; csv: string }[];
    invalid: { name: string; kind: Kind; hex: string; reason: string }[];
  };
}

const docs = new URL('../../docs/', import.meta.url);
const text = readFileSync(new URL('vectors/list-format.json', docs), 'utf8');
const { compact } = JSON.parse(text) as Vectors;

it.each(compact.valid)('the compact form gives the CSV: $name', ({ kind, hex, csv }) => {
  expect(decodeCompact(kind, Buffer.from(hex, 'hex'))).toBe(csv);
  (kind === 'snapshot' ? parseSnapshot : parseDiff)(Buffer.from(csv));
});

it.each(compact.invalid)('is not the compact form ($reason): $name', ({ kind, hex, reason }) => {
  let code = 'accepted';
  try {
    decodeCompact(kind, Buffer.from(hex, 'hex'));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    code = error.code;
  }
  expect(code).toBe(reason);
});

it('is decoded in a hundred lines, as the document promises', () => {
  const source = readFileSync(new URL('compact-reader.ts', import.meta.url), 'utf8');
  expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(100);
});

it('has the same known answers in the document and in the vectors', () => {
  const document = readFileSync(new URL('list-format.md', docs), 'utf8').split('## 14.')[1] ?? '';
  const joined = [...document.matchAll(/^\| .* \| (`[0-9a-f` ]+`) \|$/gm)].map(([, hex = '']) =>
    hex.replaceAll(/[` ]/g, ''),
  );
  const known = compact.valid.map(({ hex }) => hex);
  expect(joined.filter((hex) => known.includes(hex))).toHaveLength(4);
});
