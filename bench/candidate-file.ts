// A carrier's candidate file of any size, with the exact answer that the exchange owes it, known by construction.
// The same seed and day give the same file. The numbers are random: no number in it is to be accused of anything.
import { realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CandidateFields, FAULTS, type Fault, SHORT_ROW } from './candidate-faults.ts';
import {
  canonicalOf,
  DistinctValues,
  type KnownValue,
  Random,
  spell,
  VALUE_KINDS,
  type ValueKind,
} from './candidate-numbers.ts';

export interface CandidateFileOptions {
  rows: number;
  seed: number;
  /** `YYYY-MM-DD`: everything was seen before it; default today. */
  day?: string;
  /** Shares of the rows; default 0.075 and 0.07. */
  faultShare?: number;
  repeatShare?: number;
  /** Whole, the rows that lack a column: for readers that stop at one. */
  padShortRows?: boolean;
  /** Told of each value that is to be accepted, in canonical form. */
  onAccepted?: (type: ValueKind['type'], value: string) => void;
}

/** What the exchange must answer. */
export interface ExpectedAnswer {
  received: number;
  accepted: number;
  invalid: number;
  duplicates: number;
  invalidRows: number[];
  /** Refused rows by code. */
  faults: Record<string, number>;
}

type Make = () => void;

const CHUNK_CHARS = 1 << 16;
const REMEMBERED = 4096;
/** These stay remembered from the beginning: few senders make most of the reports. */
const HEAVY = 64;
const DAY_MS = 86_400_000;
const CATEGORIES = [
  ...['gambling', 'gambling', 'gambling', 'gambling', 'illegal_loan', 'illegal_loan', 'adult', 'drugs'],
  ...['smishing', 'stock', 'stock', 'finance', 'telecom', 'driver', 'real_estate', 'nightlife', 'game'],
  ...['impersonation', 'job', 'payment_code', 'other'],
];
const SAMPLES = [
  '[Web발신]\n고액 배팅 가능, 첫충 30%',
  '(광고) 성인 채팅, 무료 초대\n무료거부 080-0000-0000',
  '무직자 당일 대출, 상담 "24시"',
  '주식 리딩방, 수익 300%, "선착순"',
  '[국제발신]\r\n택배 주소 오류, 확인: https://example.com/p?id=1',
  '대리운전 15,000원',
].map(quote);
const NOTE = quote('seen in several waves, "see sample"');
const RELAYS = ['relay one', 'relay two', 'relay three'];
const RESELLERS = ['reseller a', 'reseller b', 'reseller c', 'reseller d'];
const EMPTY_ROW: CandidateFields = {
  type: '',
  value: '',
  category: '',
  reports: '',
  reporters: '',
  firstSeen: '',
  lastSeen: '',
  source: '',
  score: '',
  model: '',
  originatorCode: '',
  callbackNumber: '',
  relay: '',
  chain: '',
  sample: '',
  url: '',
  reportIds: '',
  note: '',
};
const HEADER = `${Object.keys(EMPTY_ROW).join(',')}\n`;

export class CandidateFile {
  /** Complete once `chunks` has ended. */
  readonly expected: ExpectedAnswer = {
    received: 0,
    accepted: 0,
    invalid: 0,
    duplicates: 0,
    invalidRows: [],
    faults: {},
  };
  readonly #options: CandidateFileOptions;
  readonly #random: Random;
  readonly #row: CandidateFields = { ...EMPTY_ROW };
  readonly #values: ReadonlyMap<ValueKind, DistinctValues>;
  readonly #remembered: KnownValue[] = [];
  readonly #kinds = repeatedByWeight(VALUE_KINDS);
  readonly #faults = repeatedByWeight(FAULTS);
  readonly #earlier: readonly string[];
  readonly #later: readonly string[];
  #isShort = false;

  constructor(options: CandidateFileOptions) {
    this.#options = options;
    const random = new Random(options.seed);
    this.#random = random;
    this.#values = new Map(VALUE_KINDS.map((kind) => [kind, new DistinctValues(kind, random)]));
    const day = Date.parse(options.day ?? new Date().toISOString().slice(0, 10));
    const times = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) =>
        new Date(day - (from + i) * DAY_MS - random.below(DAY_MS)).toISOString(),
      );
    this.#later = times(0, 20);
    this.#earlier = times(22, 30);
  }

  /** The file, to be read once. */
  async *chunks(): AsyncGenerator<string> {
    let text = HEADER;
    const makers = this.#firstRows();
    for (let row = 0; row < this.#options.rows; row++) {
      (makers[row] ?? this.#anyRow)();
      text += this.#line();
      if (text.length < CHUNK_CHARS) continue;
      yield text;
      text = '';
    }
    yield text;
  }

  /** One of each, so that a small file has everything: all spellings of all classes, all faults. */
  #firstRows(): Make[] {
    const makers: Make[] = VALUE_KINDS.flatMap((kind) =>
      kind.spellings.map((_, spelling) => () => this.#freshRow(kind, spelling)),
    );
    makers.push(...FAULTS.map((fault) => () => this.#faultyRow(fault)));
    // Spread out, so that no part of the file is all of a kind.
    return makers.map((_, i) => makers[(i * 89) % makers.length] as Make);
  }

  readonly #anyRow: Make = () => {
    const { faultShare = 0.075, repeatShare = 0.07 } = this.#options;
    const share = this.#random.next();
    if (share < faultShare) this.#faultyRow(this.#random.pick(this.#faults));
    else if (share < faultShare + repeatShare && this.#remembered.length > 0) this.#repeatedRow();
    else this.#freshRow(this.#random.pick(this.#kinds));
  };

  #freshRow(kind: ValueKind, spelling?: number): void {
    const value = this.#values.get(kind)?.draw();
    if (value === undefined) {
      this.#repeatedRow(); // a class as small as the special numbers is soon used up
      return;
    }
    this.#fill(value, spelling);
    this.expected.received++;
    this.expected.accepted++;
    this.#remember(value);
    this.#options.onAccepted?.(kind.type, canonicalOf(value));
  }

  #repeatedRow(): void {
    this.#fill(this.#random.pick(this.#remembered));
    this.expected.received++;
    this.expected.duplicates++;
  }

  /** On a value of its own, which never comes again: no reading of the rules makes another row depend on it. */
  #faultyRow(fault: Fault): void {
    const value = this.#values.get(VALUE_KINDS[0] as ValueKind)?.draw();
    if (value === undefined) throw new Error('all mobile numbers are used up');
    this.#fill(value);
    fault.spoil(this.#row, this.#random);
    this.#isShort = fault.code === SHORT_ROW;
    this.expected.invalidRows.push(++this.expected.received);
    this.expected.invalid++;
    this.expected.faults[fault.code] = (this.expected.faults[fault.code] ?? 0) + 1;
  }

  #remember(value: KnownValue): void {
    if (this.#remembered.length < REMEMBERED) this.#remembered.push(value);
    else this.#remembered[HEAVY + this.#random.below(REMEMBERED - HEAVY)] = value;
  }

  #fill(value: KnownValue, spelling?: number): void {
    const row = this.#row;
    const random = this.#random;
    const reports = 10 + random.below(random.next() < 0.15 ? 40 : 400);
    // One of reports and score is enough; most rows have both.
    const evidence = random.next();
    row.type = value.kind.type;
    row.value = spell(value, random, spelling);
    row.category = random.pick(CATEGORIES);
    row.reports = evidence < 0.02 ? '' : String(reports);
    row.reporters = evidence < 0.1 ? '' : String(1 + random.below(reports));
    row.firstSeen = evidence < 0.1 ? '' : random.pick(this.#earlier);
    row.lastSeen = evidence < 0.1 ? '' : random.pick(this.#later);
    row.source = random.pick(['report', 'spam_trap', 'own_traffic']);
    row.score = evidence > 0.96 ? '' : `0.${500 + random.below(500)}`;
    row.model = 'text-screen/2';
    this.#fillMore(row, random);
  }

  #fillMore(row: CandidateFields, random: Random): void {
    const lot = random.next();
    row.originatorCode = lot < 0.2 ? String(200_000_000 + random.below(400) * 1_234_567) : '';
    row.callbackNumber = lot > 0.8 ? `010-0${random.digits(3)}-${random.digits(4)};070-0000-0000` : '';
    row.relay = lot < 0.5 ? random.pick(RELAYS) : '';
    row.chain = lot < 0.25 ? `${random.pick(RESELLERS)};${random.pick(RESELLERS)}` : '';
    row.sample = lot < 0.6 ? random.pick(SAMPLES) : '';
    row.url = lot > 0.85 ? `https://example.com/${random.digits(4)}?from=sms` : '';
    row.reportIds = lot > 0.9 ? `${random.digits(8)};${random.digits(8)}` : '';
    row.note = lot > 0.95 ? NOTE : '';
    this.#isShort = false;
  }

  #line(): string {
    const r = this.#row;
    // Written out: a loop over the names would take several times as long.
    const most =
      `${r.type},${r.value},${r.category},${r.reports},${r.reporters},${r.firstSeen},${r.lastSeen},${r.source},` +
      `${r.score},${r.model},${r.originatorCode},${r.callbackNumber},${r.relay},${r.chain},${r.sample},` +
      `${r.url},${r.reportIds}`;
    return this.#isShort && !this.#options.padShortRows ? `${most}\n` : `${most},${r.note}\n`;
  }
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Each item as often as its weight says, for picking with equal chances. */
function repeatedByWeight<T extends { weight: number }>(items: readonly T[]): T[] {
  return items.flatMap((item) => Array.from({ length: Math.round(item.weight * 10) }, () => item));
}

/** `npx tsx bench/candidate-file.ts --rows 20000 --seed 1 > file.csv` */
async function writeFile(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      day: { type: 'string' },
      expected: { type: 'string' },
    },
  });
  const { day, expected } = values;
  const options = { rows: Number(values.rows), seed: Number(values.seed), ...(day !== undefined && { day }) };
  if (!Number.isSafeInteger(options.rows) || options.rows < 0 || !Number.isSafeInteger(options.seed))
    throw new Error('--rows and --seed are integers');
  const file = new CandidateFile(options);
  for await (const chunk of file.chunks()) {
    if (!process.stdout.write(chunk)) await new Promise((resume) => process.stdout.once('drain', resume));
  }
  if (expected !== undefined) writeFileSync(expected, `${JSON.stringify(file.expected)}\n`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await writeFile();
