// The private keys of one use that a server holds, as files of its keys directory. Files that turn up while the
// server runs are found when a key is looked for: a rotation needs no restart.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningKey } from '../list/key-set.ts';

export class KeyRing {
  readonly #directory: string;
  readonly #use: string;
  readonly #read: (file: string) => Promise<SigningKey>;
  readonly #warn: (message: string) => void;
  #keys = new Map<string, SigningKey>();
  #told = '';

  constructor(
    directory: string,
    use: string,
    read: (file: string) => Promise<SigningKey>,
    warn: (message: string) => void,
  ) {
    this.#directory = directory;
    this.#use = use;
    this.#read = read;
    this.#warn = warn;
  }

  get keys(): readonly SigningKey[] {
    return [...this.#keys.values()];
  }

  has(kid: string): boolean {
    return this.#keys.has(kid);
  }

  /** Reads all files anew. Throws what `read` throws. */
  async load(): Promise<void> {
    const files = await this.#files();
    const keys = await Promise.all(files.map((file) => this.#read(file)));
    this.#keys = new Map(keys.map((key) => [key.kid, key]));
  }

  /** The first of these keys that is held; where that is not the very first, after a look for new files. */
  async firstOf(kids: readonly string[]): Promise<SigningKey | undefined> {
    if (kids[0] !== undefined && !this.#keys.has(kids[0])) await this.#rescan();
    for (const kid of kids) {
      const key = this.#keys.get(kid);
      if (key) return key;
    }
    return undefined;
  }

  /** One that cannot be read, half copied perhaps, must not stop those that can. */
  async #rescan(): Promise<void> {
    const faults: string[] = [];
    for (const file of await this.#files()) {
      try {
        const key = await this.#read(file);
        this.#keys.set(key.kid, key);
      } catch (error) {
        faults.push((error as Error).message);
      }
    }
    const told = faults.join('; ');
    if (told !== '' && told !== this.#told) this.#warn(told);
    this.#told = told;
  }

  async #files(): Promise<string[]> {
    const names = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const pattern = new RegExp(`^${this.#use}(-[A-Za-z0-9_-]+)?\\.json$`);
    return names.filter((name) => pattern.test(name)).map((name) => join(this.#directory, name));
  }
}
