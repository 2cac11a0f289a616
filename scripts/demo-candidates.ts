// The candidate file that the demo hands in, generated or given, and what is known of the right answer to it.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CandidateFile } from '../bench/candidate-file.ts';

/** What is known of the right answer; a field that is absent is not known. */
export interface Truth {
  received?: number;
  accepted?: number;
  invalid?: number;
  duplicates?: number;
  invalidRows?: number[];
  /** Refused rows by code. */
  faults?: Record<string, number>;
  /** SHA-256 over the sorted lines `type value` of what was accepted. */
  valuesSha256?: string;
}

export interface Candidates {
  path: string;
  name: string;
  /** Undefined where nothing is known. */
  truth: Truth | undefined;
  /** Where the truth comes from, in words. */
  origin: string;
}

/** Generates a file of this many rows. */
export async function generateCandidates(directory: string, rows: number, seed: number): Promise<Candidates> {
  const path = join(directory, 'candidates.csv');
  const values: string[] = [];
  const file = new CandidateFile({
    rows,
    seed,
    onAccepted: (type, value) => values.push(`${type} ${value}`),
  });
  await pipeline(Readable.from(file.chunks()), createWriteStream(path));
  const truth = { ...file.expected, valuesSha256: hashValues(values) };
  return { path, name: basename(path), truth, origin: 'known from how the file was made' };
}

/** A given file; `FILE.expected.json` beside `FILE.csv` holds its truth, if there is one. */
export async function openCandidates(path: string): Promise<Candidates> {
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`, {
      cause,
    });
  });
  const beside = `${path.replace(/\.csv$/i, '')}.expected.json`;
  const text = await readFile(beside, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const origin =
    text === undefined ? `there is no ${basename(beside)} beside it` : `from ${basename(beside)}`;
  return {
    path,
    name: basename(path),
    truth: text === undefined ? undefined : readTruth(text, beside),
    origin,
  };
}

function readTruth(text: string, source: string): Truth {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${source} is not JSON`, { cause });
  }
  const truth = (parsed ?? {}) as Truth;
  if (typeof truth.received !== 'number')
    throw new Error(`${source} does not say how many rows are to be received`);
  return truth;
}

/** SHA-256 over lines of `type value`, sorted, each ended by one `\n`. */
export function hashValues(lines: readonly string[]): string {
  const hash = createHash('sha256');
  for (const line of [...lines].sort()) hash.update(`${line}\n`);
  return hash.digest('hex');
}
