// P1: what it takes to hand in a file of a million rows, from the first byte until the 201, beside \copy of the
// same file into one table with a unique index on the same PostgreSQL.
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import { registerCarrier, type ServerProcess, startServerProcess } from '../scripts/server-process.ts';
import { connect, type Database } from '../src/database/connection.ts';
import { startEmbedded } from '../src/database/embedded.ts';
import { CandidateFile, type ExpectedAnswer } from './candidate-file.ts';
import { Random } from './candidate-numbers.ts';
import { type KnownValues, seedState } from './ingest-state.ts';
import { type Result, round } from './result.ts';

const SEED = 20_261_124;
const DAY = '2026-11-24';
const REPEATED_SHARE = 0.45;
const MAX_RATIO = 2;
const MAX_MEMORY = 400 * 1024 * 1024;

/** Measures one submission of 1,000,000 rows (20,000 when small), and checks its receipt and its rows. */
export async function benchIngest(scale: 'small' | 'full'): Promise<Result> {
  const rows = scale === 'full' ? 1_000_000 : 20_000;
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  await chmod(directory, 0o711); // as root, PostgreSQL runs as another user, who must come through
  const postgres = await startEmbedded({ dataDir: join(directory, 'postgres') });
  const database = connect({ url: postgres.url, statementTimeoutMs: 0 });
  try {
    const file = await makeFiles(directory, rows);
    const before = await timeCopy(database, file.padded);
    const measured = await measureSubmission(directory, postgres.url, database, file);
    const after = await timeCopy(database, file.padded);
    return report(rows, file, measured, [before, after]);
  } finally {
    await database.close();
    await postgres.stop();
    for (const path of [postgres.directory, directory]) await rm(path, { recursive: true, force: true });
  }
}

interface Files {
  path: string;
  bytes: number;
  /** The same file for COPY, which stops at a row that lacks a column. */
  padded: string;
  expected: ExpectedAnswer;
  known: KnownValues;
}

async function makeFiles(directory: string, rows: number): Promise<Files> {
  const path = join(directory, 'candidates.csv');
  const padded = join(directory, 'padded.csv');
  const lists: string[] = [];
  const values: string[] = [];
  const options = { rows, seed: SEED, day: DAY };
  const file = new CandidateFile({
    ...options,
    onAccepted(type, value) {
      lists.push(type === 'sender_number' ? 'sender-numbers' : 'originator-codes');
      values.push(value);
    },
  });
  await pipeline(Readable.from(file.chunks()), createWriteStream(path));
  const copy = new CandidateFile({ ...options, padShortRows: true });
  await pipeline(Readable.from(copy.chunks()), createWriteStream(padded));
  const known = chooseKnown(lists, values, rows * REPEATED_SHARE);
  return { path, bytes: (await stat(path)).size, padded, expected: file.expected, known };
}

/** So many of the values, anywhere in the file; every other one is listed. */
function chooseKnown(lists: readonly string[], values: readonly string[], wanted: number): KnownValues {
  const random = new Random(SEED + 1);
  const known: KnownValues = { lists: [], values: [], listed: [] };
  for (let i = 0; i < values.length; i++) {
    if (random.next() * (values.length - i) >= wanted - known.values.length) continue;
    known.listed.push(known.values.length % 2 === 0);
    known.lists.push(lists[i] ?? '');
    known.values.push(values[i] ?? '');
  }
  return known;
}

interface Measured {
  elapsedMs: number;
  /** From the first byte until the queue had every case in its place. */
  orderedMs: number;
  peakMemory: number | undefined;
  /** Of the server alone, from the first byte until the 201; starting it is no part of that. */
  cpuSeconds: number | undefined;
}

async function measureSubmission(
  directory: string,
  databaseUrl: string,
  database: Database,
  file: Files,
): Promise<Measured> {
  const server = await startServerProcess(join(directory, 'data'), {
    DATABASE_URL: databaseUrl,
    CHADAN_PORT: '0',
  });
  try {
    await seedState(database, file.known);
    const carrier = await registerCarrier(server, 'carrier');
    const token = await carrier.accessToken();
    const cpuBefore = await server.cpuSeconds();
    const begun = performance.now();
    const receipt = await post(server, token, file.path);
    const elapsedMs = performance.now() - begun;
    const cpuAfter = await server.cpuSeconds();
    checkReceipt(receipt, file);
    await queueInOrder(database);
    const orderedMs = performance.now() - begun;
    await checkRows(database, file);
    const cpuSeconds = cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore;
    return { elapsedMs, orderedMs, peakMemory: await server.peakMemory(), cpuSeconds };
  } finally {
    await server.stop();
  }
}

/** Resolves once nothing is left to be put in order. */
async function queueInOrder({ db }: Database): Promise<void> {
  const unranked = db.selectFrom('submission').select('id').where('unranked_from', 'is not', null);
  while ((await unranked.execute()).length > 0) await pause(100);
}

/** The receipt. Throws unless it is 201. */
function post(server: ServerProcess, token: string, path: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/csv', authorization: `Bearer ${token}` };
    const call = request(`${server.url}/v1/submissions`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 201) resolve(JSON.parse(text) as Record<string, unknown>);
        else reject(new Error(`answered ${response.statusCode}: ${text}`));
      });
    });
    pipeline(createReadStream(path), call).catch(reject);
  });
}

function checkReceipt(receipt: Record<string, unknown>, { expected, known }: Files): void {
  const listed = known.listed.filter(Boolean).length;
  const owed = {
    received: expected.received,
    accepted: expected.accepted,
    invalid: expected.invalid,
    duplicates: expected.duplicates,
    newCases: expected.accepted - known.values.length,
    joinedCases: known.values.length - listed,
    alreadyListed: listed,
  };
  for (const [name, count] of Object.entries(owed)) {
    if (receipt[name] !== count) throw new Error(`${name} is ${receipt[name]}, and should be ${count}`);
  }
}

/** Each accepted row is one candidate of one case, whose sums are those of its candidates. */
async function checkRows({ db }: Database, { expected, known }: Files): Promise<void> {
  const { rows } = await sql<{ candidates: number; cases: number; wrong: number }>`
    with summed as (select case_id, sum(reports) as reports, count(*) as many from candidate group by case_id)
    select (select count(*) from candidate) as candidates, (select count(*) from review_case) as cases,
           (select count(*) from review_case c left join summed s on s.case_id = c.id
             where s.many is null or c.reports <> coalesce(s.reports, 0)) as wrong`.execute(db);
  const owed = { candidates: expected.accepted + known.values.length, cases: expected.accepted, wrong: 0 };
  if (JSON.stringify(rows[0]) !== JSON.stringify(owed))
    throw new Error(`stored ${JSON.stringify(rows[0])}, and should be ${JSON.stringify(owed)}`);
}

/** Milliseconds of what psql's \copy does: the file is read here and sent over a connection. */
async function timeCopy({ pool, db }: Database, path: string): Promise<number> {
  const columns = (await firstLine(path)).split(',').map((name) => `"${name}"`);
  const client = await pool.connect();
  try {
    await client.query(
      `create table copied (line bigint generated always as identity, ${columns.join(' text, ')} text)`,
    );
    await client.query('create unique index copied_value on copied ("type", "value", line)');
    await sql`checkpoint`.execute(db);
    const begun = performance.now();
    const target = client.query(
      copyFrom(`copy copied (${columns.join(', ')}) from stdin with (format csv, header)`),
    );
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), target);
    const elapsedMs = performance.now() - begun;
    await client.query('drop table copied');
    return elapsedMs;
  } finally {
    client.release();
  }
}

async function firstLine(path: string): Promise<string> {
  const stream = createReadStream(path, { encoding: 'utf8', end: 1023 });
  for await (const text of stream as AsyncIterable<string>) return text.slice(0, text.indexOf('\n'));
  throw new Error(`${path} is empty`);
}

function report(
  rows: number,
  file: Files,
  { elapsedMs, orderedMs, peakMemory, cpuSeconds }: Measured,
  copies: number[],
): Result {
  const copyMs = copies.reduce((sum, ms) => sum + ms, 0) / copies.length;
  const figure = elapsedMs / copyMs;
  const megabytes = peakMemory === undefined ? undefined : Math.round(peakMemory / 1024 / 1024);
  return {
    id: 'P1',
    goal: `${rows.toLocaleString('en')} rows over HTTP until 201 ≤ 2 × \\copy of the file, server memory ≤ 400 MB`,
    figure: Math.round(figure * 100) / 100,
    unit: '×',
    met: figure <= MAX_RATIO && peakMemory !== undefined && peakMemory <= MAX_MEMORY,
    details: {
      rows,
      seed: SEED,
      fileMegabytes: Math.round(file.bytes / 1024 / 1024),
      knownValues: file.known.values.length,
      submissionMs: Math.round(elapsedMs),
      queueInOrderMs: Math.round(orderedMs),
      copyMs: copies.map(Math.round),
      copy: 'COPY … FROM STDIN of the file read here, as \\copy does; all columns text, unique index on (type, value, line)',
      peakMemoryMegabytes: megabytes ?? 'unknown here',
      serverCpuMicrosecondsARow: cpuSeconds === undefined ? 'unknown here' : round((cpuSeconds * 1e6) / rows),
      accepted: file.expected.accepted,
      invalid: file.expected.invalid,
      duplicates: file.expected.duplicates,
    },
  };
}
