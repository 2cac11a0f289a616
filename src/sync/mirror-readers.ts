// Who may read from a mirror: names and hashes of tokens in a file of the directory. A token is shown once, when it is
// made, and is nowhere kept.
import { createHash, randomBytes } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './durable-file.ts';

export interface MirrorReader {
  name: string;
  /** SHA-256 of the token, hex. */
  tokenHash: string;
}

const FILE = 'mirror-readers.txt';
const LOOK_EVERY_MS = 1000;

/** The readers in a directory; a line that is none is left out. Throws the system's errors. */
export async function loadReaders(directory: string): Promise<MirrorReader[]> {
  let text: string;
  try {
    text = await readFile(join(directory, FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    const [, tokenHash, name] = /^([0-9a-f]{64}) (\S{1,100})$/.exec(line.trim()) ?? [];
    return tokenHash !== undefined && name !== undefined ? [{ name, tokenHash }] : [];
  });
}

export async function saveReaders(directory: string, readers: readonly MirrorReader[]): Promise<void> {
  const lines = readers.map(({ name, tokenHash }) => `${tokenHash} ${name}\n`);
  await replaceFile(join(directory, FILE), lines.join(''));
}

/** A new token and what is kept of it. */
export function newReader(name: string): { token: string; reader: MirrorReader } {
  const token = randomBytes(32).toString('base64url');
  return { token, reader: { name, tokenHash: hashToken(token) } };
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The readers of a running mirror, read again when the file changes. */
export class MirrorDoor {
  readonly #directory: string;
  readonly #warn: (message: string) => void;
  #names = new Map<string, string>();
  readonly #onChange = () => void this.#load();

  constructor(directory: string, warn: (message: string) => void) {
    this.#directory = directory;
    this.#warn = warn;
  }

  async open(): Promise<void> {
    await this.#load();
    watchFile(join(this.#directory, FILE), { interval: LOOK_EVERY_MS, persistent: false }, this.#onChange);
  }

  close(): void {
    unwatchFile(join(this.#directory, FILE), this.#onChange);
  }

  /** Nobody is named, so nobody needs a token: for loopback alone. */
  get isOpen(): boolean {
    return this.#names.size === 0;
  }

  /** The name of who may enter with this Authorization header; undefined for who may not. */
  nameOf(authorization: string | undefined): string | undefined {
    if (this.isOpen) return 'anyone';
    const token = /^Bearer ([\w.~+/-]{1,512}=*)$/i.exec(authorization ?? '')?.[1];
    return token === undefined ? undefined : this.#names.get(hashToken(token));
  }

  async #load(): Promise<void> {
    try {
      const readers = await loadReaders(this.#directory);
      this.#names = new Map(readers.map(({ name, tokenHash }) => [tokenHash, name]));
    } catch (error) {
      // Whoever may read goes on; nobody is let in by accident.
      this.#warn(`the readers of the mirror cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
}
