// Server-sent events (HTML standard §9.2) from a stream of bytes: as much of it as the exchange uses, within
// bounds. It interprets no event.

export interface ServerEvent {
  event: string;
  data: string;
}

/** One event is a few hundred bytes. */
const MAX_EVENT_CHARS = 65_536;

export class EventStreamParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #event = '';
  #data: string[] = [];

  /** The events that these bytes complete. Throws RangeError where one is beyond all measure. */
  push(bytes: Uint8Array): ServerEvent[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    const chars = this.#data.reduce((sum, { length }) => sum + length, this.#rest.length);
    if (chars > MAX_EVENT_CHARS) throw new RangeError('an event is too long');
    return lines.flatMap((line) => this.#take(line) ?? []);
  }

  /** One line; the blank line that ends an event gives it back. */
  #take(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return undefined; // a comment: the heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    return undefined;
  }

  #dispatch(): ServerEvent | undefined {
    const event = { event: this.#event || 'message', data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#event = '';
    this.#data = [];
    return isEmpty ? undefined : event;
  }
}
