// `chadan export`: a list as a plain file, to stdout or replacing a file atomically: a gateway that reads the
// file meanwhile sees the old one or the new one.
import { randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CommandError } from '../client/command.ts';
import type { ListId } from '../list/entry.ts';
import { formatSenderNumber } from '../list/sender-number.ts';
import { FileSink, syncDirectory } from './durable-file.ts';
import { openRelay, type Relay } from './relay.ts';
import { TextOutput } from './text-output.ts';

export type ExportFormat = 'csv' | 'e164' | 'national';

export interface ExportOptions {
  dir: string;
  list: ListId;
  format: ExportFormat;
  out?: string;
}

export async function exportCommand({ dir, list, format, out }: ExportOptions): Promise<void> {
  if (list !== 'sender-numbers' && format !== 'csv') {
    throw new CommandError(`${list} holds no numbers: only --format csv fits`);
  }
  const relay = await openRelay({ dir, lists: [list] });
  if (out !== undefined) return writeFileAtomically(resolve(out), exportList(relay, list, format));
  const output = new TextOutput(process.stdout);
  for (const chunk of exportList(relay, list, format)) await output.write(chunk);
  await output.end();
}

/** The list in a format, in pieces. Throws SyncError where it is not held or damaged. */
export function* exportList(relay: Relay, list: ListId, format: ExportFormat): Generator<string> {
  if (format === 'csv') {
    for (const chunk of relay.snapshot(list)) yield Buffer.from(chunk).toString('latin1');
    return;
  }
  for (const line of relay.sortedLines(list)) {
    const value = line.slice(0, line.indexOf(','));
    yield `${format === 'national' ? nationalForm(value) : value}\n`;
  }
}

/** As dialled in Korea, without dashes; what is not Korean has no such form. */
function nationalForm(value: string): string {
  return value.startsWith('+82') ? formatSenderNumber(value).replace(/[^0-9]/g, '') : value;
}

async function writeFileAtomically(path: string, chunks: Iterable<string>): Promise<void> {
  const sink = await FileSink.create(`${path}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    let pending = '';
    for (const chunk of chunks) {
      pending += chunk;
      if (pending.length < 1 << 16) continue;
      await sink.write(Buffer.from(pending, 'latin1'));
      pending = '';
    }
    await sink.write(Buffer.from(pending, 'latin1'));
    await sink.finish();
    await rename(sink.path, path);
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await syncDirectory(dirname(path));
}
