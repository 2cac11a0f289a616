// An operator's own exceptions from a list: plain files of values beside it, read again when they change. They
// decide over the list in look-ups alone; nothing of them enters what was signed, or leaves this machine.

import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListId } from '../list/entry.ts';

export type ExceptionKind = 'allow' | 'deny';

export interface ExceptionsOptions {
  directory: string;
  list: ListId;
  /** The canonical value of a text, undefined where it is none. */
  read: (text: string) => string | undefined;
  /** Told of what cannot be read. */
  warn: (message: string) => void;
}

const KINDS: readonly ExceptionKind[] = ['allow', 'deny'];
const LOOK_EVERY_MS = 1000;

export class LocalExceptions {
  readonly #options: ExceptionsOptions;
  readonly #values: Record<ExceptionKind, ReadonlySet<string>> = { allow: new Set(), deny: new Set() };
  readonly #onChange = KINDS.map((kind) => () => void this.#load(kind));

  constructor(options: ExceptionsOptions) {
    this.#options = options;
  }

  /** Reads the files, and from now on again whenever they change, until `close`. */
  async open(): Promise<void> {
    for (const kind of KINDS) await this.#load(kind);
    for (const [at, kind] of KINDS.entries()) {
      // By polling: it works on network volumes, and for files that are replaced or come to be later.
      const look = { interval: LOOK_EVERY_MS, persistent: false };
      watchFile(this.#path(kind), look, this.#onChange[at] as () => void);
    }
  }

  close(): void {
    for (const [at, kind] of KINDS.entries()) {
      unwatchFile(this.#path(kind), this.#onChange[at] as () => void);
    }
  }

  /** Which exception a canonical value is; allow wins over deny. */
  of(value: string): ExceptionKind | undefined {
    const { allow, deny } = this.#values;
    if (allow.size > 0 && allow.has(value)) return 'allow';
    return deny.size > 0 && deny.has(value) ? 'deny' : undefined;
  }

  count(kind: ExceptionKind): number {
    return this.#values[kind].size;
  }

  /** A file that is gone holds nothing; of one that cannot be read, what was read last stays. */
  async #load(kind: ExceptionKind): Promise<void> {
    const path = this.#path(kind);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') this.#values[kind] = new Set();
      else this.#options.warn(`cannot read ${path} (${code}): its last state stays`);
      return;
    }
    this.#values[kind] = this.#parse(text, path);
  }

  #parse(text: string, path: string): Set<string> {
    const values = new Set<string>();
    const bad: number[] = [];
    for (const [at, line] of text.split('\n').entries()) {
      const given = line.replace(/#.*/, '').trim();
      const value = given === '' ? undefined : this.#options.read(given);
      if (value !== undefined) values.add(value);
      else if (given !== '') bad.push(at + 1);
    }
    if (bad.length > 0) {
      const lines = `${bad.length === 1 ? 'line' : 'lines'} ${bad.slice(0, 5).join(', ')}`;
      this.#options.warn(
        `${path}: ${lines}${bad.length > 5 ? ' and more' : ''}: no value of ${this.#options.list}`,
      );
    }
    return values;
  }

  #path(kind: ExceptionKind): string {
    return join(this.#options.directory, `${this.#options.list}.${kind}.txt`);
  }
}
