// An exchange for the length of one program: embedded PostgreSQL, a temporary directory, a free port. However the
// program ends (failure, Ctrl-C, a reader that went away), the server is stopped and every file is removed.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readCredentials, writeCredentials } from '../src/client/credentials.ts';
import { ExchangeClient } from '../src/client/exchange-client.ts';
import { exportPrivateJwk, generateKey } from '../src/list/jwk.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { readSettings } from '../src/settings.ts';
import { postJson } from './demo-api.ts';

export interface Party {
  organization: string;
  kind: 'carrier' | 'agency' | 'relay';
  name: string;
  client: ExchangeClient;
  /** The credentials file, for commands and libraries. */
  file: string;
}

export interface OwnExchange {
  url: string;
  /** For files of the program; removed at the end. */
  directory: string;
  databaseDirectory: string;
  /** Aborts when the program is to end early. */
  signal: AbortSignal;
  /** Registers a client, and its organisation if that is new. */
  register(organization: string, kind: Party['kind'], name: string): Promise<Party>;
}

export interface OwnExchangeOptions {
  /** The time for the server and all parties, milliseconds since 1970. */
  now?: () => number;
}

/** The program was asked to end before it was done. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
}

/**
 * Runs an action that may start an exchange of its own, once.
 * @throws what the action throws; Interruption
 */
export async function withExchange<T>(
  action: (start: () => Promise<OwnExchange>) => Promise<T>,
  { now = Date.now }: OwnExchangeOptions = {},
): Promise<T> {
  const early = watchForEnd();
  const directory = await mkdtemp(join(tmpdir(), 'chadan-demo-'));
  let starting: Promise<RunningServer> | undefined;
  const startOnce = async () => {
    starting = start(directory, now, early.end);
    return present(await starting, directory, early.signal, now);
  };
  try {
    return await Promise.race([action(startOnce), early.ended]);
  } finally {
    // A start cannot be broken off: it is waited for, then undone. Its failure is the action's.
    const server = await starting?.catch(() => undefined);
    try {
      await server?.stop();
    } finally {
      for (const path of [server?.databaseDirectory, directory]) {
        if (path !== undefined) await rm(path, { recursive: true, force: true, maxRetries: 5 });
      }
    }
    early.unwatch();
  }
}

async function start(
  directory: string,
  now: () => number,
  onFatal: (error: Error) => void,
): Promise<RunningServer> {
  await chmod(directory, 0o711); // as root, PostgreSQL runs as another user, who must come through
  return startServer({
    // The environment's settings are those of another server: its database is not to be touched.
    settings: readSettings({ CHADAN_DATA: directory, CHADAN_PORT: '0', CHADAN_PUBLISH_INTERVAL: '0' }),
    log: pino({ level: 'error', base: null }, pino.destination(2)),
    now: () => new Date(now()),
    onFatal,
  });
}

async function present(
  server: RunningServer,
  directory: string,
  signal: AbortSignal,
  now: () => number,
): Promise<OwnExchange> {
  const administrator = new ExchangeClient(await readCredentials(server.adminFile), { now });
  const organizations = new Map<string, string>();
  return {
    url: server.url,
    directory,
    databaseDirectory: server.databaseDirectory ?? '',
    signal,
    async register(organization, kind, name) {
      const known = organizations.get(organization);
      const organizationId =
        known ??
        (await postJson<{ id: string }>(administrator, '/v1/organizations', { name: organization, kind })).id;
      organizations.set(organization, organizationId);
      const key = generateKey();
      const { id: clientId } = await postJson<{ id: string }>(administrator, '/v1/clients', {
        organizationId,
        name,
        role: kind, // each of these kinds has a role of the same name
        publicKey: key.publicJwk,
      });
      const { issuer, rootKey } = administrator.credentials;
      const credentials = { issuer, clientId, privateKey: exportPrivateJwk(key), rootKey };
      const file = join(directory, `${organization}-${name}.json`.toLowerCase().replaceAll(' ', '-'));
      await writeCredentials(file, credentials);
      return { organization, kind, name, client: new ExchangeClient(credentials, { now }), file };
    },
  };
}

interface EarlyEnd {
  signal: AbortSignal;
  /** Never fulfilled; rejects when the program is to end early. */
  ended: Promise<never>;
  end: (reason: Error) => void;
  unwatch: () => void;
}

/** Signals, and a reader of our output that went away (`| head`). Watched until all is removed. */
function watchForEnd(): EarlyEnd {
  const controller = new AbortController();
  const end = (reason: Error) => controller.abort(reason);
  const interrupt = (signal: NodeJS.Signals) => end(new Interruption(signal));
  const lost = (error: NodeJS.ErrnoException) =>
    end(error.code === 'EPIPE' ? new Interruption('EPIPE') : error);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  process.stdout.on('error', lost);
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  ended.catch(() => undefined); // it may come while nobody waits for it any more
  return {
    signal: controller.signal,
    ended,
    end,
    unwatch: () => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt);
    },
  };
}
