// Holds everything that an exchange publishes against plain sets of lines: a relay's view, with no code of ours
// between but the digest's definition.
import type { ExchangeClient } from '../src/client/exchange-client.ts';
import { digestOf, extendChain, startChain } from '../src/list/digest.ts';
import type { Schemas } from './demo-api.ts';
import { LIST } from './replay-publication.ts';

const AT_ONCE = 8;

/** A version that was published, and what it must hold. */
export interface Published {
  version: Schemas['Version'];
  date: string;
  /** Lines in bytewise order. */
  lines: readonly string[];
}

export class Inspector {
  /** In words; none where everything is as it must be. */
  readonly differences: string[] = [];
  /** How many answers were compared. */
  readonly compared = { snapshots: 0, diffs: 0 };
  readonly epoch: string;
  readonly #client: ExchangeClient;
  #chain: string;

  private constructor(client: ExchangeClient, epoch: string) {
    this.#client = client;
    this.epoch = epoch;
    this.#chain = startChain(epoch);
  }

  /** For a list at version 0. */
  static async open(client: ExchangeClient): Promise<Inspector> {
    const { epoch } = await client.requestJson<Schemas['List']>(`/v1/lists/${LIST}`);
    return new Inspector(client, epoch);
  }

  /** Looks at the version that was just published, whose predecessor was the last one looked at. */
  async inspect({ version, date, lines }: Published): Promise<void> {
    const say = (what: string) => this.differences.push(`${date}, version ${version.version}: ${what}`);
    const list = await this.#client.requestJson<Schemas['List']>(`/v1/lists/${LIST}`);
    if (list.epoch !== this.epoch) say('another epoch');
    if (list.version !== version.version) say(`the list is at version ${list.version}`);
    if (version.count !== lines.length) say(`${version.count} entries, ${lines.length} wanted`);
    if (version.digest !== digestOf(lines)) say('the digest is not that of the wanted lines');
    this.#chain = extendChain(this.#chain, digestOf(lines));
    if (version.chain !== this.#chain) say('the chain does not continue');
    await this.compareSnapshot({ version, date, lines });
  }

  /** The snapshot over HTTP, byte for byte. */
  async compareSnapshot({ version, date, lines }: Published): Promise<void> {
    this.compared.snapshots++;
    const body = await this.#read(`versions/${version.version}/snapshot?epoch=${this.epoch}`);
    if (body !== ['value,category,until', ...lines, ''].join('\n'))
      this.differences.push(`${date}, version ${version.version}: the snapshot is not the wanted lines`);
  }

  /** The net diffs between any two versions, from the older to the newer one. */
  async compareDiffs(versions: readonly Published[]): Promise<void> {
    const pairs = versions.flatMap((to, at) => versions.slice(0, at).map((from) => ({ from, to })));
    const next = pairs.values();
    // All take from one iterator, so each pair is taken once.
    const work = async () => {
      for (const { from, to } of next) await this.#compareDiff(from, to);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  async #compareDiff(from: Published, to: Published): Promise<void> {
    this.compared.diffs++;
    const number = from.version.version;
    const path = `versions/${to.version.version}/diff?from=${number}&epoch=${this.epoch}`;
    if ((await this.#read(path)) !== diffBody(from.lines, to.lines))
      this.differences.push(`the diff from version ${number} to ${to.version.version} is another one`);
  }

  async #read(path: string): Promise<string> {
    const response = await this.#client.request(`/v1/lists/${LIST}/${path}`, {
      headers: { accept: 'text/csv' },
    });
    return response.text();
  }
}

/** Format §4 as plain set difference; removals and additions in the order of their lines. */
function diffBody(from: readonly string[], to: readonly string[]): string {
  const before = new Set(from);
  const after = new Set(to);
  const removed = from.filter((line) => !after.has(line)).map((line) => `-,${line}`);
  const added = to.filter((line) => !before.has(line)).map((line) => `+,${line}`);
  return ['op,value,category,until', ...removed, ...added, ''].join('\n');
}
