// How a person comes in: by invitation, by password and authenticator, and how the password is changed. What is wrong
// is never said; each attempt takes as long, and is counted first.
import type { Kysely } from 'kysely';
import { recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { countAttempt, forgiveAttempts } from './attempts.ts';
import { stepOfCode } from './authenticator-code.ts';
import { hashPassword, isPassword } from './password.ts';
import type { PeopleDeps } from './people.ts';
import {
  type InvitationRow,
  type PersonRow,
  selectInvitation,
  selectPerson,
  selectPersonByEmail,
  takeInvitation,
  takeStep,
  updateCredentials,
  updatePassword,
} from './person-queries.ts';
import { hashSecret } from './secret.ts';
import type { SessionRow } from './session-queries.ts';
import { beginSession, endSessionsIn } from './sessions.ts';

export interface SignedIn {
  person: PersonRow;
  session: SessionRow;
  /** For the cookie. */
  secret: string;
}

export interface From {
  author: Author;
  userAgent: string | undefined;
}

/** The administrator of the first start has this address until they give theirs. */
export const FIRST_ADDRESS = 'administrator@localhost';

/** Signs in. Throws Problem `invalid_credentials`, `too_many_attempts`. */
export async function signIn(
  deps: PeopleDeps,
  given: { email: string; password: string; totp: string },
  from: From,
): Promise<SignedIn> {
  await countAttempt(deps.db, { email: given.email, address: from.author.address }, deps.now());
  const person = await selectPersonByEmail(deps.db, given.email);
  if (!(await isProven(deps, person, given)) || !person) {
    await recordFailure(deps, from.author, person);
    throw invalidCredentials();
  }
  await forgiveAttempts(deps.db, { email: given.email, address: from.author.address });
  return enter(deps, person, 'password', from);
}

/** Begins a session for a person who has proven who they are. */
export async function enter(
  deps: PeopleDeps,
  person: PersonRow,
  method: 'password' | 'passkey' | 'provider',
  from: From,
): Promise<SignedIn> {
  const begun = await deps.db
    .transaction()
    .execute((trx) => beginSession(deps, trx, person, { method, ...from }));
  return { person, ...begun };
}

/**
 * What an invitation is for, with its secret as the authenticator needs it. Throws Problem `not_found` when it was
 * accepted, replaced, or has expired, or was made with a key that is lost.
 */
export async function readInvitation(
  deps: PeopleDeps,
  db: Kysely<DB>,
  token: string,
): Promise<{ invitation: InvitationRow; person: PersonRow; totpSecret: string }> {
  const invitation = await selectInvitation(db, hashSecret(token), deps.now());
  const person = invitation && (await selectPerson(db, invitation.personId));
  const totpSecret = person && deps.secrets.open(person.id, invitation.totpSecret);
  if (!totpSecret || person.suspendedAt) throw notFound('invitation; ask for a new one');
  return { invitation, person, totpSecret };
}

/** Accepts an invitation: password and authenticator are set, other sessions end, one begins. */
export async function acceptInvitation(
  deps: PeopleDeps,
  given: { token: string; email?: string; name?: string; password: string; totp: string },
  from: From,
): Promise<SignedIn> {
  const { invitation, person, totpSecret } = await readInvitation(deps, deps.db, given.token);
  await countAttempt(deps.db, { email: person.email, address: from.author.address }, deps.now());
  const step = stepOfCode(totpSecret, given.totp, 0, deps.now());
  if (step === undefined) {
    await recordFailure(deps, from.author, person);
    throw invalidCredentials();
  }
  const email = addressOf(person, given.email);
  await requireFreeAddress(deps.db, person, email);
  const password = await hashPassword(given.password);
  const signedIn = await deps.db.transaction().execute(async (trx) => {
    if (!(await takeInvitation(trx, hashSecret(given.token))))
      throw notFound('invitation; ask for a new one');
    const name = given.name ?? (person.name === person.email ? email : person.name);
    await updateCredentials(trx, person.id, {
      email,
      name,
      password,
      totpSecret: invitation.totpSecret,
      totpStep: step,
    });
    await endSessionsIn(deps, trx, person.id);
    const begun = await beginSession(deps, trx, person, { method: 'invitation', ...from });
    return { person: (await selectPerson(trx, person.id)) as PersonRow, ...begun };
  });
  await forgiveAttempts(deps.db, { email: person.email, address: from.author.address });
  return signedIn;
}

/** Sets another password. The session that asks stays, all others end. */
export async function setPassword(
  deps: PeopleDeps,
  given: { password: string; totp: string; newPassword: string },
  from: { author: Author & { id: string }; sessionId: string },
): Promise<void> {
  const person = await selectPerson(deps.db, from.author.id);
  if (!person) throw notFound('person');
  await countAttempt(deps.db, { email: person.email, address: from.author.address }, deps.now());
  if (!(await isProven(deps, person, given))) throw invalidCredentials();
  await forgiveAttempts(deps.db, { email: person.email, address: from.author.address });
  const password = await hashPassword(given.newPassword);
  await deps.db.transaction().execute(async (trx) => {
    await updatePassword(trx, person.id, password);
    await endSessionsIn(deps, trx, person.id, { except: from.sessionId });
    await recordAct(trx, from.author, {
      target: `users/${person.id}`,
      at: deps.now(),
      changes: [{ field: 'password', before: 'set', after: 'set anew' }],
    });
  });
}

/** Password and code are right, and the code was not used before. Takes the code. */
async function isProven(
  deps: PeopleDeps,
  person: PersonRow | undefined,
  given: { password: string; totp: string },
): Promise<boolean> {
  const isKnown = await isPassword(given.password, person?.password ?? null);
  if (!isKnown || !person?.totpSecret || person.suspendedAt) return false;
  const secret = deps.secrets.open(person.id, person.totpSecret);
  if (secret === undefined) return false;
  const step = stepOfCode(secret, given.totp, person.totpStep, deps.now());
  return step !== undefined && takeStep(deps.db, person.id, step);
}

/** An address that nobody has is not written down: it may be a password typed into the wrong field. */
async function recordFailure(deps: PeopleDeps, author: Author, person: PersonRow | undefined): Promise<void> {
  await recordAct(deps.db, author, {
    target: person ? `users/${person.id}` : 'users',
    at: deps.now(),
    changes: [{ field: 'signIn', before: null, after: 'refused' }],
  });
}

/** The first administrator gives an address of their own; whoever was invited by address keeps that one. */
function addressOf(person: PersonRow, given: string | undefined): string {
  return person.email === FIRST_ADDRESS && given !== undefined ? given.toLowerCase() : person.email;
}

async function requireFreeAddress(db: Kysely<DB>, person: PersonRow, email: string): Promise<void> {
  const holder = await selectPersonByEmail(db, email);
  if (holder && holder.id !== person.id)
    throw new Problem('already_exists', 'There is a person with this address already.');
}

export function invalidCredentials(): Problem {
  return new Problem('invalid_credentials', 'That is not right: check address, password and code.', {
    headers: { 'WWW-Authenticate': 'Session' },
  });
}
