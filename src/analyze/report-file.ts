// A report file made ready for reading: found, in UTF-8, its header known. Korean agencies' files often are in
// CP949; those are converted beside, in the private directory of this run.
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import iconv from 'iconv-lite';
import { CommandError } from '../client/command.ts';
import { type ReportHeader, readHeader, type SenderColumn } from './report-columns.ts';

/** CP949 has all of EUC-KR, and the syllables that it lacks; the platform's TextDecoder knows EUC-KR alone. */
export type Encoding = 'utf-8' | 'cp949';

export interface ReportFile extends ReportHeader {
  /** As the user gave it. */
  name: string;
  /** Readable by the engine: a path without any letter that means something to it. */
  path: string;
  encoding: Encoding;
}

const LOOK_BYTES = 1 << 20;

export interface PrepareOptions {
  directory: string;
  sender: SenderColumn;
  /** Undefined: found out from the first megabyte. */
  encoding: Encoding | undefined;
}

/** Makes the file with this number ready. Throws CommandError. */
export async function prepareReportFile(
  name: string,
  number: number,
  { directory, sender, encoding: stated }: PrepareOptions,
): Promise<ReportFile> {
  const start = await readStart(name);
  const encoding = stated ?? detectEncoding(start, name);
  const header = readHeader(decodeStart(start, encoding), name, sender);
  const path = join(directory, `reports-${number}.csv`);
  if (encoding === 'utf-8') await symlink(await realpath(name), path);
  else await convert(name, path);
  return { ...header, name, path, encoding };
}

async function readStart(name: string): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(name, 'r');
    const found = await handle.stat();
    if (!found.isFile()) throw new CommandError(`${name}: not a regular file, which is needed here`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOOK_BYTES), 0, LOOK_BYTES, 0);
    if (bytesRead === 0) throw new CommandError(`${name}: the file is empty`);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new CommandError(`${name}: ${reason}`, 1, { cause: error });
  } finally {
    await handle?.close();
  }
}

/** UTF-8 where the beginning is, otherwise CP949; what is neither is refused with advice. */
function detectEncoding(start: Buffer, name: string): Encoding {
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)) {
    throw new CommandError(`${name}: this is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)`);
  }
  if (start.includes(0)) throw new CommandError(`${name}: this is no text file; a CSV is needed`);
  return isUtf8Start(start) || !isCp949Start(start) ? 'utf-8' : 'cp949';
}

function isUtf8Start(start: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function isCp949Start(start: Buffer): boolean {
  return !decodeStart(start, 'cp949').includes('\ufffd');
}

/** A letter that the end cuts in two is left out. */
function decodeStart(start: Buffer, encoding: Encoding): string {
  return encoding === 'utf-8'
    ? new TextDecoder('utf-8').decode(start, { stream: true })
    : iconv.getDecoder(encoding).write(start);
}

async function convert(from: string, to: string): Promise<void> {
  const source = createReadStream(from, { highWaterMark: LOOK_BYTES });
  await pipeline(source, iconv.decodeStream('cp949'), createWriteStream(to, { flags: 'wx', mode: 0o600 }));
}
