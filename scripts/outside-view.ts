// What an outsider can prove of a list: the independent reader of the tests (node:crypto alone) goes over every
// version there is, one by one, and finds one chain without hole or fork whose digests are those of the lines.
import type { Credentials } from '../src/client/credentials.ts';
import {
  applyDiff,
  digestOf,
  extendChain,
  ListReader,
  parseDiff,
  startChain,
} from '../test/independent/list-reader.ts';
import type { Schemas } from './demo-api.ts';

type Version = Schemas['Version'];

export class OutsideView {
  readonly #list: string;
  readonly #reader: ListReader;
  /** Every version, by number. */
  readonly versions: Version[] = [];
  lines: string[] = [];
  #epoch: string | undefined;
  #chain = '';

  constructor(list: string, credentials: Credentials) {
    this.#list = list;
    const { privateKey, rootKey } = credentials;
    const pinned = { ...credentials, privateKey: { ...privateKey }, rootKey: { ...rootKey } };
    this.#reader = new ListReader(list, pinned, () => new Date());
  }

  /** Verifies all that is new since the last time. Throws Error saying what is wrong. */
  async verify(): Promise<void> {
    const manifest = await this.#reader.manifest();
    const { epoch, version, digest, chain, count } = manifest;
    this.#epoch ??= epoch;
    if (!this.#chain) this.#chain = startChain(epoch);
    demand(this.#epoch === epoch, 'the epoch changed');
    demand(version >= this.versions.length - 1, `version ${version} is signed, and there was a later one`);
    for (const row of await this.#rowsUpTo(version)) await this.#follow(row, epoch);
    const held = [this.versions.length - 1, this.#chain, this.lines.length, digestOf(this.lines)];
    expectEqual('what is signed', [version, chain, count, digest], held);
    // And as a relay does it: manifest, snapshot or diff.
    const taken = await this.#reader.update();
    demand(taken.version >= version, 'a relay came to an older version');
  }

  /** The versions not seen yet, oldest first. */
  async #rowsUpTo(version: number): Promise<Version[]> {
    const rows: Version[] = [];
    for (let cursor = ''; ; ) {
      const text = await this.#reader.get(`/v1/lists/${this.#list}/versions?limit=1000${cursor}`);
      const page = JSON.parse(text.toString()) as { items: Version[]; next: string | null };
      rows.push(...page.items.filter((row) => row.version >= this.versions.length && row.version <= version));
      if (page.next === null || (page.items.at(-1)?.version ?? 0) < this.versions.length) break;
      cursor = `&cursor=${page.next}`;
    }
    return rows.reverse();
  }

  async #follow(row: Version, epoch: string): Promise<void> {
    expectEqual('the next version', row.version, this.versions.length);
    if (row.version > 0) {
      const path = `/v1/lists/${this.#list}/versions/${row.version}/diff?from=${row.version - 1}&epoch=${epoch}`;
      const diff = parseDiff(await this.#reader.get(path));
      this.lines = applyDiff(this.lines, diff);
      this.#chain = extendChain(this.#chain, digestOf(this.lines));
      const found = [
        diff.added.length,
        diff.removed.length,
        this.lines.length,
        digestOf(this.lines),
        this.#chain,
      ];
      expectEqual(
        `version ${row.version}`,
        [row.added, row.removed, row.count, row.digest, row.chain],
        found,
      );
    }
    this.versions.push(row);
  }
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Throws Error saying both. */
export function expectEqual(what: string, found: unknown, owed: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(owed)];
  if (left !== right)
    throw new Error(`${what}: ${left?.slice(0, 500)}, and should be ${right?.slice(0, 500)}`);
}
