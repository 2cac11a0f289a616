// `chadan sync`: once, or following. Reports go to stdout, what went wrong to stderr.
import { CommandError, describeFailure, printJson } from '../client/command.ts';
import { readReaderCredentials } from '../client/credentials.ts';
import { LIST_IDS, type ListId } from '../list/entry.ts';
import { AlarmHook } from './alarm-hook.ts';
import { ChangeHook } from './change-hook.ts';
import { ProgressBar } from './progress-bar.ts';
import { openRelay, type Relay } from './relay.ts';
import { SyncError } from './sync-error.ts';
import type { SyncReport } from './sync-report.ts';

export interface SyncOptions {
  dir: string;
  list?: ListId[];
  follow?: boolean;
  onChange?: string;
  onAlarm?: string;
  credentials?: string;
  json?: boolean;
}

const FAILED = 1;
const STALE = 2;
const REFUSED = 3;
const INTERRUPTED = 130;

/** Gives back the exit code of api.md: 0 current, 1 failed, 2 stale, 3 verification refused. */
export async function syncCommand(options: SyncOptions): Promise<number> {
  const credentials = await readReaderCredentials(options.credentials);
  const relay = await openRelay({
    dir: options.dir,
    credentials,
    lists: [...new Set(options.list ?? LIST_IDS)],
  }).catch((error: unknown) => {
    throw error instanceof SyncError ? new CommandError(error.message, exitCodeOf(error)) : error;
  });
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const hook =
    options.onChange === undefined
      ? undefined
      : new ChangeHook({
          command: options.onChange,
          dir: options.dir,
          isJson: options.json === true,
          isFollowing: options.follow === true,
        });
  const alarms = options.onAlarm === undefined ? undefined : new AlarmHook(options.onAlarm);
  try {
    tellEvents(relay, options.json === true);
    relay.on('synced', (report) => hook?.run(report));
    relay.on('alarm', (error) => alarms?.run(error));
    if (!options.follow) return await syncOnce(relay, interruption.signal);
    await relay.follow({ signal: interruption.signal });
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new CommandError('interrupted; the lists in force are as they were', INTERRUPTED);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await relay.close();
    await hook?.finish();
    await alarms?.finish();
  }
}

async function syncOnce(relay: Relay, signal: AbortSignal): Promise<number> {
  const codes = (await relay.sync(undefined, { signal })).map(exitCode);
  return Math.max(0, ...codes);
}

function exitCode({ outcome, stale, error }: SyncReport): number {
  const code = error ? exitCodeOf(error) : 0;
  if (code === REFUSED) return REFUSED;
  if (stale) return STALE;
  return outcome === 'failed' ? code : 0;
}

function exitCodeOf(error: SyncError): number {
  if (error.isAlarm) return REFUSED;
  return error.code === 'manifest_expired' ? STALE : FAILED;
}

/** Says what happens: reports on stdout, what went wrong on stderr. */
export function tellEvents(relay: Relay, json: boolean): void {
  const bar = new ProgressBar(!json && process.stderr.isTTY === true);
  const warn = (line: string) => {
    bar.stop();
    process.stderr.write(`chadan: ${line}\n`);
  };
  relay.on('progress', (progress) => bar.show(progress));
  // Following is quiet while nothing happens.
  const told = new Map<ListId, string>();
  relay.on('synced', (report) => {
    bar.stop();
    if (report.outcome === 'updated' || told.get(report.list) !== gistOf(report))
      tellReport(report, json, warn);
    told.set(report.list, gistOf(report));
  });
  relay.on('epoch_changed', ({ list }) =>
    warn(`${list}: the exchange began a new history; the list is taken anew`),
  );
  relay.on('repairing', (error) => warn(`${error.message.replace(/: run chadan sync.*/, '')}: repairing it`));
  relay.on('diff_refused', ({ list, reason }) => warn(`${list}: ${reason}; taking the snapshot instead`));
  relay.on('receipt_failed', ({ list, message }) => warn(`${list}: the receipt was not taken: ${message}`));
  relay.on('warning', ({ list, message }) => warn(`${list ? `${list}: ` : ''}${message}`));
}

/** What a report has to say that the one before it did not. */
function gistOf({ outcome, error, version, stale }: SyncReport): string {
  return `${outcome === 'failed' ? error?.message : version} ${stale}`;
}

function tellReport(report: SyncReport, json: boolean, warn: (line: string) => void): void {
  const { list, error } = report;
  if (json) printJson(jsonReport(report));
  else if (error) warn(`${list}: ${describeFailure(error)}${holding(report)}`);
  else process.stdout.write(`${list}: ${describe(report)}\n`);
}

function jsonReport({ error, ...report }: SyncReport): object {
  return {
    ...report,
    ...(error && { error: { code: error.code, message: error.message, retryable: error.retryable } }),
  };
}

function holding({ version, stale }: SyncReport): string {
  if (version === undefined) return '';
  return `; version ${version} stays in force${stale ? ', stale' : ''}`;
}

function describe(report: SyncReport): string {
  const { outcome, how, from, added, removed, count, digest, version, repaired } = report;
  const state = `${count} ${count === 1 ? 'entry' : 'entries'}, digest ${digest?.slice(0, 12)}`;
  const repair = repaired ? ', repaired' : '';
  if (outcome === 'current') return `current at version ${version}${repair}: ${state}`;
  const way = how === 'diff' ? `diff from version ${from}` : 'snapshot';
  return `version ${version} by ${way}${repair}: +${added} −${removed}, ${state}`;
}
