import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const sorted = (codes: Iterable<string>) => [...new Set(codes)].sort();
const found = (paths: readonly string[], pattern: RegExp) =>
  paths.flatMap((path) => [...read(path).matchAll(pattern)].map((match) => match[1] ?? ''));

/** The codes in the first column of the table below a heading. */
function tabled(heading: string): string[] {
  const section =
    read('docs/carrier.md')
      .split(/^## /m)
      .find((text) => text.startsWith(heading)) ?? '';
  const cells = [...section.matchAll(/^\| (`[^|]+`) \|/gm)].map((match) => match[1] ?? '');
  return sorted(cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map((match) => match[1] ?? '')));
}

test('the page for carriers explains every code that refuses a row, and no other', () => {
  const rules = ['row-rules', 'field-reader', 'evidence'].map((name) => `src/submit/${name}.ts`);
  const codes = [
    ...found(['src/list/sender-number.ts', 'src/list/originator-code.ts'], /^ {2}([a-z_]+): ['`]/gm),
    ...found(rules, /'((?:missing|unknown|invalid|seen|text|too)_[a-z_]+)'/g),
    ...found(['src/submit/csv-rows.ts', 'src/submit/ndjson-rows.ts'], /fault: \{ code: '([a-z_]+)'/g),
  ];
  expect(tabled('When a row is refused')).toEqual(sorted(codes));
});

test('the page for carriers explains every code that refuses a whole submission, and no other', () => {
  const names = ['storing', 'staging-transaction', 'body-pieces', 'csv-rows', 'ndjson-rows'];
  const paths = names.map((name) => `src/submit/${name}.ts`);
  const http = ['src/http/content-coding.ts', 'src/http/request-body.ts'];
  const codes = found([...paths, ...http], /new Problem\(\s*'([a-z_]+)'/g);
  expect(tabled('When the whole body is refused')).toEqual(sorted(codes));
});
