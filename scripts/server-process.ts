// The real server in a process of its own, for programs that measure it or kill it, and parties to call it as.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readCredentials } from '../src/client/credentials.ts';
import { ExchangeClient } from '../src/client/exchange-client.ts';
import { exportPrivateJwk, generateKey } from '../src/list/jwk.ts';
import { postJson } from './demo-api.ts';

const CLI = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

export interface ServerProcess {
  url: string;
  child: ChildProcess;
  adminFile: string;
  /** The most memory the process has held so far, in bytes; undefined where the system does not tell. */
  peakMemory(): Promise<number | undefined>;
  /** The memory it holds now, in bytes; undefined where the system does not tell. */
  memory(): Promise<number | undefined>;
  /** The processor time it has used so far, in seconds; undefined where the system does not tell. */
  cpuSeconds(): Promise<number | undefined>;
  /** Asks it to stop, and waits. */
  stop(): Promise<void>;
  /** kill -9, and waits. */
  kill(): Promise<void>;
}

/**
 * Starts `chadan serve` with these settings and waits until it listens. Throws with what it said when it ends.
 * @param cli that of another release, perhaps
 */
export async function startServerProcess(
  dataDirectory: string,
  settings: Record<string, string>,
  cli = CLI,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), cli, 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: process.env['TMPDIR'] ?? '/tmp',
      CHADAN_DATA: dataDirectory,
      CHADAN_PUBLISH_INTERVAL: '0',
      CHADAN_LOG_LEVEL: 'error',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const url = await listening(child, ended);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    url,
    child,
    adminFile: join(dataDirectory, 'admin.json'),
    peakMemory: () => memoryOf(child.pid ?? 0, 'VmHWM'),
    memory: () => memoryOf(child.pid ?? 0, 'VmRSS'),
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function listening(child: ChildProcess, ended: Promise<unknown>): Promise<string> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const line = new Promise<string>((resolve) => {
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const url = /running at (\S+)/.exec(text)?.[1];
      if (url) resolve(url);
    });
  });
  const url = await Promise.race([line, ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`the server ended before it listened: ${said.trim()}`);
  return url;
}

async function memoryOf(pid: number, which: 'VmHWM' | 'VmRSS'): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** User and system time of all threads. The kernel counts it in hundredths of a second. */
/** CPU seconds of a process so far; undefined where the system does not tell. */
export async function cpuSecondsOf(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const [, user, system] =
    /^.*\) (?:\S+ ){11}(\d+) (\d+) /s.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? [];
  return user === undefined ? undefined : (Number(user) + Number(system)) / 100;
}

/** Registers an organisation with one client, and gives the client to call the server as it. */
export async function registerParty(
  server: Pick<ServerProcess, 'adminFile'>,
  role: 'carrier' | 'agency' | 'relay',
  name: string,
): Promise<ExchangeClient> {
  const credentials = await readCredentials(server.adminFile);
  const administrator = new ExchangeClient(credentials);
  const key = generateKey();
  const organization = await postJson<{ id: string }>(administrator, '/v1/organizations', {
    name,
    kind: role,
  });
  const client = await postJson<{ id: string }>(administrator, '/v1/clients', {
    organizationId: organization.id,
    name: 'system',
    role,
    publicKey: key.publicJwk,
  });
  return new ExchangeClient({
    ...credentials,
    clientId: client.id,
    privateKey: exportPrivateJwk(key),
  });
}

/** A carrier; see registerParty. */
export function registerCarrier(server: ServerProcess, name: string): Promise<ExchangeClient> {
  return registerParty(server, 'carrier', name);
}
