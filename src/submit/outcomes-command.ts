// `chadan outcomes`: the feed of decisions, once or for ever. Following, it lets the exchange wait. The cursor is the reader's to keep: it is printed
// on stderr at the end, however the command ends.
import { setTimeout as sleep } from 'node:timers/promises';
import { readCredentials } from '../client/credentials.ts';
import { ExchangeClient, ExchangeError } from '../client/exchange-client.ts';
import type { components } from '../http/generated/openapi.ts';

type Outcome = components['schemas']['Outcome'];
type OutcomeFeed = components['schemas']['OutcomeFeed'];

export interface OutcomeOptions {
  credentials?: string;
  after?: string;
  follow?: boolean;
  json?: boolean;
  csv?: boolean;
}

const PAGE = 1000;
/** As long as the contract allows. */
const WAIT_SECONDS = 30;
const TIMEOUT_MS = (WAIT_SECONDS + 15) * 1000;
const SHORTEST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;
const COLUMNS = [
  'candidateId',
  'submissionId',
  'row',
  'value',
  'list',
  'outcome',
  'reason',
  'category',
  'until',
  'decidedAt',
  'question',
] as const satisfies readonly (keyof Outcome)[];

/** Prints outcomes. Throws CommandError, ExchangeError; while following only what will not pass by itself. */
export async function followOutcomes(options: OutcomeOptions): Promise<void> {
  const client = new ExchangeClient(await readCredentials(options.credentials));
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let cursor = options.after;
  try {
    if (options.csv) process.stdout.write(`${COLUMNS.join(',')}\n`);
    for (let pauseMs = SHORTEST_WAIT_MS; !stopping.signal.aborted; ) {
      const asked = performance.now();
      const feed = await readFeed(client, cursor, stopping.signal, options.follow === true);
      for (const item of feed?.items ?? []) await print(`${lineOf(item, options)}\n`);
      if (feed) cursor = feed.next;
      if (feed?.items.length === PAGE) continue;
      if (!options.follow) break;
      // The exchange waited for us, unless it is away or too many wait: then we do.
      const hasWaited = feed !== undefined && performance.now() - asked >= SHORTEST_WAIT_MS;
      if (hasWaited || (feed && feed.items.length > 0)) {
        pauseMs = SHORTEST_WAIT_MS;
        continue;
      }
      await sleep(pauseMs, undefined, { signal: stopping.signal });
      pauseMs = Math.min(pauseMs * 1.5, LONGEST_WAIT_MS);
    }
  } catch (error) {
    // Interrupted: an ordinary end.
    if (!stopping.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    if (cursor !== undefined) process.stderr.write(`next: --after ${cursor}\n`);
  }
}

/** Undefined when the exchange is away and we are to wait for it. */
async function readFeed(
  client: ExchangeClient,
  cursor: string | undefined,
  signal: AbortSignal,
  patient: boolean,
): Promise<OutcomeFeed | undefined> {
  const query = new URLSearchParams({
    limit: String(PAGE),
    ...(cursor !== undefined && { after: cursor }),
    ...(patient && { wait: String(WAIT_SECONDS) }),
  });
  try {
    return await client.requestJson<OutcomeFeed>(`/v1/outcomes?${query}`, { signal, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (!(patient && error instanceof ExchangeError && error.retryable)) throw error;
    process.stderr.write(`chadan: ${error.message}; trying again\n`);
    return undefined;
  }
}

function lineOf(item: Outcome, options: OutcomeOptions): string {
  if (options.json) return JSON.stringify(item);
  if (options.csv) return COLUMNS.map((name) => csvField(String(item[name] ?? ''))).join(',');
  const what = [item.outcome, item.reason ?? item.category ?? '', item.until ?? '', quote(item.question)]
    .filter((word) => word !== '')
    .join(' ');
  return `${item.decidedAt}  ${item.value}  ${what}  (row ${item.row} of ${item.submissionId})`;
}

/** A person's text on one line, whatever it holds. */
function quote(text: string | null): string {
  return text === null ? '' : JSON.stringify(text.replace(/[\p{Cc}\p{Cf}]+/gu, ' '));
}

/** RFC 4180. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A reader that is slower than the feed holds it up, instead of filling the memory. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
