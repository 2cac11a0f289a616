// Texts kept once under small numbers, which are used again after release. For values that do not pack into
// a number: originator codes with letters, above all.

export class TextPool {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #released: number[] = [];

  /** The number of a text that is kept, or -1. */
  find(text: string): number {
    return this.#numbers.get(text) ?? -1;
  }

  /** Keeps the text, if it is not kept yet, and gives its number. */
  take(text: string): number {
    const held = this.#numbers.get(text);
    if (held !== undefined) return held;
    const number = this.#released.pop() ?? this.#texts.length;
    // A copy: a slice would keep the whole body that it was cut from.
    const own = Buffer.from(text, 'latin1').toString('latin1');
    this.#texts[number] = own;
    this.#numbers.set(own, number);
    return number;
  }

  text(number: number): string {
    return this.#texts[number] as string;
  }

  release(number: number): void {
    if (!this.#numbers.delete(this.text(number))) return;
    this.#texts[number] = '';
    this.#released.push(number);
  }
}
