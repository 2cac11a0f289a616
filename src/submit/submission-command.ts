// `chadan submission`: what became of a submission, and its refused rows as a file.
import { open } from 'node:fs/promises';
import { CommandError, printJson } from '../client/command.ts';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient, readBody } from '../client/exchange-client.ts';
import type { components } from '../http/generated/openapi.ts';
import { describeSubmission } from './receipt-text.ts';

export interface SubmissionOptions {
  credentials?: string;
  errors?: string;
  json?: boolean;
}

const MAX_ERRORS_BYTES = 1024 * 1024 * 1024;

/** Shows a submission. Throws CommandError, ExchangeError. */
export async function showSubmission(id: string, options: SubmissionOptions): Promise<void> {
  const client = new ExchangeClient(await readCredentials(options.credentials));
  const path = `/v1/submissions/${encodeURIComponent(id)}`;
  const submission = await client.requestJson<components['schemas']['Submission']>(path);
  if (options.errors !== undefined) await saveErrors(client, path, options.errors);
  if (options.json) printJson(submission);
  else process.stdout.write(describeSubmission(submission));
}

/** Never overwrites; a file that is there was written whole, or its command has failed. */
async function saveErrors(client: ExchangeClient, path: string, file: string): Promise<void> {
  const target = await open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === 'EEXIST' ? 'exists already: choose another name' : `cannot be written (${error.code})`;
    throw new CommandError(`${file} ${reason}`, 1, { cause: error });
  });
  try {
    const response = await client.request(`${path}/errors`, { headers: { accept: 'text/csv' } });
    for await (const chunk of readBody(response, { maxBytes: MAX_ERRORS_BYTES }))
      await target.writeFile(chunk);
    await target.sync();
  } finally {
    await target.close();
  }
}
