import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../bench/candidate-faults.ts';
import { CandidateFile } from '../../bench/candidate-file.ts';
import { DEFAULT_ORIGINATOR_CODE_PATTERN } from '../../src/list/originator-code.ts';
import { readCsvRows } from '../../src/submit/csv-rows.ts';
import { RowRules } from '../../src/submit/row-rules.ts';

describe('a generated candidate file', () => {
  it('is judged by the rules of submission exactly as it says', async () => {
    const wanted: string[] = [];
    const file = new CandidateFile({
      rows: 20_000,
      seed: 5,
      onAccepted: (type, value) => wanted.push(`${type} ${value}`),
    });
    const rules = new RowRules(DEFAULT_ORIGINATOR_CODE_PATTERN, new Date());
    const seen = new Set<string>();
    const answer = { received: 0, accepted: 0, invalid: 0, duplicates: 0, invalidRows: [] as number[] };
    const faults: Record<string, number> = {};
    for await (const rows of readCsvRows(bytesOf(file))) {
      for (const row of rows) {
        answer.received++;
        const judged = row.ok ? rules.judge(row.fields) : row;
        if (!judged.ok) {
          answer.invalid++;
          answer.invalidRows.push(answer.received);
          faults[judged.fault.code] = (faults[judged.fault.code] ?? 0) + 1;
          continue;
        }
        const { listId, value } = judged.row;
        const line = `${listId === 'sender-numbers' ? 'sender_number' : 'originator_code'} ${value}`;
        if (seen.has(line)) answer.duplicates++;
        else answer.accepted++;
        seen.add(line);
      }
    }
    expect({ ...answer, faults }).toEqual(file.expected);
    expect([...seen]).toEqual(wanted);
    expect(Object.keys(faults).sort()).toEqual([...new Set(FAULTS.map(({ code }) => code))].sort());
    expect(answer.duplicates).toBeGreaterThan(500);
  });

  it('is the same for the same seed and day, and another one for another seed', async () => {
    const day = '2026-11-20';
    const one = await textOf(new CandidateFile({ rows: 400, seed: 1, day }));
    expect(await textOf(new CandidateFile({ rows: 400, seed: 1, day }))).toBe(one);
    expect(await textOf(new CandidateFile({ rows: 400, seed: 2, day }))).not.toBe(one);
  });
});

async function* bytesOf(file: CandidateFile): AsyncGenerator<Buffer> {
  for await (const chunk of file.chunks()) yield Buffer.from(chunk);
}

async function textOf(file: CandidateFile): Promise<string> {
  let text = '';
  for await (const chunk of file.chunks()) text += chunk;
  return text;
}
