// Trees of past versions, for proofs: one a list, apart from the tree that publishes, so that no publication waits for
// the past. A tree goes from one version to another by the net change, forward or back, and is forgotten when nobody
// asks: it costs the memory of a list only while it is used.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { DB } from '../database/generated/schema.ts';
import { parseLine } from '../list/entry.ts';
import type { Proof } from '../list/proof.ts';
import { ListTree } from '../list/tree.ts';
import { historyOf, readAddedLines, readRemovedLines } from './line-queries.ts';
import type { LineSource } from './line-source.ts';
import { type ListState, snapshotBytes } from './list-memory.ts';

interface Held {
  tree: ListTree;
  epoch: string;
  version: number;
}

const FORGET_AFTER_MS = 5 * 60_000;

export class PastTrees {
  readonly #lines: LineSource;
  readonly #held = new Map<string, Held>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(lines: LineSource) {
    this.#lines = lines;
  }

  /** How many proofs wait, the one that is made among them. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The proof of a canonical value in a version; one after another. */
  prove(state: ListState, value: string): Promise<Proof> {
    this.#waiting++;
    const turn = this.#last.then(async () => (await this.#treeAt(state)).prove(value));
    this.#last = turn.then(
      () => this.#waiting--,
      () => this.#waiting--,
    );
    return turn;
  }

  /** @throws Error when the rows do not have the digest that was published */
  async #treeAt(state: ListState): Promise<ListTree> {
    const held = this.#held.get(state.id);
    this.#held.delete(state.id); // until it is whole again
    const version = Math.max(state.version, held?.epoch === state.epoch ? held.version : 0);
    const db = await this.#lines.at({ list: state.id, epoch: state.epoch, version });
    const tree =
      held?.epoch === state.epoch ? await this.#move(db, held, state) : await this.#load(db, state);
    if (tree.digest() !== state.digest.toString('hex')) {
      throw new Error(`list ${state.id}: the entries of version ${state.version} do not have its digest`);
    }
    this.#held.set(state.id, { tree, epoch: state.epoch, version: state.version });
    this.#forgetLater(state.id);
    return tree;
  }

  #load(db: Kysely<DB>, state: ListState): Promise<ListTree> {
    return ListTree.fromSnapshotStream(snapshotBytes(db, historyOf(state), state.version));
  }

  async #move(db: Kysely<DB>, { tree, version }: Held, state: ListState): Promise<ListTree> {
    const history = historyOf(state);
    const [from, to] = [Math.min(version, state.version), Math.max(version, state.version)];
    const removed = readRemovedLines(db, history, from, to);
    const added = readAddedLines(db, history, from, to);
    // Going back, what was added goes away.
    const [gone, come] = version <= state.version ? [removed, added] : [added, removed];
    for await (const lines of gone) {
      tree.apply({ removed: lines.map(parseLine), added: [] });
      await nextTurn();
    }
    for await (const lines of come) {
      tree.apply({ removed: [], added: lines.map(parseLine) });
      await nextTurn();
    }
    return tree;
  }

  #forgetLater(list: string): void {
    clearTimeout(this.#timers.get(list));
    const timer = setTimeout(() => this.#held.delete(list), FORGET_AFTER_MS);
    timer.unref();
    this.#timers.set(list, timer);
  }
}
