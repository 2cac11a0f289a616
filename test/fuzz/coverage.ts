// Which operations were asked how often, and what they answered.
import type { OperationId } from '../../src/http/handler.ts';

export class Coverage {
  readonly #counts = new Map<string, Map<number, number>>();

  count(operation: OperationId | 'none', status: number): void {
    const row = this.#counts.get(operation) ?? new Map<number, number>();
    this.#counts.set(operation, row);
    row.set(status, (row.get(status) ?? 0) + 1);
  }

  has(operation: OperationId, test: (status: number) => boolean): boolean {
    return [...(this.#counts.get(operation)?.keys() ?? [])].some(test);
  }

  /** Answers by status over all operations. */
  total(test: (status: number) => boolean): number {
    let sum = 0;
    for (const row of this.#counts.values()) for (const [status, n] of row) if (test(status)) sum += n;
    return sum;
  }

  /** A line an operation, a column a status; 0 stands for a connection that ended without an answer. */
  table(): string {
    const statuses = [...new Set([...this.#counts.values()].flatMap((row) => [...row.keys()]))].sort(
      (a, b) => a - b,
    );
    const line = (name: string, cells: (string | number)[]) =>
      `${name.padEnd(32)}${cells.map((cell) => String(cell).padStart(6)).join('')}\n`;
    const rows = [...this.#counts].sort(([a], [b]) => a.localeCompare(b));
    const body = rows.map(([name, row]) =>
      line(
        name,
        statuses.map((status) => row.get(status) ?? '·'),
      ),
    );
    return [line('operation', statuses), ...body].join('');
  }
}
