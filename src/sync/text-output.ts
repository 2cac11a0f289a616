// Much text to a stream, gathered into large writes and never faster than it is taken.
import { once } from 'node:events';
import type { Writable } from 'node:stream';

const FLUSH_CHARS = 1 << 16;

export class TextOutput {
  readonly #stream: Writable;
  #pending = '';

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  async write(text: string): Promise<void> {
    this.#pending += text;
    if (this.#pending.length >= FLUSH_CHARS) await this.end();
  }

  /** Hands over what is gathered. The stream stays open. */
  async end(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '' && !this.#stream.write(text)) await once(this.#stream, 'drain');
  }
}
