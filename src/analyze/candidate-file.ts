// Candidates as the CSV that `chadan submit` takes: most reported first, equal ones by value. A file is either
// whole or not there. Samples are masked here already, for the file may lie about before it is handed in.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CommandError } from '../client/command.ts';
import { maskSample } from '../list/masking.ts';
import type { ReportDatabase, Row } from './report-database.ts';

const HEADER =
  'type,value,category,reports,reporters,firstSeen,lastSeen,source,callbackNumber,relay,sample,reportIds,note\n';
const MAX_SAMPLE = 500;
const FLUSH_CHARS = 1 << 16;

/** Writes the table `candidate` to a file, atomically, or to stdout. Throws CommandError. */
export async function writeCandidates(db: ReportDatabase, out: string | undefined): Promise<void> {
  if (out === undefined) {
    await writeLines(db, process.stdout);
    return;
  }
  const beside = `${out}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const stream = createWriteStream(beside, { flags: 'wx', mode: 0o600 });
    await once(stream, 'open');
    await writeLines(db, stream);
    stream.end();
    await finished(stream);
    await syncFile(beside);
    await rename(beside, out);
  } catch (error) {
    await rm(beside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`${out}: it cannot be written (${code ?? 'failed'})`, 1, { cause: error });
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeLines(db: ReportDatabase, stream: Writable): Promise<void> {
  let text = HEADER;
  for await (const row of db.stream('SELECT * FROM candidate ORDER BY reports DESC, value')) {
    text += candidateLine(row);
    if (text.length < FLUSH_CHARS) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  if (!stream.write(text)) await once(stream, 'drain');
}

function candidateLine(row: Row): string {
  const cells = [
    ...['sender_number', row['value'], row['category'], row['reports'], row['reporters']],
    ...[row['first_seen'], row['last_seen'], 'report', row['callbacks'], row['relay']],
    ...[maskedSample(row['sample']), row['report_ids'], textNote(row)],
  ];
  return `${cells.map((cell) => quote(cell === null || cell === undefined ? '' : String(cell))).join(',')}\n`;
}

/** A message as it may be shown: masked first, so that a cut never leaves half of what is masked. */
export function maskedSample(message: unknown): string {
  if (typeof message !== 'string') return '';
  return Array.from(maskSample(message)).slice(0, MAX_SAMPLE).join('');
}

function textNote(row: Row): string {
  if (row['text'] === null) return '';
  const { text, text_own: own, text_reports: reports, text_senders: senders } = row;
  return `largest text group ${text}: ${own} of this number's reports; ${reports} reports from ${senders} senders in all`;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
