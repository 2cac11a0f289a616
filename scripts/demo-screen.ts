// What the demo shows: numbered steps with their times, aligned tables. Colour only on a terminal (NO_COLOR holds).
import { styleText } from 'node:util';

/** A step that failed; its cause says why. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
}

export type Cell = string | number;

type Style = Parameters<typeof styleText>[0];

/** Letters that take two columns of a terminal: Hangul, CJK, full-width forms. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;
const INDENT = '   ';

export class Screen {
  readonly times: { title: string; ms: number }[] = [];
  readonly #write: (text: string) => void;
  readonly #isColoured: boolean;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#write = (text) => void stream.write(text);
    this.#isColoured = stream.isTTY === true && !process.env['NO_COLOR'];
  }

  /** Runs a step under a numbered heading. Throws StepFailure; an AbortError goes through as it is. */
  async step<T>(title: string, korean: string, action: () => Promise<T>): Promise<T> {
    const number = this.times.length + 1;
    this.#write(`\n${this.style('bold', `${number}. ${title}`)}  ${this.style('dim', korean)}\n`);
    const begun = performance.now();
    try {
      return await action();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StepFailure(`step ${number}, ${title}: ${reason}`, { cause });
    } finally {
      this.times.push({ title, ms: performance.now() - begun });
    }
  }

  line(text = ''): void {
    this.#write(text === '' ? '\n' : `${INDENT}${text}\n`);
  }

  heading(text: string): void {
    this.#write(`${this.style('bold', text)}\n`);
  }

  /** A command as it would be typed, and below it what it printed. */
  command(command: string, output: string): void {
    this.line(this.style('cyan', `$ ${command}`));
    for (const line of output.trimEnd().split('\n')) this.line(this.style('dim', line));
  }

  /** Rows under headings; columns of numbers stand right. */
  table(headings: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : cell)));
    const isRight = headings.map(
      (_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'),
    );
    const widths = headings.map((heading, at) =>
      Math.max(widthOf(heading), ...texts.map((row) => widthOf(row[at] ?? ''))),
    );
    const lineOf = (cells: readonly string[]) =>
      cells
        .map((cell, at) => {
          const fill = ' '.repeat((widths[at] ?? 0) - widthOf(cell));
          return isRight[at] ? fill + cell : cell + fill;
        })
        .join('  ')
        .trimEnd();
    this.line(this.style('dim', lineOf(headings)));
    for (const row of texts) this.line(lineOf(row));
  }

  good(text: string): void {
    this.line(this.style('green', text));
  }

  /** What each step took. */
  timings(): void {
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2).padStart(7)} s`;
    const total = this.times.reduce((sum, { ms }) => sum + ms, 0);
    this.table(
      ['step', '   time'],
      [
        ...this.times.map(({ title, ms }, at) => [`${at + 1}. ${title}`, seconds(ms)]),
        ['all', seconds(total)],
      ],
    );
  }

  style(style: Style, text: string): string {
    return this.#isColoured ? styleText(style, text) : text;
  }
}

/** 16012 → 16,012 */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}

function widthOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
