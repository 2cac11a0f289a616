// `chadan relay`: the sidecar from start to stop. It listens before anything is held, and says so in /readyz.
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError, printJson } from '../client/command.ts';
import { readReaderCredentials } from '../client/credentials.ts';
import { LIST_IDS, type ListId } from '../list/entry.ts';
import { AlarmHook } from './alarm-hook.ts';
import { ChangeHook } from './change-hook.ts';
import { EnforcementReports } from './enforcement-reports.ts';
import { Mirror } from './mirror.ts';
import { MirrorDoor } from './mirror-readers.ts';
import { openRelay, type Relay } from './relay.ts';
import { type Sidecar, startSidecar } from './sidecar.ts';
import { SidecarMetrics } from './sidecar-metrics.ts';
import { tellEvents } from './sync-command.ts';

export interface RelayCommandOptions {
  dir: string;
  port: number;
  host: string;
  list?: ListId[];
  mirror?: boolean;
  report: boolean;
  exceptions?: string;
  onChange?: string;
  onAlarm?: string;
  credentials?: string;
  json?: boolean;
}

/** How often the directory is looked at where another process syncs it. */
const LOOK_EVERY_MS = 1000;

export async function relayCommand(options: RelayCommandOptions): Promise<void> {
  const isFollowing = options.credentials !== undefined || Boolean(process.env['CHADAN_CREDENTIALS']);
  const credentials = isFollowing ? await readReaderCredentials(options.credentials) : undefined;
  const relay = await openRelay({
    dir: options.dir,
    lists: [...new Set(options.list ?? LIST_IDS)],
    ...(credentials && { credentials }),
    ...(options.exceptions !== undefined && { exceptions: options.exceptions }),
  });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  tellEvents(relay, options.json === true);
  const hooks = runHooks(relay, options);
  const reports = options.report ? startReports(relay, options.dir) : undefined;
  const sidecar = await startServing(relay, options, reports);
  if (options.json) printJson({ url: sidecar.url });
  else process.stdout.write(`listening on ${sidecar.url}\n`);
  try {
    await (isFollowing
      ? relay.follow({ signal: stopping.signal })
      : lookAgainAndAgain(relay, stopping.signal));
  } finally {
    await sidecar.stop();
    await relay.close();
    await reports?.stop();
    for (const hook of hooks) await hook.finish();
  }
}

function runHooks(relay: Relay, { dir, onChange, onAlarm, json }: RelayCommandOptions) {
  const change =
    onChange === undefined
      ? undefined
      : new ChangeHook({ command: onChange, dir, isJson: json === true, isFollowing: true });
  const alarm = onAlarm === undefined ? undefined : new AlarmHook(onAlarm);
  relay.on('synced', (report) => change?.run(report));
  relay.on('alarm', (error) => alarm?.run(error));
  return [change, alarm].filter((hook) => hook !== undefined);
}

/** Reports go to the exchange itself: a reader of a mirror is no client of it, and reports nothing. */
function startReports(relay: Relay, directory: string): EnforcementReports | undefined {
  const client = relay.exchange;
  if (client === undefined) return undefined;
  const reports = new EnforcementReports({ directory, client, warn });
  reports.start();
  return reports;
}

async function startServing(
  relay: Relay,
  { dir, host, port, mirror }: RelayCommandOptions,
  reports: EnforcementReports | undefined,
): Promise<Sidecar> {
  const served = mirror ? await openMirror(relay, dir, host) : undefined;
  const metrics = new SidecarMetrics(relay, reports, () => served?.readers ?? 0);
  const onBlocked = (list: ListId, value: string) => reports?.count(list, value);
  return startSidecar({ relay, host, port, metrics, onBlocked, ...(served && { mirror: served }) }).catch(
    (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is in use: give another --port' : error.code;
      throw new CommandError(`cannot listen on ${host}:${port}: ${why}`);
    },
  );
}

async function openMirror(relay: Relay, dir: string, host: string): Promise<Mirror> {
  const door = new MirrorDoor(dir, warn);
  await door.open();
  const isLoopback = host === 'localhost' || host === '::1' || /^127\./.test(host);
  if (door.isOpen && !isLoopback)
    throw new CommandError(`a mirror on ${host} needs readers with tokens: chadan reseller add`);
  const mirror = new Mirror(relay, dir, door, warn);
  await mirror.open();
  return mirror;
}

async function lookAgainAndAgain(relay: Relay, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await relay.refresh();
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

function warn(message: string): void {
  process.stderr.write(`chadan: ${message}\n`);
}
