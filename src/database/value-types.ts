// How values of PostgreSQL are read: int8 as a number, date as the text YYYY-MM-DD (a day has no zone),
// the rest as pg does (timestamptz as Date, numeric as text). The generated types say the same.
import pg from 'pg';

type Parser = (text: string) => unknown;

const PARSERS = new Map<number, Parser>([
  [20, parseInt8],
  [1016, (text) => mapNested(parseTextArray(text), parseInt8)],
  [1082, (text) => text],
  [1182, parseTextArray],
]);

/** The parser of a type, for the `types` of a pool or client. */
export function getTypeParser(oid: number, format?: string): Parser {
  const own = format === 'binary' ? undefined : PARSERS.get(oid);
  return own ?? (pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text') as Parser);
}

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond what a number holds exactly`);
  return value;
}

type Nested<T> = (T | null | Nested<T>)[];

function parseTextArray(text: string): Nested<string> {
  return getTypeParser(1009)(text) as Nested<string>; // text[]: pg's own reading
}

function mapNested<T>(array: Nested<string>, parse: (element: string) => T): Nested<T> {
  return array.map((element) => {
    if (element === null) return null;
    return typeof element === 'string' ? parse(element) : mapNested(element, parse);
  });
}
