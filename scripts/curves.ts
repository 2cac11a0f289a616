// tsx scripts/curves.ts FILE: draws docs/curves.svg from a line of `npm run bench -- curves --json`, and writes its
// figures into docs/measurements.md between the marks. `npm run curves` measures and draws.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CurvePoint } from '../bench/curves.ts';
import type { Result } from '../bench/result.ts';

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url));
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 420, 70, 170, 40, 50];
const SERIES = [
  { name: 'fresh list', key: 'freshMs', colour: '#c2410c' },
  { name: 'publication', key: 'publishMs', colour: '#2563eb' },
  { name: 'diff', key: 'diffMs', colour: '#0f9d76' },
] as const;

const file = process.argv[2];
if (file === undefined) throw new Error('usage: tsx scripts/curves.ts FILE');
const line = readFileSync(file, 'utf8')
  .split('\n')
  .find((text) => text.startsWith('{"id":"curves"'));
if (line === undefined) throw new Error(`${file} has no line of the bench "curves"`);
const points = (JSON.parse(line) as Result).details['points'] as CurvePoint[];
writeFileSync(`${DOCS}curves.svg`, draw(points));
fillTable(points);

function draw(drawn: readonly CurvePoint[]): string {
  const times = drawn.flatMap((point) => SERIES.map(({ key }) => point[key]));
  const decades = [Math.floor(Math.log10(Math.min(...times))), Math.ceil(Math.log10(Math.max(...times)))];
  const [low = 0, high = 1] = decades;
  const first = Math.log10(drawn[0]?.entries ?? 1);
  const last = Math.log10(drawn.at(-1)?.entries ?? 10);
  const x = (entries: number) =>
    LEFT + ((Math.log10(entries) - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = (ms: number) =>
    HEIGHT - BOTTOM - ((Math.log10(ms) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [];
  for (let decade = low; decade <= high; decade++) {
    const at = y(10 ** decade);
    parts.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>`);
    parts.push(`<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${duration(10 ** decade)}</text>`);
  }
  for (const { entries } of drawn)
    parts.push(
      `<text x="${x(entries)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${entries.toLocaleString('en')}</text>`,
    );
  for (const { name, key, colour } of SERIES) {
    const path = drawn.map((point) => `${x(point.entries)},${y(point[key])}`).join(' ');
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2.5"/>`);
    for (const point of drawn)
      parts.push(`<circle cx="${x(point.entries)}" cy="${y(point[key])}" r="4" fill="${colour}"/>`);
    const end = drawn.at(-1);
    if (end)
      parts.push(
        `<text x="${x(end.entries) + 12}" y="${y(end[key]) + 4}" style="fill:${colour};font-weight:600">${name} ${duration(end[key])}</text>`,
      );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Time of a publication of 1,000 changes, of its diff and of a fresh list, by the entries of the list">
<style>text{font:13px system-ui,sans-serif;fill:#57606a}.grid{stroke:#8c959f;stroke-opacity:.35}.title{font-weight:600}
@media (prefers-color-scheme:dark){text{fill:#adb5bd}}</style>
<text class="title" x="${LEFT}" y="22">1,000 changes on a list of any size</text>
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">entries of the list</text>
${parts.join('\n')}
</svg>
`;
}

function duration(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(2))} ms` : `${Number((ms / 1000).toPrecision(2))} s`;
}

function fillTable(drawn: readonly CurvePoint[]): void {
  const path = `${DOCS}measurements.md`;
  const rows = drawn.map(
    (point) =>
      `| ${point.entries.toLocaleString('en')} | ${point.publishMs} | ${point.diffMs} | ${point.diffBytes} | ${point.freshMs} |`,
  );
  const table = [
    `Measured ${new Date().toISOString().slice(0, 10)}.`,
    '',
    '| entries | publication, ms | diff, ms | diff, bytes | fresh list, ms |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
  const marks = /(<!-- curves -->\n)[\s\S]*?(\n<!-- \/curves -->)/;
  const text = readFileSync(path, 'utf8');
  if (!marks.test(text)) throw new Error(`${path} has no place for the curves`);
  writeFileSync(
    path,
    text.replace(marks, (_, begin: string, end: string) => `${begin}${table}${end}`),
  );
}
