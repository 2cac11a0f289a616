// One reading of the same thing at a time for all who ask, never an old one: who comes while one is under way shares
// the next. So a thousand pollers cost a few statements, on any number of servers, and none sees less than was
// committed before it asked.

interface Turn<T> {
  running: Promise<T>;
  next: Promise<T> | undefined;
}

export class SharedReadings<T> {
  readonly #read: (key: string) => Promise<T>;
  readonly #turns = new Map<string, Turn<T>>();

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

  #begin(key: string): Promise<T> {
    const turn: Turn<T> = { running: this.#read(key), next: undefined };
    this.#turns.set(key, turn);
    const end = () => {
      if (turn.next === undefined) this.#turns.delete(key);
    };
    turn.running.then(end, end);
    return turn.running;
  }
}
