// One reading of the same thing at a time for all who ask, never an old one: who comes while one is under way shares
// the next. So a thousand pollers cost a few statements, on any number of servers, and none sees less than was
// committed before it asked.

/** How old `readRecent` may be: far less than the interval of publication, far more than a statement takes. */
const RECENT_MS = 200;

interface Turn<T> {
  running: Promise<T>;
  next: Promise<T> | undefined;
}

export class SharedReadings<T> {
  readonly #read: (key: string) => Promise<T>;
  readonly #turns = new Map<string, Turn<T>>();
  readonly #last = new Map<string, { value: T; at: number }>();

  constructor(read: (key: string) => Promise<T>) {
    this.#read = read;
  }

  /** What a reading gives that begins after this call; its failure is told to all who share it. */
  read(key: string): Promise<T> {
    const turn = this.#turns.get(key);
    if (!turn) return this.#begin(key);
    const begin = () => this.#begin(key);
    turn.next ??= turn.running.then(begin, begin);
    return turn.next;
  }

  /**
   * The same, or what was read a moment ago where that suffices: for what never changes once it is there.
   * @param suffices whether a reading already has what is asked for
   */
  async readRecent(key: string, suffices: (value: T) => boolean): Promise<T> {
    const last = this.#last.get(key);
    if (last && performance.now() - last.at < RECENT_MS && suffices(last.value)) return last.value;
    return this.read(key);
  }

  #begin(key: string): Promise<T> {
    const turn: Turn<T> = { running: this.#readNow(key), next: undefined };
    this.#turns.set(key, turn);
    const end = () => {
      if (turn.next === undefined) this.#turns.delete(key);
    };
    turn.running.then(end, end);
    return turn.running;
  }

  async #readNow(key: string): Promise<T> {
    const at = performance.now();
    const value = await this.#read(key);
    this.#last.set(key, { value, at });
    return value;
  }
}
