// `chadan submit`: sends a file as it is, so that the exchange judges it and nobody else. The file's own hash is
// the idempotency key: the same command again cannot hand the rows in twice.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { CommandError, printJson } from '../client/command.ts';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient, type RequestBody } from '../client/exchange-client.ts';
import type { components } from '../http/generated/openapi.ts';
import { describeReceipt } from './receipt-text.ts';
import { startProgress, type UploadProgress } from './upload-progress.ts';

type Schemas = components['schemas'];

export interface SubmitOptions {
  credentials?: string;
  format?: string;
  idempotencyKey?: string;
  json?: boolean;
}

const TYPES: Record<string, string> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};
const FORMATS: Record<string, string> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
};
/** Sent as it is: the exchange unpacks. */
const PACKED = '.gz';
const KEY = /^[\x21-\x7e]{1,128}$/;
const FIRST_ERRORS = 5;
/** Sending the body and storing it are waited for as one. */
const TIMEOUT_MS = 20 * 60_000;

/** Hands in a file; 0 when every row was accepted, 2 when some are invalid. Throws CommandError, ExchangeError. */
export async function submitFile(file: string, options: SubmitOptions): Promise<number> {
  const isPacked = extname(file).toLowerCase() === PACKED;
  const type = contentTypeOf(isPacked ? file.slice(0, -PACKED.length) : file, options.format);
  if (options.idempotencyKey !== undefined && !KEY.test(options.idempotencyKey)) {
    throw new CommandError('the idempotency key must be 1 to 128 printable ASCII characters without spaces');
  }
  const size = file === '-' ? undefined : await sizeOf(file);
  const client = new ExchangeClient(await readCredentials(options.credentials));
  const key = options.idempotencyKey ?? (size === undefined ? undefined : await hashFile(file));
  const progress = startProgress(size, options.json === true);
  let receipt: Schemas['SubmissionReceipt'];
  try {
    receipt = await client.requestJson('/v1/submissions', {
      method: 'POST',
      headers: {
        'content-type': type,
        ...(isPacked && { 'content-encoding': 'gzip' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      // A file is opened again for each attempt; standard input can be read once only.
      body:
        size === undefined
          ? streamOf(process.stdin, progress)
          : () => streamOf(createReadStream(file), progress),
      timeoutMs: TIMEOUT_MS,
    });
  } finally {
    progress.stop();
  }
  if (options.json) printJson(receipt);
  else process.stdout.write(describeReceipt(receipt, await firstErrors(client, receipt)));
  return receipt.invalid > 0 ? 2 : 0;
}

function contentTypeOf(file: string, format: string | undefined): string {
  const name = format ?? FORMATS[extname(file).toLowerCase()];
  const type = name === undefined ? undefined : TYPES[name];
  if (type !== undefined) return type;
  if (format !== undefined) throw new CommandError('--format must be csv, ndjson or json');
  throw new CommandError(
    `give --format csv, ndjson or json: ${file === '-' ? 'standard input' : file} does not say which`,
  );
}

/** The size of a regular file; undefined for a pipe or device, which can be read once only. */
async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${error.code})`;
    throw new CommandError(`${file}: ${reason}`, 1, { cause: error });
  });
  if (found.isDirectory()) throw new CommandError(`${file} is a directory: give a file`);
  return found.isFile() ? found.size : undefined;
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    throw new CommandError(`${file}: it cannot be read (${(error as NodeJS.ErrnoException).code})`, 1, {
      cause: error,
    });
  }
  return hash.digest('hex');
}

function streamOf(source: Readable, progress: UploadProgress): RequestBody {
  progress.restart();
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      progress.add(chunk.length);
      yield chunk;
    }
    progress.sent();
  }
  return Readable.toWeb(Readable.from(counted(), { objectMode: false })) as RequestBody;
}

async function firstErrors(
  client: ExchangeClient,
  receipt: Schemas['SubmissionReceipt'],
): Promise<Schemas['SubmissionError'][]> {
  if (receipt.invalid === 0) return [];
  const path = `/v1/submissions/${receipt.id}/errors?limit=${FIRST_ERRORS}`;
  return (await client.requestJson<Schemas['SubmissionErrorPage']>(path)).items;
}
