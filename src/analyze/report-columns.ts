// The columns of a report file, by their Korean and English names, read from its first record.
import { CommandError } from '../client/command.ts';

/** English name and Korean name of every column of the feed; `reporter` is in some carriers' own files only. */
const NAMES = {
  seq: '연번',
  reportType: '신고유형',
  spamType: '스팸유형',
  callbackNumber: '회신번호',
  originNumber: '원발신번호',
  relay: '중계사',
  receivedAt: '수신시간',
  reportedAt: '신고시간',
  message: '메시지',
  messageType: '메시지타입',
  storedAt: '저장시간',
  fileName: '파일이름',
  reporter: '신고자',
} as const;

export type ReportColumn = keyof typeof NAMES;

/** Which of the two numbers of a report is taken as its sender. */
export type SenderColumn = 'originNumber' | 'callbackNumber';

/** Each column's place in the file; what the file does not have has none. */
export type ColumnPlaces = ReadonlyMap<ReportColumn, number>;

const KNOWN = new Map<string, ReportColumn>(
  Object.entries(NAMES).flatMap(([english, korean]) => [
    [bareName(english), english as ReportColumn],
    [bareName(korean), english as ReportColumn],
  ]),
);

export interface ReportHeader {
  places: ColumnPlaces;
  /** How many columns a record has, the unknown ones too. */
  width: number;
}

/** Reads the header of a file. Throws CommandError that names each missing column in both languages. */
export function readHeader(text: string, file: string, sender: SenderColumn): ReportHeader {
  const cells = firstRecord(text);
  const places = new Map<ReportColumn, number>();
  for (const [place, cell] of cells.entries()) {
    const column = KNOWN.get(bareName(cell));
    if (column === undefined) continue;
    if (places.has(column)) throw new CommandError(`${file}: the column ${nameOf(column)} is there twice`);
    places.set(column, place);
  }
  const missing = (['spamType', sender] as ReportColumn[])
    .filter((column) => !places.has(column))
    .map(nameOf);
  if (!places.has('reportedAt') && !places.has('receivedAt')) missing.push(nameOf('reportedAt'));
  if (missing.length > 0) {
    throw new CommandError(
      `${file}: missing column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; the first line names the columns, separated by commas`,
    );
  }
  return { places, width: cells.length };
}

function nameOf(column: ReportColumn): string {
  return `${NAMES[column]} (${column})`;
}

/** Spaces, case and what stands in parentheses do not matter. */
function bareName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\(.*\)|[\s_]/g, '')
    .toLowerCase();
}

const CELL = /"((?:[^"]|"")*)"|([^,\r\n]*)/y;

function firstRecord(text: string): string[] {
  const cells: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (;;) {
    CELL.lastIndex = at;
    const match = CELL.exec(text);
    cells.push(match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? '');
    at += match?.[0].length ?? 0;
    if (text[at] !== ',') return cells;
    at++;
  }
}
