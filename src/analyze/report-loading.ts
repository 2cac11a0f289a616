// Report files into the table `report`, and what their numbers and spam types mean into `number` and `spam_type`.
// Each distinct text is judged once: in a feed the same ones come again and again.
import { CommandError } from '../client/command.ts';
import { CATEGORIES } from '../list/category.ts';
import { parseSenderNumber } from '../list/sender-number.ts';
import type { ReportColumn, SenderColumn } from './report-columns.ts';
import { literal, type ReportDatabase } from './report-database.ts';
import type { ReportFile } from './report-file.ts';
import { readSpamType } from './spam-type.ts';
import { textKeySql } from './text-key.ts';

/** A record that could not be read. `record` 1 is the header. */
export interface BrokenRecord {
  file: string;
  record: number;
  fault: string;
}

export interface Loaded {
  rows: number;
  broken: number;
  firstBroken: BrokenRecord[];
  /** Reports that were given more than once, with the same seq, number and times. */
  repeated: number;
  unknownSpamTypes: number;
}

const FIRST_BROKEN = 5;
const MAX_MESSAGE = 2000;
const MAX_RECORD_BYTES = 4 << 20;
const TIME_FORMATS = [
  ...['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M:%S.%g', '%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M:%S', '%Y%m%d%H%M%S'],
  ...['%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M', '%Y.%m.%d %H:%M:%S', '%Y-%m-%d'],
];

/** Reads all files. Throws CommandError for what is no CSV at all, and where no report is left. */
export async function loadReports(
  db: ReportDatabase,
  files: readonly ReportFile[],
  sender: SenderColumn,
): Promise<Loaded> {
  await db.run(`CREATE TABLE report (id UBIGINT, seq VARCHAR, spam VARCHAR, raw VARCHAR, callback VARCHAR,
    relay VARCHAR, reporter VARCHAR, reported_at TIMESTAMP, seen TIMESTAMP, text_key UBIGINT, message VARCHAR)`);
  const loaded: Loaded = { rows: 0, broken: 0, firstBroken: [], repeated: 0, unknownSpamTypes: 0 };
  for (const file of files) await loadFile(db, file, sender, loaded);
  const [total] = await db.rows('SELECT count(*)::DOUBLE AS total FROM report');
  loaded.rows = Number(total?.['total']);
  if (loaded.rows === 0) {
    const broken = loaded.broken > 0 ? `: all ${loaded.broken} records are broken` : '';
    throw new CommandError(`there is no report in ${files.map((file) => file.name).join(', ')}${broken}`);
  }
  loaded.repeated = await removeRepeated(db);
  await judgeNumbers(db);
  loaded.unknownSpamTypes = await judgeSpamTypes(db);
  return loaded;
}

async function loadFile(
  db: ReportDatabase,
  file: ReportFile,
  sender: SenderColumn,
  loaded: Loaded,
): Promise<void> {
  try {
    await db.run(`INSERT INTO report ${selectSql(file, sender)}`);
  } catch (error) {
    // The engine's own text may quote records; what it says is not repeated.
    throw new CommandError(
      `${file.name}: not readable as CSV (an unclosed quote, or line ends of two kinds: sed -i 's/\\r$//' makes them one), or no space is left`,
      1,
      { cause: error },
    );
  }
  const broken = await db.rows(`SELECT line::DOUBLE AS line, min(error_type::VARCHAR) AS fault
    FROM reject_errors GROUP BY line ORDER BY line`);
  loaded.broken += broken.length;
  for (const { line, fault } of broken.slice(0, FIRST_BROKEN - loaded.firstBroken.length)) {
    loaded.firstBroken.push({ file: file.name, record: Number(line), fault: String(fault).toLowerCase() });
  }
  await db.run('DROP TABLE reject_errors');
  await db.run('DROP TABLE reject_scans');
}

function selectSql({ path, places, width }: ReportFile, sender: SenderColumn): string {
  const columns = Array.from({ length: width }, (_, place) => `c${place}: 'VARCHAR'`).join(', ');
  const cell = (column: ReportColumn) => (places.has(column) ? `trim(c${places.get(column)})` : 'NULL');
  const text = (column: ReportColumn) => `nullif(${cell(column)}, '')`;
  const time = (column: ReportColumn) =>
    places.has(column) ? `try_strptime(${cell(column)}, [${TIME_FORMATS.map(literal).join(', ')}])` : 'NULL';
  return `SELECT CASE WHEN seq IS NOT NULL THEN hash(seq, raw, reported, received, message) END, seq, spam, raw, callback,
      relay, reporter, coalesce(reported, received), coalesce(received, reported), ${textKeySql('message')}, message
    FROM (SELECT ${text('seq')} AS seq, coalesce(${cell('spamType')}, '') AS spam,
      coalesce(${cell(sender)}, '') AS raw, ${text('callbackNumber')} AS callback, ${text('relay')} AS relay,
      ${text('reporter')} AS reporter, ${time('reportedAt')} AS reported, ${time('receivedAt')} AS received,
      left(${text('message')}, ${MAX_MESSAGE}) AS message
    FROM read_csv(${literal(path)}, auto_detect=false, header=true, delim=',', quote='"', escape='"',
      columns={${columns}}, store_rejects=true, max_line_size=${MAX_RECORD_BYTES}))`;
}

/** The same report in two files counts once. */
async function removeRepeated(db: ReportDatabase): Promise<number> {
  await db.run(`CREATE TEMP TABLE repeated AS
    SELECT id, count(*) - 1 AS surplus FROM report WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1`);
  const [found] = await db.rows('SELECT coalesce(sum(surplus), 0)::DOUBLE AS surplus FROM repeated');
  const surplus = Number(found?.['surplus']);
  if (surplus > 0) {
    await db.run(`DELETE FROM report WHERE id IN (SELECT id FROM repeated) AND rowid NOT IN
      (SELECT min(rowid) FROM report WHERE id IN (SELECT id FROM repeated) GROUP BY id)`);
  }
  return surplus;
}

/** `number`: each text that stood for a sender, with its canonical value or the reason why it has none. */
async function judgeNumbers(db: ReportDatabase): Promise<void> {
  await db.run('CREATE TABLE number (raw VARCHAR, value VARCHAR, reason VARCHAR)');
  await db.run('CREATE TABLE spelling AS SELECT DISTINCT raw FROM report');
  const appender = await db.connection.createAppender('number');
  for await (const row of db.stream('SELECT raw FROM spelling')) {
    const raw = String(row['raw']);
    const number = parseSenderNumber(raw);
    appender.appendVarchar(raw);
    if (number.ok) {
      appender.appendVarchar(number.value);
      appender.appendNull();
    } else {
      appender.appendNull();
      appender.appendVarchar(number.code);
    }
    appender.endRow();
  }
  appender.closeSync();
  await db.run('DROP TABLE spelling');
}

/** `spam_type`: each text with its verdict and the rank that settles a tie of categories. */
async function judgeSpamTypes(db: ReportDatabase): Promise<number> {
  await db.run('CREATE TABLE spam_type (spam VARCHAR, verdict VARCHAR, rank INTEGER)');
  let unknown = 0;
  const appender = await db.connection.createAppender('spam_type');
  for (const row of await db.rows('SELECT spam, count(*)::DOUBLE AS reports FROM report GROUP BY spam')) {
    const verdict = readSpamType(String(row['spam']));
    if (verdict === undefined) unknown += Number(row['reports']);
    appender.appendVarchar(String(row['spam']));
    appender.appendVarchar(verdict ?? 'other');
    appender.appendInteger(CATEGORIES.findIndex((category) => category === (verdict ?? 'other')));
    appender.endRow();
  }
  appender.closeSync();
  return unknown;
}
