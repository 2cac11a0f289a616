// Sessions of people: begun with a secret that only the cookie holds, known again by its hash, over after a while
// without use, after a day at the latest, or when somebody ends them.
import { timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import { changesOf, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import { type Author, type Caller, invalidToken } from '../http/caller.ts';
import { Problem } from '../http/problem.ts';
import { scopesOfPerson } from './roles.ts';
import { csrfTokenOf, hashSecret, newSecret } from './secret.ts';
import {
  deleteSessions,
  insertSession,
  type LivingSession,
  type SessionRow,
  type SignInMethod,
  selectSession,
  selectSessions,
  touchSession,
} from './session-queries.ts';

export interface SessionSettings {
  db: Kysely<DB>;
  now: () => Date;
  sessionIdleSeconds: number;
  sessionLifeSeconds: number;
  /** Told, in the transaction, whose sessions end: what they hold is free again. */
  onSignedOut: (trx: Kysely<DB>, personId: string) => Promise<void>;
}

/** Last use is written down at most so often. */
const TOUCH_MS = 60_000;
const LONGEST_USER_AGENT = 300;

/** Begins a session; the secret is for the cookie, and kept nowhere. */
export async function beginSession(
  settings: SessionSettings,
  trx: Kysely<DB>,
  person: { id: string; organizationId: string },
  how: { method: SignInMethod; userAgent: string | undefined; author: Author },
): Promise<{ session: SessionRow; secret: string }> {
  const secret = newSecret();
  const at = settings.now();
  const session = await insertSession(trx, {
    secretHash: hashSecret(secret),
    personId: person.id,
    method: how.method,
    address: how.author.address,
    userAgent: how.userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
    at,
    expiresAt: new Date(at.getTime() + settings.sessionLifeSeconds * 1000),
  });
  const author = {
    ...how.author,
    kind: 'person' as const,
    id: person.id,
    organizationId: person.organizationId,
  };
  await recordAct(trx, author, {
    target: `users/${person.id}`,
    at,
    changes: changesOf(null, { session: session.id, method: how.method }),
  });
  return { session, secret };
}

/** The session of a cookie. Throws Problem `invalid_token` when there is none, or it is over. */
export async function readSession(settings: SessionSettings, secret: string): Promise<LivingSession> {
  const now = settings.now();
  const session = await selectSession(settings.db, hashSecret(secret), now, idleLimit(settings, now));
  if (!session) throw invalidToken('The session is over: sign in again.');
  if (now.getTime() - session.seenAt.getTime() > TOUCH_MS) await touchSession(settings.db, session.id, now);
  return session;
}

/** Checks a cookie and, of what may change something, the token against forged requests. */
export function createSessionGate(
  settings: SessionSettings,
): (secret: string, csrfToken: string | undefined) => Promise<Caller> {
  return async (secret, csrfToken) => {
    const session = await readSession(settings, secret);
    if (csrfToken !== undefined && !isEqual(csrfToken, csrfTokenOf(secret)))
      throw new Problem('cross_site_request', 'The header X-CSRF-Token is not the one of the session.');
    return {
      kind: 'person',
      clientId: session.personId,
      organizationId: session.organizationId,
      scopes: new Set(scopesOfPerson(session.role)),
      expiresAt: session.expiresAt,
    };
  };
}

/** The sessions of a person that live. */
export function livingSessions(settings: SessionSettings, personId: string): Promise<SessionRow[]> {
  const now = settings.now();
  return selectSessions(settings.db, personId, now, idleLimit(settings, now));
}

/** Ends sessions of a person, and records it. */
export function endSessions(
  settings: SessionSettings,
  author: Author,
  personId: string,
  which: { only?: string; except?: string } = {},
): Promise<void> {
  return settings.db.transaction().execute(async (trx) => {
    await endSessionsIn(settings, trx, personId, which);
    const ended = which.only ?? (which.except === undefined ? 'all' : 'all others');
    await recordAct(trx, author, {
      target: `users/${personId}`,
      at: settings.now(),
      changes: [{ field: 'session', before: ended, after: null }],
    });
  });
}

/** The same within another act. */
export async function endSessionsIn(
  settings: SessionSettings,
  trx: Kysely<DB>,
  personId: string,
  which: { only?: string; except?: string } = {},
): Promise<void> {
  await deleteSessions(trx, personId, which);
  if (which.except === undefined) await settings.onSignedOut(trx, personId);
}

function idleLimit(settings: SessionSettings, now: Date): Date {
  return new Date(now.getTime() - settings.sessionIdleSeconds * 1000);
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
