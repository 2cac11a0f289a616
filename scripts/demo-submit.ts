// Step "submit": hands the file in with the carrier's own command, and holds the answer against what is known.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { readPages, type Schemas } from './demo-api.ts';
import { type Candidates, hashValues, type Truth } from './demo-candidates.ts';
import type { Party } from './demo-exchange.ts';
import { count, type Screen } from './demo-screen.ts';

const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const SOME_ROWS_INVALID = 2;
const SHOWN_CODES = 8;

/** Runs `chadan submit` and gives back the submission. */
export async function submitFile(
  screen: Screen,
  carrier: Party,
  { path, name }: Candidates,
  signal: AbortSignal,
): Promise<Schemas['Submission']> {
  const { code, output } = await runCommand(['submit', path, '--credentials', carrier.file], signal);
  screen.command(`chadan submit ${name} --credentials ${basename(carrier.file)}`, output);
  if (code !== 0 && code !== SOME_ROWS_INVALID) throw new Error(`chadan submit ended with exit code ${code}`);
  const id = /^submission (\S+)$/m.exec(output)?.[1];
  if (id === undefined) throw new Error('chadan submit did not say which submission it made');
  return carrier.client.requestJson<Schemas['Submission']>(`/v1/submissions/${id}`);
}

/** The command in a process of its own, as a carrier runs it; a progress bar goes to the terminal as it is. */
async function runCommand(
  words: string[],
  signal: AbortSignal,
): Promise<{ code: number | null; output: string }> {
  const loader = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--import', loader, CLI, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(pieces).toString('utf8') };
}

/** Shows why rows were refused: each code, how often, an example, and what to do about it. */
export async function showErrors(
  screen: Screen,
  carrier: Party,
  submissionId: string,
): Promise<Schemas['SubmissionError'][]> {
  const errors = await readPages<Schemas['SubmissionError']>(
    carrier.client,
    `/v1/submissions/${submissionId}/errors`,
  );
  if (errors.length === 0) return errors;
  const codes = new Map<string, { rows: number; example: Schemas['SubmissionError'] }>();
  for (const error of errors) {
    const known = codes.get(error.code);
    codes.set(error.code, { rows: (known?.rows ?? 0) + 1, example: known?.example ?? error });
  }
  const most = [...codes].sort(([, a], [, b]) => b.rows - a.rows);
  screen.line();
  screen.line('Rows that were refused, by reason; none of them stopped a good one:');
  screen.table(
    ['rows', 'code', 'first in row', 'value', 'what it says'],
    most
      .slice(0, SHOWN_CODES)
      .map(([code, { rows, example }]) => [rows, code, example.row, shorten(example.value), example.detail]),
  );
  if (most.length > SHOWN_CODES) screen.line(`… and ${most.length - SHOWN_CODES} more reasons`);
  return errors;
}

/** Holds the answer of the exchange against the truth, shows both, and gives back what differs. */
export async function compareWithTruth(
  screen: Screen,
  carrier: Party,
  submission: Schemas['Submission'],
  errors: readonly Schemas['SubmissionError'][],
  { truth, origin }: Candidates,
): Promise<string[]> {
  screen.line();
  if (truth === undefined) {
    screen.line(`The right answer is not known (${origin}): nothing to compare with.`);
    return [];
  }
  const answer = await answerOf(carrier, submission, errors);
  screen.line(`The right answer, ${origin}, beside that of the exchange:`);
  const rows = QUESTIONS.filter(({ key }) => truth[key] !== undefined).map(({ key, title, shown }) => {
    const isEqual = isDeepStrictEqual(truth[key], answer[key]);
    return { title, cells: [title, shown(truth), shown(answer), isEqual ? 'equal' : 'NOT EQUAL'], isEqual };
  });
  screen.table(
    ['', 'expected', 'exchange', ''],
    rows.map(({ cells }) => cells),
  );
  return rows.filter(({ isEqual }) => !isEqual).map(({ title }) => title);
}

const QUESTIONS: readonly { key: keyof Truth; title: string; shown: (truth: Truth) => string }[] = [
  { key: 'received', title: 'received', shown: ({ received = 0 }) => count(received) },
  { key: 'accepted', title: 'accepted', shown: ({ accepted = 0 }) => count(accepted) },
  { key: 'invalid', title: 'invalid', shown: ({ invalid = 0 }) => count(invalid) },
  { key: 'duplicates', title: 'duplicates', shown: ({ duplicates = 0 }) => count(duplicates) },
  {
    key: 'invalidRows',
    title: 'which rows are invalid',
    shown: ({ invalidRows = [] }) => `${count(invalidRows.length)} row numbers`,
  },
  {
    key: 'faults',
    title: 'and why',
    shown: ({ faults = {} }) => `${count(Object.keys(faults).length)} codes`,
  },
  {
    key: 'valuesSha256',
    title: 'accepted values, SHA-256',
    shown: ({ valuesSha256 = '' }) => valuesSha256.slice(0, 12),
  },
];

async function answerOf(
  carrier: Party,
  submission: Schemas['Submission'],
  errors: readonly Schemas['SubmissionError'][],
): Promise<Truth> {
  const { received, accepted, invalid, duplicates } = submission;
  const candidates = await readPages<Schemas['Candidate']>(
    carrier.client,
    `/v1/submissions/${submission.id}/candidates`,
  );
  const faults: Record<string, number> = {};
  for (const { code } of errors) faults[code] = (faults[code] ?? 0) + 1;
  return {
    received,
    accepted,
    invalid,
    duplicates,
    invalidRows: errors.map(({ row }) => row).sort((a, b) => a - b),
    faults,
    valuesSha256: hashValues(candidates.map(({ type, value }) => `${type} ${value}`)),
  };
}

function shorten(text: string): string {
  if (text.trim() === '') return '(empty)';
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
