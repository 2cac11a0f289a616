// Puts a server together: what publishes, what answers, and what is done in the background.
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createListener } from './app.ts';
import { openLines, openStorage } from './artifact-storage.ts';
import type { Database } from './database/connection.ts';
import { deskHandlers, startRounds } from './desk.ts';
import type { BodyBudget } from './http/body-budget.ts';
import { loadContract } from './http/contract.ts';
import { RateLimits } from './http/rate-limits.ts';
import { createAuthenticator } from './identity/access-token.ts';
import { identityHandlers } from './identity/handlers.ts';
import type { PeopleDeps } from './identity/people.ts';
import { selectRevoked } from './identity/queries.ts';
import { createSessionGate } from './identity/sessions.ts';
import { TokenKeyStore } from './identity/token-keys.ts';
import type { ServerKeys } from './keys/key-files.ts';
import { LIST_IDS } from './list/entry.ts';
import type { Life, Listening } from './listening.ts';
import { observe } from './observing.ts';
import type { JobWatch } from './operate/job-watch.ts';
import { RequestMetrics } from './operate/request-watch.ts';
import type { Tracing } from './operate/tracing.ts';
import { operateHandlers } from './operate.ts';
import { Artifacts } from './publish/artifacts.ts';
import { publishHandlers } from './publish/handlers.ts';
import { ListMemory } from './publish/list-memory.ts';
import { PastTrees } from './publish/past-trees.ts';
import { PublishLoop } from './publish/publish-loop.ts';
import { RelayContacts } from './publish/relay-contacts.ts';
import { startSigning } from './publish/signing.ts';
import { findSnapshotFile } from './publish/snapshots.ts';
import { Turns } from './publish/turns.ts';
import { VersionEvents } from './publish/version-events.ts';
import type { Settings } from './settings.ts';
import { submitHandlers } from './submit/handlers.ts';
import { OutcomeHub } from './submit/outcome-hub.ts';

/** What the server promises, beside its code. */
export const CONTRACT_FILE = new URL('../openapi.yaml', import.meta.url);

/** What a server is made of, opened already. */
export interface Parts {
  settings: Settings;
  log: Logger;
  now: () => Date;
  issuer: string;
  database: Database;
  keys: ServerKeys;
  people: PeopleDeps;
  life: Life;
  metrics: Registry;
  jobs: JobWatch;
  tracing: Tracing | undefined;
  refused: Listening['refused'];
  bodies: BodyBudget;
}

/** Ends one thing that runs. */
export type Stop = () => Promise<void>;

export interface Assembled {
  listener: RequestListener;
  /** What holds requests open, and ends them when the server stops. */
  events: VersionEvents;
  outcomes: OutcomeHub;
}

/**
 * Starts everything but the port.
 * @param stops what ends it again, to be called in reverse
 */
export async function assemble(parts: Parts, stops: Stop[]): Promise<Assembled> {
  const { settings, log, now, issuer, database, keys, people, metrics, tracing } = parts;
  const { db } = database;
  const tokenKeys = new TokenKeyStore({ db, now, held: keys.token });
  await tokenKeys.found();
  const authenticator = createAuthenticator({ db, now, issuer, tokenKeys });
  const publishing = await startPublishing(parts, stops);
  const outcomes = new OutcomeHub();
  await outcomes.start(database);
  startRounds(parts, stops);
  const contract = loadContract(CONTRACT_FILE);
  const { events } = publishing;
  const readiness = observe({ ...parts, ...publishing, outcomes, holds: (kid) => keys.manifest.has(kid) });
  const handlers = {
    ...identityHandlers({
      ...{ db, now, issuer, tokenKeys, tokenLifeSeconds: settings.tokenLifeSeconds },
      onRevoked: authenticator.forget,
    }),
    ...submitHandlers({
      ...{ db, pool: database.pool, now, outcomes },
      ...{ timeZone: settings.timeZone, codePattern: settings.codePattern },
    }),
    ...deskHandlers(parts),
    ...publishing.handlers,
    ...operateHandlers({ contract, metrics, readiness, isStopping: () => parts.life.isStopping }),
  };
  const watch = new RequestMetrics(metrics);
  const listener = createListener({
    contract,
    handlers,
    authenticate: { token: authenticator.authenticate, session: createSessionGate(people) },
    origin: new URL(issuer).origin,
    trustedProxies: settings.trustedProxies,
    log,
    watch,
    limits: new RateLimits({ pool: database.pool, perMinute: settings.rates, onRefused: watch.limited }),
    bodies: parts.bodies,
    tracing,
  });
  return { listener, events, outcomes };
}

/** Signs, publishes, and tells who follows. */
async function startPublishing(parts: Parts, stops: Stop[]) {
  const { settings, log, now, database, jobs, tracing } = parts;
  const { db } = database;
  const signing = await openSigning(parts, stops);
  const { events, contacts } = await startFollowing(parts, stops);
  const stored = openStorage({ ...parts, db });
  if (stored) stops.push(() => stored.stop());
  const artifacts = new Artifacts(join(settings.dataDirectory, 'artifacts'), stored);
  const lines = openLines({ ...parts, db }, stops);
  const memory = new ListMemory(db, (list) => findSnapshotFile({ db, artifacts }, list));
  const { timeZone, retentionDays, brake, codePattern, manifestLifeSeconds } = settings;
  const publisher = {
    ...{ db, now, timeZone, retentionDays, brake, memory, artifacts, lines, turns: new Turns(), log },
    signer: signing.signer,
    onPublished: (list: string, seconds: number) => jobs.published(list, seconds),
    onEnded: (job: string, ok: boolean) => jobs.ended(job, ok),
    ...(tracing && { trace: tracing.job }),
  };
  const loop = new PublishLoop(publisher, settings.publishIntervalSeconds);
  await loop.start(database);
  for (const list of LIST_IDS) loop.afterPublication(list); // due since a server ran last, after a restore above all
  stops.push(() => loop.stop());
  const handlers = publishHandlers({
    ...publisher,
    ...{ issuer: parts.issuer, codePattern, events, contacts, manifestLifeSeconds },
    keySet: signing.keySet,
    serverKeys: parts.keys,
    past: new PastTrees(lines),
    afterPublication: (list) => loop.afterPublication(list),
  });
  return { events, memory, loop, signing, handlers };
}

async function openSigning(parts: Parts, stops: Stop[]) {
  const { settings, log, now, issuer, database, keys, metrics, jobs } = parts;
  const { dataDirectory, publishIntervalSeconds, manifestLifeSeconds } = settings;
  const signing = await startSigning({
    ...{ database, dataDirectory, issuer, keys, now, log, metrics, manifestLifeSeconds },
    pollSeconds: Math.max(1, Math.ceil(publishIntervalSeconds)),
    onEnded: (ok) => jobs.ended('signatures', ok),
  });
  stops.push(() => signing.stop());
  return signing;
}

/** The readers of events, and when each relay last came. */
async function startFollowing({ settings, log, now, database }: Parts, stops: Stop[]) {
  const { db } = database;
  const events = new VersionEvents({
    db,
    now,
    limits: settings.eventReaders,
    selectRevoked: (clientIds) => selectRevoked(db, clientIds),
    onError: (error) => log.warn({ err: error }, 'readers of events could not be reviewed'),
  });
  const contacts = new RelayContacts({
    db,
    now,
    connected: () => events.connected(),
    onError: (error) => log.warn({ err: error }, 'when relays last came could not be written yet'),
  });
  await events.start(database);
  contacts.start();
  stops.push(() => contacts.stop());
  return { events, contacts };
}
