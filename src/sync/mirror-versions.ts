// The history that a mirror tells: every version as upstream lists it, taken only where its digests and chain lead,
// version by version, to the manifest in force (format §6). Kept beside the list, so that it can be told while upstream
// is away.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extendChain } from '../list/digest.ts';
import type { ListId } from '../list/entry.ts';
import type { Manifest } from '../list/manifest.ts';
import { replaceFile } from './durable-file.ts';
import type { ExchangeSource } from './exchange-source.ts';

/** As the contract's Version; what is not covered by digest and chain is upstream's word. */
export interface ToldVersion extends Record<string, unknown> {
  version: number;
  count: number;
  digest: string;
  chain: string;
}

/** Of what was published before the mirror began, the newest so many pages of 1,000. */
const MAX_PAGES = 20;

export class MirrorVersions {
  readonly #directory: string;
  /** By version, without a gap, up to the one in force. */
  #versions: ToldVersion[] = [];
  #epoch = '';
  /** Whether the file holds just these, so that what is new can be put to its end. */
  #isWritten = false;

  /** @param directory where the file is, one an epoch */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Goes on to a manifest. Throws Error where what upstream tells does not lead there, SyncError where it is away. */
  async take(list: ListId, manifest: Manifest, upstream: ExchangeSource | undefined): Promise<void> {
    if (manifest.epoch !== this.#epoch) {
      await this.#read(manifest.epoch);
    }
    const last = this.#versions.at(-1);
    if (upstream === undefined || last?.version === manifest.version) return;
    const told = await this.#fetch(list, manifest, upstream, last?.version ?? -1);
    const newest = told.at(-1);
    // A mirror upstream may have the list before its history: the event that follows brings us here again.
    if (newest?.version !== manifest.version) return;
    const all = linked([...this.#versions, ...told]);
    if (newest.digest !== manifest.digest || newest.chain !== manifest.chain || all.length < told.length)
      throw new Error('the history that is told does not lead to the manifest');
    const path = this.#path(manifest.epoch);
    const isContinued = this.#isWritten && all[0] === this.#versions[0];
    await mkdir(this.#directory, { recursive: true });
    this.#isWritten = false; // until it is: a crash in between leaves half a line
    if (isContinued) await appendFile(path, textOf(told));
    else await replaceFile(path, textOf(all));
    this.#isWritten = true;
    this.#versions = all;
  }

  /** A version, if it is known. */
  find(version: number): ToldVersion | undefined {
    return this.#versions[version - (this.#versions[0]?.version ?? 0)];
  }

  /** Versions below `before`, the newest first. */
  page(before: number, limit: number): ToldVersion[] {
    const first = this.#versions[0]?.version ?? 0;
    const end = Math.max(0, Math.min(this.#versions.length, before - first));
    return this.#versions.slice(Math.max(0, end - limit), end).reverse();
  }

  /** What upstream tells from the manifest's version down to the one that is known, the oldest first. */
  async #fetch(
    list: ListId,
    manifest: Manifest,
    upstream: ExchangeSource,
    known: number,
  ): Promise<ToldVersion[]> {
    const told: ToldVersion[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await upstream.versions(list, manifest.epoch, manifest.version - known, cursor);
      for (const item of page.items) {
        if (!isVersion(item)) throw new Error('the history that is told is none');
        if (item.version <= known) return told.reverse();
        // Upstream may be ahead by now.
        if (item.version <= manifest.version) told.push(item);
      }
      cursor = page.next;
      if (cursor === null) break;
    }
    return told.reverse();
  }

  async #read(epoch: string): Promise<void> {
    const text = await readFile(this.#path(epoch), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    this.#epoch = epoch;
    this.#versions = linked(text.split('\n').map(parseLine).filter(isVersion));
    this.#isWritten = text !== '' && text === textOf(this.#versions);
  }

  #path(epoch: string): string {
    return join(this.#directory, `${epoch}-versions.ndjson`);
  }
}

function textOf(versions: readonly ToldVersion[]): string {
  return versions.map((version) => `${JSON.stringify(version)}\n`).join('');
}

/** The newest versions of these that follow one another by number and chain. */
function linked(versions: ToldVersion[]): ToldVersion[] {
  for (let at = versions.length - 1; at > 0; at--) {
    const [before, next] = [versions[at - 1] as ToldVersion, versions[at] as ToldVersion];
    const follows =
      next.version === before.version + 1 && next.chain === extendChain(before.chain, next.digest);
    if (!follows) return versions.slice(at);
  }
  return versions;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // cut off by a crash
  }
}

function isVersion(value: unknown): value is ToldVersion {
  const { version, count, digest, chain } = (value ?? {}) as Record<string, unknown>;
  const isHash = (text: unknown) => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
  return Number.isSafeInteger(version) && Number.isSafeInteger(count) && isHash(digest) && isHash(chain);
}
