// Every instance is its own first relay: it keeps each list in memory with the code that relays run, and takes
// the next digest from there. A publication touches the leaves of what changed, never the whole list.
import { createReadStream } from 'node:fs';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type Entry, parseLine } from '../list/entry.ts';
import { FormatError } from '../list/format-error.ts';
import { SNAPSHOT_HEADER } from '../list/snapshot.ts';
import { ListTree } from '../list/tree.ts';
import { type History, historyOf, readAddedLines, readLines, readRemovedLines } from './line-queries.ts';

/** The state that the memory must have, from the list's row. */
export interface ListState {
  id: string;
  epoch: string;
  version: number;
  digest: Buffer;
  serial_base: number;
}

interface Held {
  tree: ListTree;
  epoch: string;
  version: number;
}

/** A snapshot that lies here as a file; it may be missing, or spoilt: the digest tells. */
export type FindSnapshot = (list: {
  id: string;
  epoch: string;
}) => Promise<{ version: number; path: string } | undefined>;

export class ListMemory {
  readonly #db: Kysely<DB>;
  readonly #findSnapshot: FindSnapshot;
  readonly #held = new Map<string, Held>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #loadedOnce = new Set<string>();

  constructor(db: Kysely<DB>, findSnapshot: FindSnapshot = async () => undefined) {
    this.#db = db;
    this.#findSnapshot = findSnapshot;
  }

  /** Runs one use of a list's tree at a time in this process. */
  async exclusively<T>(list: string, use: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(list) ?? Promise.resolve()).then(use, use);
    this.#turns.set(
      list,
      turn.catch(() => undefined),
    ); // its caller hears of the failure; the next turn does not
    return turn;
  }

  /**
   * The tree at exactly this state; only within `exclusively`. Follows by the net change where it can, loads
   * anew where the epoch changed or the digest is not the published one.
   * @throws Error when even what was loaded anew does not have the published digest: the rows are not the list
   */
  async treeAt(state: ListState): Promise<ListTree> {
    const held = this.#held.get(state.id);
    if (held?.epoch === state.epoch && held.version <= state.version && (await this.#reaches(state, held)))
      return held.tree;
    this.#held.delete(state.id);
    const loaded = (await this.#loadFile(state)) ?? (await this.#loadRows(state));
    this.#held.set(state.id, loaded);
    this.#loadedOnce.add(state.id);
    return loaded.tree;
  }

  /** Whether the list was taken into memory since the start; it may be loaded anew just now. */
  wasLoaded(list: string): boolean {
    return this.#loadedOnce.has(list);
  }

  async #reaches(state: ListState, held: Held): Promise<boolean> {
    if (held.version < state.version) await this.#follow(state, held);
    return held.version === state.version && held.tree.digest() === state.digest.toString('hex');
  }

  /** Many times faster than the rows; and whatever is in the file, the digest decides (format §5). */
  async #loadFile(state: ListState): Promise<Held | undefined> {
    const snapshot = await this.#findSnapshot(state);
    if (!snapshot) return undefined;
    try {
      const tree = await ListTree.fromSnapshotStream(
        createReadStream(snapshot.path, { highWaterMark: 1 << 20 }),
      );
      const held = { tree, epoch: state.epoch, version: snapshot.version };
      return (await this.#reaches(state, held)) ? held : undefined;
    } catch (error) {
      if (error instanceof FormatError || (error as NodeJS.ErrnoException).code === 'ENOENT')
        return undefined;
      throw error;
    }
  }

  async #loadRows(state: ListState): Promise<Held> {
    const tree = await ListTree.fromSnapshotStream(snapshotBytes(this.#db, historyOf(state), state.version));
    if (tree.digest() !== state.digest.toString('hex')) {
      throw new Error(`list ${state.id}: the entries of version ${state.version} do not have its digest`);
    }
    return { tree, epoch: state.epoch, version: state.version };
  }

  /** Says that the tree now is at a version: call after the commit of what was applied to it. */
  advance(list: string, version: number): void {
    const held = this.#held.get(list);
    if (held) held.version = version;
  }

  async #follow(state: ListState, held: Held): Promise<void> {
    const [removed, added] = await Promise.all([
      collect(readRemovedLines(this.#db, historyOf(state), held.version, state.version)),
      collect(readAddedLines(this.#db, historyOf(state), held.version, state.version)),
    ]);
    try {
      held.tree.apply({ removed, added });
      held.version = state.version;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error; // else not the version it was taken for: loaded anew
    }
  }
}

/** The bytes of a version's snapshot (format §3) in chunks. */
export async function* snapshotBytes(
  db: Kysely<DB>,
  history: History,
  version: number,
): AsyncGenerator<Buffer> {
  yield Buffer.from(SNAPSHOT_HEADER);
  for await (const text of readLines(db, history, version)) yield Buffer.from(text);
}

async function collect(batches: AsyncGenerator<string[]>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const lines of batches) for (const line of lines) entries.push(parseLine(line));
  return entries;
}
