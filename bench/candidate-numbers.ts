// Numbers and codes for generated candidate files: distinct by construction, in every spelling that is accepted.
// What a spelling stands for is known from how it was made; nothing here may ask the classifier.

/** Mulberry32: small, fast, the same everywhere for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** So many digits. */
  digits(length: number): string {
    return String(this.below(10 ** length)).padStart(length, '0');
  }
}

/** A value whose canonical form is known: the class's prefix and what follows it. */
export interface KnownValue {
  kind: ValueKind;
  prefix: string;
  rest: string;
}

type Spelling = (prefix: string, rest: string, random: Random) => string;

/** A class of values, and the spellings in which it is accepted. */
export interface ValueKind {
  name: string;
  type: 'sender_number' | 'originator_code';
  /** Stands before prefix and rest in the canonical form. */
  canonicalStart: string;
  prefixes: readonly string[];
  restLength: number;
  /** Subscriber numbers of most classes begin with 2 or more. */
  firstRest: number;
  spellings: readonly Spelling[];
  /** How often it occurs among the values of a file. */
  weight: number;
}

const wide = (text: string) =>
  text.replace(/[0-9+]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
const head = (rest: string) => rest.slice(0, -4);
const tail = (rest: string) => rest.slice(-4);
const parted = (prefix: string, rest: string, mark: string) =>
  `0${prefix}${mark}${head(rest)}${mark}${tail(rest)}`;

/** Korean numbers that take a trunk 0. */
const TRUNK: readonly Spelling[] = [
  (p, r) => `0${p}${r}`,
  (p, r) => parted(p, r, '-'),
  (p, r) => parted(p, r, ' '),
  (p, r) => parted(p, r, '.'),
  (p, r) => parted(p, r, '–'),
  (p, r) => `(0${p})${head(r)}-${tail(r)}`,
  (p, r) => `+82${p}${r}`,
  (p, r) => `+82-${p}-${head(r)}-${tail(r)}`,
  (p, r) => `+82 (0)${p}-${head(r)}-${tail(r)}`,
  (p, r) => `0082${p}${r}`,
  (p, r) => `0082 0${p} ${head(r)} ${tail(r)}`,
  (p, r) => `82${p}${r}`,
  (p, r) => wide(parted(p, r, '-')),
  (p, r) => ` 0${p}${r} `,
  (p, r) => `tel:+82-${p}-${head(r)}-${tail(r)}`,
];
/** A spreadsheet took the leading 0 away. */
const MOBILE: readonly Spelling[] = [...TRUNK, (p, r) => `${p}${r}`];
const REPRESENTATIVE: readonly Spelling[] = [
  (p, r) => `${p}${r}`,
  (p, r) => `${p}${head(r)}-${tail(r)}`,
  (p, r) => `${p}${head(r)} ${tail(r)}`,
  (p, r) => `(${p}${head(r)})${tail(r)}`,
  (p, r) => `+82${p}${r}`,
  (p, r) => `+82 ${p}${head(r)}-${tail(r)}`,
  (p, r) => `0082${p}${r}`,
  (p, r) => `82${p}${r}`,
  (p, r) => wide(`${p}${r}`),
];
const SPECIAL: readonly Spelling[] = [
  (p, r) => `${p}${r}`,
  (p, r) => `+82${p}${r}`,
  (p, r) => `0082${p}${r}`,
  (p, r) => wide(`${p}${r}`),
];
const FOREIGN: readonly Spelling[] = [
  (p, r) => `+${p}${r}`,
  (p, r) => `+${p} ${head(r)} ${tail(r)}`,
  (p, r) => wide(`+${p}${r}`),
  (p, r, random) => `${random.pick(['001', '002', '005', '006', '008', '00700'])}${p}${r}`,
  (p, r, random) => `${random.pick(['001', '002', '00700'])}-${p}-${r}`,
];
const CODE: readonly Spelling[] = [(p, r) => `${p}${r}`, (p, r) => ` ${p}${r} `, (p, r) => wide(`${p}${r}`)];

const AREAS = [
  '31',
  '32',
  '33',
  '41',
  '42',
  '43',
  '44',
  '51',
  '52',
  '53',
  '54',
  '55',
  '61',
  '62',
  '63',
  '64',
];
const withDigit = (prefix: string) => Array.from({ length: 10 }, (_, digit) => `${prefix}${digit}`);

function korean(
  name: string,
  prefixes: readonly string[],
  restLength: number,
  weight: number,
  more: Partial<ValueKind> = {},
): ValueKind {
  const firstRest = 2 * 10 ** (restLength - 1);
  const type = 'sender_number';
  return {
    name,
    type,
    canonicalStart: '+82',
    prefixes,
    restLength,
    firstRest,
    spellings: TRUNK,
    weight,
    ...more,
  };
}

const SPECIAL_NUMBERS = ['112', '113', '114', '118', '119', '125', '182', '1330', '1335', '1339', '1345'];

/** Every class, with what reports of one year were about as weights. */
export const VALUE_KINDS: readonly ValueKind[] = [
  korean('mobile', ['10'], 8, 560, { spellings: MOBILE }),
  korean('mobile, old prefix', ['11', '16', '17', '18', '19'], 7, 8),
  korean('mobile, old prefix, long', ['11', '16', '17', '18', '19'], 8, 4),
  korean('Seoul', ['2'], 8, 70),
  korean('Seoul, short', ['2'], 7, 20),
  korean('area', AREAS, 7, 60),
  korean('area, long', AREAS, 8, 5),
  korean('voip', ['70'], 8, 50),
  korean('representative', ['15', '16', '18'], 6, 50, { firstRest: 0, spellings: REPRESENTATIVE }),
  korean('toll-free', ['80'], 7, 10),
  korean('toll-free, long', ['80'], 8, 2),
  korean('premium', ['60'], 7, 10),
  korean('premium, long', ['60'], 8, 2),
  korean('service', withDigit('30'), 7, 5),
  korean('service, long', withDigit('30'), 8, 2),
  korean('virtual', withDigit('50'), 7, 8),
  korean('virtual, long', withDigit('50'), 8, 4),
  korean('special', SPECIAL_NUMBERS, 0, 2, { firstRest: 0, spellings: SPECIAL }),
  korean('foreign', ['1212', '1415', '8490', '63917'], 7, 40, { canonicalStart: '+', spellings: FOREIGN }),
  korean('foreign, long', ['86138', '8190'], 8, 40, { canonicalStart: '+', spellings: FOREIGN }),
  {
    name: 'originator code',
    type: 'originator_code',
    canonicalStart: '',
    prefixes: [''],
    restLength: 9,
    firstRest: 0,
    spellings: CODE,
    weight: 50,
  },
];

const STRIDE = 7_368_787; // a prime that divides no space: every value comes once before any comes twice

/** Draws values of one class that never repeat, spread over its whole space. */
export class DistinctValues {
  readonly #kind: ValueKind;
  readonly #space: number;
  #at: number;
  #left: number;

  constructor(kind: ValueKind, random: Random) {
    this.#kind = kind;
    this.#space = kind.prefixes.length * Math.max(1, 10 ** kind.restLength - kind.firstRest);
    this.#at = random.below(this.#space);
    this.#left = this.#space;
  }

  /** Undefined when all were drawn. */
  draw(): KnownValue | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    this.#at = (this.#at + STRIDE) % this.#space;
    const { prefixes, restLength, firstRest } = this.#kind;
    const prefix = prefixes[this.#at % prefixes.length] as string;
    const number = firstRest + Math.floor(this.#at / prefixes.length);
    const rest = restLength === 0 ? '' : String(number).padStart(restLength, '0');
    return { kind: this.#kind, prefix, rest };
  }
}

/** The form in which a value is listed. */
export function canonicalOf({ kind, prefix, rest }: KnownValue): string {
  return `${kind.canonicalStart}${prefix}${rest}`;
}

/** A value in one of its spellings; any one where `spelling` is not given. */
export function spell({ kind, prefix, rest }: KnownValue, random: Random, spelling?: number): string {
  const chosen = kind.spellings[spelling ?? random.below(kind.spellings.length)] as Spelling;
  return chosen(prefix, rest, random);
}
