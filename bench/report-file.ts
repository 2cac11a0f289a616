// A feed of spam reports in the agency's shape, of any size, with the exact candidates that are in it, known by
// construction. The same seed gives the same file. The numbers are random: none of them is to be accused.
import { createWriteStream, realpathSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  canonicalOf,
  DistinctValues,
  type KnownValue,
  Random,
  spell,
  VALUE_KINDS,
} from './candidate-numbers.ts';

export interface ReportFileOptions {
  rows: number;
  seed: number;
  /** The first of the thirty days, `YYYY-MM-DD`. */
  day?: string;
}

/** What the default rules must make of the file. */
export interface ReportTruth {
  rows: number;
  broken: number;
  repeated: number;
  leftOut: Record<string, number>;
  /** By canonical value; `reports` without those found to be no spam. */
  candidates: Map<string, { reports: number; category: string }>;
}

interface Sender {
  number: KnownValue;
  campaign: number;
  type: number;
  /** Reports by day, without those found to be no spam. */
  days: Int32Array;
  notSpam: number;
  /** By index of TYPES. */
  types: Int32Array;
}

const DAYS = 30;
const DAY_MS = 86_400_000;
const CHUNK_CHARS = 1 << 16;
const MIN_REPORTS = 50;
const MAX_NOT_SPAM = 0.2;
const NOT_SPAM = 4;
const UNDETERMINED = 9;
/** Name, category and how often of a thousand, after a year of the feed; a tie is settled by the earlier rank. */
const TYPES: readonly [name: string, category: string, weight: number, rank: number][] = [
  ['기타', 'other', 451, 20],
  ['도박', 'gambling', 231, 0],
  ['불법대출', 'illegal_loan', 104, 1],
  ['성인', 'adult', 53, 3],
  ['비스팸', '', 42, 99],
  ['주식', 'stock', 41, 5],
  ['대리운전', 'driver', 20, 8],
  ['부동산', 'real_estate', 19, 9],
  ['통신가입', 'telecom', 9, 7],
  ['확인불가', '', 9, 99],
  ['금융', 'finance', 9, 6],
  ['의약품', 'drugs', 6, 2],
  ['유흥업소', 'nightlife', 2, 10],
  ['게임', 'game', 2, 13],
  ['새유형', 'other', 2, 20],
];
const LOT = TYPES.flatMap(([, , weight], index) => Array.from({ length: weight }, () => index));
const RELAYS = ['relay one', 'relay two', 'relay three'];
const HEADER =
  'seq,신고유형,스팸유형,회신번호,원발신번호,중계사,수신시간,신고시간,메시지,메시지 타입,저장시간,파일이름\n';
const OPENINGS = ['(광고) 오늘만 특별 "혜택"', '[Web발신]\n고객님, 안내드립니다', '회원님 지금 확인하세요'];

export class ReportFile {
  /** Complete once `chunks` has ended. */
  readonly truth: ReportTruth = { rows: 0, broken: 0, repeated: 0, leftOut: {}, candidates: new Map() };
  readonly #options: ReportFileOptions;
  readonly #random: Random;
  readonly #senders: Sender[];
  readonly #start: number;
  #seq = 0;

  constructor(options: ReportFileOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#start = Date.parse(options.day ?? '2026-10-01');
    const kinds = VALUE_KINDS.filter(({ name }) =>
      ['mobile', 'Seoul', 'area', 'voip', 'foreign'].includes(name),
    );
    const draws = kinds.map((kind) => new DistinctValues(kind, this.#random));
    this.#senders = Array.from({ length: Math.max(20, Math.floor(options.rows / 100)) }, (_, index) => ({
      number: draws[index % 7 < 3 ? 0 : index % kinds.length]?.draw() as KnownValue,
      campaign: index % 400,
      type: this.#random.pick(LOT),
      days: new Int32Array(DAYS),
      notSpam: 0,
      types: new Int32Array(TYPES.length),
    }));
  }

  /** The file, to be read once. */
  async *chunks(): AsyncGenerator<string> {
    let text = HEADER;
    while (this.#seq < this.#options.rows) {
      text += this.#row();
      if (text.length < CHUNK_CHARS) continue;
      yield text;
      text = '';
    }
    yield text;
    for (const sender of this.#senders) this.#judge(sender);
  }

  #row(): string {
    const random = this.#random;
    const seq = ++this.#seq;
    const lot = random.next();
    if (lot < 0.0001) {
      this.truth.broken++;
      return `${seq},문자,도박\n`;
    }
    const index = Math.floor(this.#senders.length * random.next() ** 3);
    const sender = this.#senders[index] as Sender;
    const day = random.next() < 0.6 ? index % DAYS : random.below(DAYS);
    const type = this.#typeOf(sender, index);
    const origin = this.#origin(sender);
    this.truth.rows++;
    if (typeof origin === 'string') this.#count(sender, day, type);
    else this.truth.leftOut[origin.reason] = (this.truth.leftOut[origin.reason] ?? 0) + 1;
    const line = this.#line(seq, sender, day, type, typeof origin === 'string' ? origin : origin.text);
    if (lot < 0.9998) return line;
    this.truth.rows++;
    this.truth.repeated++;
    return line + line;
  }

  #typeOf(sender: Sender, index: number): number {
    const lot = this.#random.next();
    if (index % 17 === 0 && lot < 0.4) return NOT_SPAM;
    return lot < 0.8 ? sender.type : this.#random.pick(LOT);
  }

  /** The origin number, in the shares of real reports. */
  #origin(sender: Sender): string | { text: string; reason: string } {
    const random = this.#random;
    const lot = random.next();
    if (lot < 0.21) return { text: '0000', reason: 'anonymous' };
    if (lot < 0.29) return { text: '', reason: 'empty' };
    if (lot < 0.35) return { text: `010${random.digits(4)}****`, reason: 'masked' };
    if (lot < 0.63) return { text: `15${random.digits(8)}`, reason: 'wrong_length' };
    return spell(sender.number, random, random.below(2));
  }

  #count(sender: Sender, day: number, type: number): void {
    if (type === NOT_SPAM) {
      sender.notSpam++;
      return;
    }
    sender.days[day] = (sender.days[day] as number) + 1;
    sender.types[type] = (sender.types[type] as number) + 1;
  }

  #line(seq: number, sender: Sender, day: number, type: number, origin: string): string {
    const random = this.#random;
    const at = new Date(this.#start + day * DAY_MS + random.below(DAY_MS - 60_000) + 60_000).toISOString();
    const time = `${at.slice(0, 10)} ${at.slice(11, 19)}`;
    const campaign = String.fromCharCode(0xac00 + sender.campaign * 20, 0xac00 + sender.campaign * 23);
    const message = `${OPENINGS[sender.campaign % 3]} ${campaign} 상담 문의 010-0${random.digits(3)}-${random.digits(4)} https://example.com/${random.digits(5)}?u=${seq}`;
    return (
      `${seq},문자,${TYPES[type]?.[0]},010-0${random.digits(3)}-0000,${origin},${random.pick(RELAYS)},${time},${time},` +
      `"${message.replaceAll('"', '""')}",SMS,${time},f${seq % 9}.csv\n`
    );
  }

  #judge(sender: Sender): void {
    const reports = sender.days.reduce((sum, count) => sum + count, 0);
    const share = sender.notSpam / Math.max(1, reports + sender.notSpam);
    if (Math.max(...sender.days) < MIN_REPORTS || share > MAX_NOT_SPAM) return;
    const byCategory = new Map<string, { count: number; rank: number }>();
    for (const [index, count] of sender.types.entries()) {
      if (index === UNDETERMINED || count === 0) continue;
      const [, category, , rank] = TYPES[index] as (typeof TYPES)[number];
      byCategory.set(category, { count: count + (byCategory.get(category)?.count ?? 0), rank });
    }
    const [first] = [...byCategory].sort(([, a], [, b]) => b.count - a.count || a.rank - b.rank);
    this.truth.candidates.set(canonicalOf(sender.number), { reports, category: first?.[0] ?? 'other' });
  }
}

/** Writes a file and gives back what is in it. */
export async function writeReportFile(path: string, options: ReportFileOptions): Promise<ReportTruth> {
  const file = new ReportFile(options);
  await pipeline(Readable.from(file.chunks()), createWriteStream(path));
  return file.truth;
}

/** `npx tsx bench/report-file.ts --rows 20000 --seed 1 --out reports.csv` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: 'reports.csv' },
    },
  });
  const truth = await writeReportFile(values.out, { rows: Number(values.rows), seed: Number(values.seed) });
  process.stdout.write(`${JSON.stringify({ ...truth, candidates: truth.candidates.size })}\n`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
