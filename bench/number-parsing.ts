// N1: how fast sender numbers are read, in every spelling that is accepted, beside libphonenumber-js on the same texts.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { parseSenderNumber } from '../src/list/sender-number.ts';
import { canonicalOf, DistinctValues, Random, spell, VALUE_KINDS } from './candidate-numbers.ts';
import type { Result } from './result.ts';

const SEED = 20_261_124;
/** Foreign numbers, one of twelve, are read by the library in both. */
const GOAL_TIMES = 5;
/** The library is slower; a part of the texts tells as much. */
const LIBRARY_SHARE = 10;

/** Throws where a spelling is not read as the value that it was made from. */
export async function benchNumberParsing(scale: 'small' | 'full'): Promise<Result> {
  const { texts, values } = makeSpellings(scale === 'full' ? 1_000_000 : 50_000);
  readAll(texts.slice(0, 10_000)); // warm, as in a server
  const begun = process.cpuUsage();
  const found = readAll(texts);
  const perSecond = texts.length / secondsSince(begun);
  const wrong = found.findIndex((value, i) => value !== values[i]);
  if (wrong >= 0) throw new Error(`spelling ${wrong} was read as ${found[wrong]}, and is ${values[wrong]}`);
  const libraryPerSecond = timeLibrary(texts.slice(0, texts.length / LIBRARY_SHARE));
  const figure = Math.round((perSecond / libraryPerSecond) * 10) / 10;
  return {
    id: 'N1',
    goal: `sender numbers in all spellings, ≥ ${GOAL_TIMES} × libphonenumber-js`,
    figure,
    unit: '×',
    met: figure >= GOAL_TIMES,
    details: {
      spellings: texts.length,
      seed: SEED,
      perCpuSecond: Math.round(perSecond),
      libphonenumberPerCpuSecond: Math.round(libraryPerSecond),
    },
  };
}

/** Of this process's work, whatever else the machine does. */
function secondsSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

/** Numbers by the weights of real reports, with what each stands for. */
function makeSpellings(count: number): { texts: string[]; values: string[] } {
  const random = new Random(SEED);
  const kinds = VALUE_KINDS.filter(({ type }) => type === 'sender_number');
  const drawn = new Map(kinds.map((kind) => [kind, new DistinctValues(kind, random)]));
  const chosen = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  const texts: string[] = [];
  const values: string[] = [];
  while (texts.length < count) {
    const value = drawn.get(random.pick(chosen))?.draw();
    if (value === undefined) continue;
    texts.push(spell(value, random));
    values.push(canonicalOf(value));
  }
  return { texts, values };
}

function readAll(texts: readonly string[]): (string | undefined)[] {
  return texts.map((text) => {
    const number = parseSenderNumber(text);
    return number.ok ? number.value : undefined;
  });
}

function timeLibrary(texts: readonly string[]): number {
  const begun = process.cpuUsage();
  for (const text of texts) parsePhoneNumberFromString(text, 'KR')?.isValid();
  return texts.length / secondsSince(begun);
}
