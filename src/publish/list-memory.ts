// Every instance is its own first relay: it keeps each list in memory with the code that relays run, and takes
// the next digest from there. A publication touches the leaves of what changed, never the whole list.
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { type Entry, parseLine } from '../list/entry.ts';
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

export class ListMemory {
  readonly #db: Kysely<DB>;
  readonly #held = new Map<string, Held>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(db: Kysely<DB>) {
    this.#db = db;
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
    const digest = state.digest.toString('hex');
    if (held?.epoch === state.epoch && held.version <= state.version) {
      if (held.version < state.version) await this.#follow(state, held);
      if (held.tree.digest() === digest) return held.tree;
    }
    this.#held.delete(state.id);
    const tree = await ListTree.fromSnapshotStream(snapshotBytes(this.#db, historyOf(state), state.version));
    if (tree.digest() !== digest) {
      throw new Error(`list ${state.id}: the entries of version ${state.version} do not have its digest`);
    }
    this.#held.set(state.id, { tree, epoch: state.epoch, version: state.version });
    return tree;
  }

  /** Says that the tree now is at a version: call after the commit of what was applied to it. */
  advance(list: string, version: number): void {
    const held = this.#held.get(list);
    if (held) held.version = version;
  }

  /** Forgets a list whose tree may not be what the rows say, such as after a commit that was not answered. */
  forget(list: string): void {
    this.#held.delete(list);
  }

  async #follow(state: ListState, held: Held): Promise<void> {
    const [removed, added] = await Promise.all([
      collect(readRemovedLines(this.#db, historyOf(state), held.version, state.version)),
      collect(readAddedLines(this.#db, historyOf(state), held.version, state.version)),
    ]);
    try {
      held.tree.apply({ removed, added });
      held.version = state.version;
    } catch {
      this.#held.delete(state.id); // not the version it was taken for: loaded anew
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
  for await (const lines of readLines(db, history, version)) yield Buffer.from(`${lines.join('\n')}\n`);
}

async function collect(batches: AsyncGenerator<string[]>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const lines of batches) for (const line of lines) entries.push(parseLine(line));
  return entries;
}
