// The compact form decoded to its CSV, written from docs/list-format.md §14 alone: nothing of src/ is used here.
import { DIFF_HEADER, Refusal, SNAPSHOT_HEADER } from './list-reader.ts';

const VALUE = /^[A-Za-z0-9+._-]{1,64}$/;
const CATEGORY = /^[a-z_]{1,32}$/;
const DAY = /^(permanent|[0-9]{4}-[0-9]{2}-[0-9]{2})$/;

function demand(holds: boolean, code = 'compact'): asserts holds {
  if (!holds) throw new Refusal(code);
}

class Bytes {
  at = 0;
  readonly all: Uint8Array;
  readonly early: string;
  constructor(all: Uint8Array, early: string) {
    this.all = all;
    this.early = early;
  }
  take(count: number): Uint8Array {
    demand(this.at + count <= this.all.length, this.early);
    this.at += count;
    return this.all.subarray(this.at - count, this.at);
  }
  number(): bigint {
    let number = 0n;
    for (let group = 0n; group < 8n; group++) {
      const byte = this.take(1)[0] as number;
      number |= BigInt(byte & 127) << (7n * group);
      if (byte > 127) continue;
      demand(byte > 0 || group === 0n);
      return number;
    }
    throw new Refusal('compact');
  }
  count(most: number): number {
    const number = this.number();
    demand(number <= BigInt(most));
    return Number(number);
  }
  text(pattern: RegExp): string {
    const end = this.all.indexOf(10, this.at);
    demand(end >= 0);
    const text = Buffer.from(this.take(end - this.at)).toString('latin1');
    this.at++;
    demand(pattern.test(text));
    return text;
  }
}

/** The CSV of a compact snapshot or diff. */
export function decodeCompact(kind: 'snapshot' | 'diff', bytes: Uint8Array): string {
  const input = new Bytes(bytes, 'unfinished');
  const [magic, header, prefixes] =
    kind === 'snapshot' ? ['CHADAN1S', SNAPSHOT_HEADER, ['']] : ['CHADAN1D', DIFF_HEADER, ['-,', '+,']];
  demand(Buffer.from(input.take(8)).toString('latin1') === magic, 'header');
  const rows = [header];
  const state: State = { categories: [], days: [], before: 0n, form: 0 };
  for (const prefix of prefixes) {
    state.form = 0;
    for (let lines = input.count(65_536); lines > 0; lines = input.count(65_536)) {
      const block = new Bytes(input.take(input.count(128 * lines)), 'compact');
      for (const line of blockLines(block, lines, state)) rows.push(prefix + line);
      demand(block.at === block.all.length);
    }
  }
  demand(input.at === bytes.length);
  return `${rows.join('\n')}\n`;
}

type State = { categories: string[]; days: string[]; before: bigint; form: number };

function blockLines(block: Bytes, lines: number, state: State): string[] {
  const { categories, days } = state;
  for (let left = block.count(1024 - categories.length); left > 0; left--)
    categories.push(block.text(CATEGORY));
  for (let left = block.count(65_536 - days.length); left > 0; left--) days.push(block.text(DAY));
  const forms: number[] = [];
  while (forms.length < lines) {
    const form = block.count(31);
    const run = block.count(lines - forms.length);
    demand(form !== 16 && run > 0);
    for (let left = run; left > 0; left--) forms.push(form);
  }
  const values = forms.map((form) => {
    if (form === 0 || state.form === 0 || form < 16 !== state.form < 16) state.before = 0n;
    state.form = form;
    if (form === 0) return '';
    const weight = 10n ** BigInt(15 - (form % 16));
    const digits = state.before / weight + block.number();
    state.before = digits * weight;
    demand(state.before < 10n ** 15n);
    return (form < 16 ? '+' : '') + String(digits).padStart(form % 16, '0');
  });
  for (const [line, form] of forms.entries()) if (form === 0) values[line] = block.text(VALUE);
  const places = forms.map(() => block.count(categories.length - 1));
  return values.map(
    (value, line) => `${value},${categories[places[line] ?? 0]},${days[block.count(days.length - 1)]}`,
  );
}
