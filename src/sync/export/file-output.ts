// An export as a file: a gateway that reads it meanwhile sees the old one or the new one, whole.
import { randomBytes } from 'node:crypto';
import { rename, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileSink, syncDirectory } from '../durable-file.ts';

const FLUSH_CHARS = 1 << 16;

/** Replaces a file atomically and durably. A failure leaves the old one. */
export async function writeFileAtomically(path: string, texts: Iterable<string>): Promise<void> {
  const sink = await FileSink.create(`${path}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    for (const chunk of gathered(texts)) await sink.write(Buffer.from(chunk, 'latin1'));
    await sink.finish();
    await makeNewer(sink.path, path);
    await rename(sink.path, path);
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** The texts joined to pieces of about 64 KiB. */
export function* gathered(texts: Iterable<string>): Generator<string> {
  let pending = '';
  for (const text of texts) {
    pending += text;
    if (pending.length < FLUSH_CHARS) continue;
    yield pending;
    pending = '';
  }
  if (pending !== '') yield pending;
}

/** Readers such as Kamailio's db_text compare whole seconds: a file of the same second they would take for read. */
async function makeNewer(path: string, than: string): Promise<void> {
  const [written, replaced] = await Promise.all([stat(path), stat(than).catch(whereMissing)]);
  if (!replaced) return;
  const least = Math.floor(replaced.mtimeMs / 1000) + 1;
  if (written.mtimeMs / 1000 < least) await utimes(path, least, least);
}

function whereMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
