// The agency's side of the exchange put together: people, review, what relays report, audit, statistics, and the
// rounds that it does by itself.
import type { Logger } from 'pino';
import { chainEvents } from './audit/audit-queries.ts';
import { auditHandlers } from './audit/handlers.ts';
import type { Database } from './database/connection.ts';
import { makeMonths } from './database/months.ts';
import { enforcementHandlers } from './enforcement/handlers.ts';
import { dropOldReports } from './enforcement/retention.ts';
import { forgetRateLimits } from './http/rate-limit-queries.ts';
import { purgeAttempts } from './identity/attempts.ts';
import type { PeopleDeps } from './identity/people.ts';
import { peopleHandlers } from './identity/people-handlers.ts';
import { OpenIdProvider } from './identity/provider.ts';
import { sessionHandlers } from './identity/session-handlers.ts';
import type { JobWatch } from './operate/job-watch.ts';
import { dropOldReceipts } from './publish/receipt-retention.ts';
import { releaseLeases } from './review/case-queries.ts';
import { reviewHandlers } from './review/handlers.ts';
import { orderQueue, orderStragglers } from './review/queue-order.ts';
import { eraseOldTexts } from './review/retention.ts';
import { forgetActs } from './review/undo-queries.ts';
import { KNOWN_MS } from './review/undo-rules.ts';
import { type Round, Rounds } from './rounds.ts';
import type { Settings } from './settings.ts';
import { statisticsHandlers } from './statistics/handlers.ts';

export interface DeskParts {
  settings: Settings;
  log: Logger;
  now: () => Date;
  database: Database;
  people: PeopleDeps;
  jobs: JobWatch;
}

/** What identity needs for people; whoever signs out holds no case any more. */
export function peopleDeps(
  settings: Settings,
  deps: Pick<PeopleDeps, 'db' | 'now' | 'issuer' | 'secrets'>,
): PeopleDeps {
  const { sessionIdleSeconds, sessionLifeSeconds } = settings;
  return {
    ...deps,
    sessionIdleSeconds,
    sessionLifeSeconds,
    onSignedOut: async (trx, personId) => {
      await releaseLeases(trx, personId, deps.now());
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
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What the exchange does by itself besides publishing. */
export function startRounds(
  { settings, log, now, database: { db }, jobs }: DeskParts,
  stops: (() => Promise<void>)[],
): void {
  const { timeZone, textLifeDays, enforcementMonths, receiptLifeDays } = settings;
  const rounds: Round[] = [
    {
      name: 'chaining the audit record',
      job: 'audit_chain',
      everyMs: SECOND_MS,
      work: () => chainEvents(db),
    },
    {
      name: 'putting the queue in order',
      job: 'queue_order',
      everyMs: SECOND_MS,
      work: () => orderQueue(db),
    },
    {
      name: 'looking through the order of the queue',
      job: 'queue_order_check',
      everyMs: HOUR_MS,
      work: () => orderStragglers(db),
    },
    {
      name: 'erasing old texts',
      job: 'text_retention',
      everyMs: DAY_MS,
      work: () => eraseOldTexts({ db, now, timeZone }, textLifeDays),
    },
    {
      name: 'forgetting what can no longer be undone',
      job: 'undo_handles',
      everyMs: MINUTE_MS,
      work: () => forgetActs(db, new Date(now().getTime() - KNOWN_MS)),
    },
    {
      name: 'forgetting old sign-in attempts',
      job: 'sign_in_attempts',
      everyMs: DAY_MS,
      work: () => purgeAttempts(db, now()),
    },
    {
      name: 'forgetting old rate limits',
      job: 'rate_limits',
      everyMs: MINUTE_MS,
      work: () => forgetRateLimits(db),
    },
    {
      name: 'making partitions ahead',
      job: 'partitions',
      everyMs: DAY_MS,
      work: () => makeMonths(db, now()),
    },
    {
      name: 'dropping old reports of blocking',
      job: 'report_retention',
      everyMs: DAY_MS,
      work: () => dropOldReports({ db, now }, enforcementMonths),
    },
    {
      name: 'dropping old receipts',
      job: 'receipt_retention',
      everyMs: DAY_MS,
      work: () => dropOldReceipts({ db, now }, receiptLifeDays),
    },
  ];
  for (const round of rounds) {
    const loop = new Rounds(round, log, (job, ok) => jobs.ended(job, ok));
    loop.start(SECOND_MS);
    stops.push(() => loop.stop());
  }
}
