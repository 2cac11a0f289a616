// Dated public lists from a directory: which numbers each holds, and what in it is no number, by reason.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CountryCode } from 'libphonenumber-js/max';
import { type NumberClass, parseSenderNumber } from '../src/list/sender-number.ts';

export interface DatedList {
  date: string;
  /** Lines that are neither empty nor comments. */
  lines: number;
  /** Lines whose number stood there before, perhaps in another spelling. */
  repeats: number;
  numbers: ReadonlyMap<string, NumberClass>;
  /** What is no number, with the reason. */
  refused: ReadonlyMap<string, string>;
}

const NAME = /^list_(\d{4}-\d\d-\d\d)\.txt$/;
const PREFIX = /^\+?[0-9][0-9 ()/.-]*\*+$/;

/**
 * The lists of a directory in the order of their dates.
 * @param country whose national spellings stand without `+`
 * @throws Error where there is none
 */
export async function readDatedLists(directory: string, country: CountryCode): Promise<DatedList[]> {
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `${directory}: ${cause.code === 'ENOENT' ? 'there is no such directory' : cause.message}`,
      {
        cause,
      },
    );
  });
  const dated = names.filter((name) => NAME.test(name)).sort();
  if (dated.length === 0) throw new Error(`${directory} holds no list_YYYY-MM-DD.txt`);
  const lists: DatedList[] = [];
  for (const name of dated) {
    const date = NAME.exec(name)?.[1] ?? '';
    lists.push(readList(date, await readFile(join(directory, name), 'utf8'), country));
  }
  return lists;
}

function readList(date: string, text: string, country: CountryCode): DatedList {
  const numbers = new Map<string, NumberClass>();
  const refused = new Map<string, string>();
  let lines = 0;
  let repeats = 0;
  for (const line of text.split(/\r?\n/)) {
    const raw = line.replace(/(^|\s)#.*$/, '').trim();
    if (raw === '') continue;
    lines++;
    const number = PREFIX.test(raw) ? undefined : parseSenderNumber(raw, country);
    if (number?.ok) {
      if (numbers.has(number.value)) repeats++;
      numbers.set(number.value, number.numberClass);
    } else refused.set(raw, number?.code ?? 'prefix');
  }
  return { date, lines, repeats, numbers, refused };
}
