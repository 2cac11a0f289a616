// `chadan reseller`: who may read from the mirror of a directory.
import { open } from 'node:fs/promises';
import { CommandError } from '../client/command.ts';
import { LIST_IDS } from '../list/entry.ts';
import { loadReaders, newReader, saveReaders } from './mirror-readers.ts';
import { ListStore } from './store.ts';
import { Trust } from './trust.ts';
import { withWriterLock } from './writer-lock.ts';

export interface ResellerOptions {
  dir: string;
  name?: string;
  url?: string;
  out?: string;
}

export async function resellerCommand(
  action: 'add' | 'remove' | 'list',
  { dir, name = '', url = '', out = '' }: ResellerOptions,
): Promise<void> {
  if (action === 'add') return addReader(dir, name, url, out);
  if (action === 'remove') return removeReader(dir, name);
  for (const reader of await loadReaders(dir)) process.stdout.write(`${reader.name}\n`);
}

async function addReader(dir: string, name: string, url: string, out: string): Promise<void> {
  if (!/^\S{1,100}$/.test(name)) throw new CommandError('a name has no spaces and at most 100 characters');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || url.endsWith('/'))
    throw new CommandError('--url must be an http(s) URL without / at its end');
  const { rootKey } = await Trust.open(dir);
  const issuer = await issuerOf(dir);
  await withWriterLock(dir, async () => {
    const readers = await loadReaders(dir);
    if (readers.some((reader) => reader.name === name)) throw new CommandError(`${name} is a reader already`);
    const { token, reader } = newReader(name);
    // The file first: a token that nobody holds opens nothing.
    await writePrivately(out, { issuer, rootKey, mirror: { url, token } });
    await saveReaders(dir, [...readers, reader]);
  });
}

async function removeReader(dir: string, name: string): Promise<void> {
  await withWriterLock(dir, async () => {
    const readers = await loadReaders(dir);
    const left = readers.filter((reader) => reader.name !== name);
    if (left.length === readers.length) throw new CommandError(`there is no reader ${name}`);
    if (left.length === 0)
      process.stderr.write('chadan: no reader is left: on loopback the mirror is open to everyone now\n');
    await saveReaders(dir, left);
  });
}

/** Of whom the directory holds lists. */
async function issuerOf(dir: string): Promise<string> {
  for (const list of LIST_IDS) {
    const current = await new ListStore(dir, list).readRecord();
    if (current) return current.record.issuer;
  }
  throw new CommandError(`${dir} holds no list yet: run chadan sync first`);
}

async function writePrivately(file: string, content: object): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      error.code === 'EEXIST' ? `${file} exists already` : `${file} cannot be written (${error.code})`,
    );
  });
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
