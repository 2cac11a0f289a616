// A relay in a few lines, so that hundreds fit beside the server that they measure: it hears of a version, fetches the
// manifest and the diff, verifies both down to the key set, and says when the list is in force. Nothing is kept.
import { Agent, get, type IncomingMessage } from 'node:http';
import { parseDiff } from '../src/list/diff.ts';
import type { Jwk } from '../src/list/jwk.ts';
import { verifyKeySet } from '../src/list/key-set.ts';
import { type Manifest, verifyManifest } from '../src/list/manifest.ts';
import { ListTree } from '../src/list/tree.ts';
import { EventStreamParser } from '../src/sync/event-stream.ts';

export interface LightRelayOptions {
  url: string;
  list: 'sender-numbers' | 'originator-codes';
  token: string;
  rootKey: Jwk;
  /** Told of each version that is in force here. */
  inForce: (version: number) => void;
  /** Told of what cannot be: the bench fails then. */
  onError: (error: unknown) => void;
}

export class LightRelay {
  readonly #options: LightRelayOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #keys: readonly Jwk[] = [];
  #held: { tree: ListTree; epoch: string; version: number } | undefined;
  #stream: IncomingMessage | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: LightRelayOptions) {
    this.#options = options;
  }

  /** Takes the list, then follows its events. */
  async start(): Promise<void> {
    const { url, rootKey, list } = this.#options;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const keySet = await this.#read('/v1/keys');
    this.#keys = verifyKeySet(keySet, rootKey, { issuer: url, minimumSequence: 0, nowSeconds }).keys;
    const { epoch, version, digest } = await this.#manifest();
    const text = await this.#read(`/v1/lists/${list}/versions/${version}/snapshot?epoch=${epoch}`);
    const tree = ListTree.fromSnapshot(Buffer.from(text));
    if (tree.digest() !== digest) throw new Error('the snapshot is not what was signed');
    this.#held = { tree, epoch, version };
    await this.#follow();
  }

  stop(): void {
    this.#stream?.destroy();
    this.#agent.destroy();
  }

  async #follow(): Promise<void> {
    const parser = new EventStreamParser();
    const { list, onError } = this.#options;
    // Not through the agent, whose one socket is for the pulls.
    const stream = await this.#open(`/v1/lists/${list}/events`, {
      agent: false,
      accept: 'text/event-stream',
    });
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      for (const { event, data } of parser.push(chunk)) {
        if (event !== 'version') continue;
        const { version } = JSON.parse(data) as { version: number };
        this.#work = this.#work.then(() => this.#reach(version)).catch(onError);
      }
    });
    stream.on('error', () => undefined); // stop() breaks it off; if the server does, the bench misses a version
  }

  async #reach(told: number): Promise<void> {
    const held = this.#held;
    if (!held || told <= held.version) return;
    const { epoch, version, digest, count } = await this.#manifest();
    const { list } = this.#options;
    const path = `/v1/lists/${list}/versions/${version}/diff?from=${held.version}&epoch=${epoch}`;
    held.tree.apply(parseDiff(await this.#read(path)));
    if (held.tree.count !== count || held.tree.digest() !== digest)
      throw new Error('the diff leads elsewhere');
    held.version = version;
    this.#options.inForce(version);
  }

  async #manifest(): Promise<Manifest> {
    const { url, list } = this.#options;
    const jws = await this.#read(`/v1/lists/${list}/manifest`);
    return verifyManifest(jws, { keys: this.#keys, issuer: url, list });
  }

  async #read(path: string): Promise<string> {
    const response = await this.#open(path, { agent: this.#agent, accept: '*/*' });
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part as string;
    return text;
  }

  #open(path: string, { agent, accept }: { agent: Agent | false; accept: string }): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${this.#options.token}`, accept };
    return new Promise((resolve, reject) => {
      const call = get(this.#options.url + path, { headers, agent }, (response) => {
        if (response.statusCode === 200) resolve(response);
        else reject(new Error(`${path}: ${response.statusCode}`));
      });
      call.on('error', reject);
    });
  }
}
