// The agency's side of the exchange put together: people, review, what relays report, audit, statistics, and the
// rounds that it does by itself.
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { chainEvents } from './audit/audit-queries.ts';
import { auditHandlers } from './audit/handlers.ts';
import type { Database } from './database/connection.ts';
import type { DB } from './database/generated/schema.ts';
import { enforcementHandlers } from './enforcement/handlers.ts';
import { purgeAttempts } from './identity/attempts.ts';
import type { PeopleDeps } from './identity/people.ts';
import { peopleHandlers } from './identity/people-handlers.ts';
import { OpenIdProvider } from './identity/provider.ts';
import { sessionHandlers } from './identity/session-handlers.ts';
import { releaseLeases } from './review/case-queries.ts';
import { reviewHandlers } from './review/handlers.ts';
import { orderQueue, orderStragglers } from './review/queue-order.ts';
import { eraseOldTexts } from './review/retention.ts';
import { type Round, Rounds } from './rounds.ts';
import type { Settings } from './settings.ts';
import { statisticsHandlers } from './statistics/handlers.ts';

export interface DeskParts {
  settings: Settings;
  log: Logger;
  now: () => Date;
  database: Database;
  people: PeopleDeps;
}

/** What identity needs for people; whoever signs out holds no case any more. */
export function peopleDeps(settings: Settings, db: Kysely<DB>, now: () => Date, issuer: string): PeopleDeps {
  const { sessionIdleSeconds, sessionLifeSeconds } = settings;
  return {
    db,
    now,
    issuer,
    sessionIdleSeconds,
    sessionLifeSeconds,
    onSignedOut: async (trx, personId) => {
      await releaseLeases(trx, personId, now());
    },
  };
}

/** The handlers of all of it. */
export function deskHandlers({ settings, now, database: { db }, people }: DeskParts) {
  const { timeZone, codePattern, appeals, provider } = settings;
  return {
    ...peopleHandlers(people),
    ...sessionHandlers({
      ...people,
      provider: provider && new OpenIdProvider(provider, people),
      providerName: provider?.name,
    }),
    ...reviewHandlers({ db, now, timeZone, codePattern, appeals }),
    ...enforcementHandlers({ db, now, codePattern }),
    ...auditHandlers({ db }),
    ...statisticsHandlers({ db, timeZone }),
  };
}

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What the exchange does by itself besides publishing. */
export function startRounds(
  { settings, log, now, database: { db } }: DeskParts,
  stops: (() => Promise<void>)[],
): void {
  const { timeZone, textLifeDays } = settings;
  const rounds: Round[] = [
    { name: 'chaining the audit record', everyMs: SECOND_MS, work: () => chainEvents(db) },
    { name: 'putting the queue in order', everyMs: SECOND_MS, work: () => orderQueue(db) },
    { name: 'looking through the order of the queue', everyMs: HOUR_MS, work: () => orderStragglers(db) },
    {
      name: 'erasing old texts',
      everyMs: DAY_MS,
      work: () => eraseOldTexts({ db, now, timeZone }, textLifeDays),
    },
    { name: 'forgetting old sign-in attempts', everyMs: DAY_MS, work: () => purgeAttempts(db, now()) },
  ];
  for (const round of rounds) {
    const loop = new Rounds(round, log);
    loop.start(SECOND_MS);
    stops.push(() => loop.stop());
  }
}
