// Who may come to the console: people are added, invited, changed, suspended. A refusal is thrown as Problem.
import type { Kysely } from 'kysely';
import { changesOf, recordAct } from '../audit/record.ts';
import type { DB } from '../database/generated/schema.ts';
import type { Author } from '../http/caller.ts';
import { notFound, Problem } from '../http/problem.ts';
import { newTotpSecret } from './authenticator-code.ts';
import type { AuthenticatorSecrets } from './authenticator-secrets.ts';
import { parseId } from './id.ts';
import {
  countAdministrators,
  insertPerson,
  lockPerson,
  type PersonRow,
  replaceInvitation,
  selectPerson,
  updatePerson,
} from './person-queries.ts';
import { lockAdministrator, selectFirstOrganization, selectOrganization } from './queries.ts';
import { describePersonMisfit, type PersonRole, usualKind } from './roles.ts';
import { hashSecret, newSecret } from './secret.ts';
import { endSessionsIn, type SessionSettings } from './sessions.ts';

export interface PeopleDeps extends SessionSettings {
  issuer: string;
  secrets: AuthenticatorSecrets;
}

export interface InvitationLink {
  url: string;
  expiresAt: Date;
}

const INVITATION_MS = 7 * 24 * 3_600_000;

/** Adds a person, with the invitation to hand over. */
export function addPerson(
  deps: PeopleDeps,
  author: Author,
  person: { email: string; name?: string; role: PersonRole; organizationId?: string },
): Promise<{ row: PersonRow; invitation: InvitationLink }> {
  const email = person.email.toLowerCase();
  const at = deps.now();
  return deps.db.transaction().execute(async (trx) => {
    const organizationId = await fittingOrganization(trx, person.role, person.organizationId);
    const name = person.name ?? email;
    const id = await insertPerson(trx, { organizationId, email, name, role: person.role, at });
    if (id === undefined) throw new Problem('already_exists', 'There is a person with this address already.');
    const invitation = await invite(deps, trx, id);
    const changes = changesOf(null, { email, name, role: person.role, organizationId });
    await recordAct(trx, author, { target: `users/${id}`, at, changes });
    return { row: (await selectPerson(trx, id)) as PersonRow, invitation };
  });
}

/** Invites a person anew; an earlier invitation is void. */
export function inviteAgain(deps: PeopleDeps, author: Author, userId: string): Promise<InvitationLink> {
  return deps.db.transaction().execute(async (trx) => {
    const person = await requirePerson(trx, userId);
    const invitation = await invite(deps, trx, person.id);
    await recordAct(trx, author, { target: `users/${person.id}`, at: deps.now() });
    return invitation;
  });
}

/** Makes an invitation of the person, within another act. */
export async function invite(
  { now, issuer, secrets }: PeopleDeps,
  trx: Kysely<DB>,
  personId: string,
): Promise<InvitationLink> {
  const token = newSecret();
  const at = now();
  const expiresAt = new Date(at.getTime() + INVITATION_MS);
  await replaceInvitation(trx, {
    tokenHash: hashSecret(token),
    personId,
    totpSecret: secrets.seal(personId, newTotpSecret()),
    at,
    expiresAt,
  });
  return { url: `${issuer}/#/invitation/${token}`, expiresAt };
}

/** Changes name, role or state. Another role, or a suspension, signs the person out everywhere. */
export function changePerson(
  deps: PeopleDeps,
  author: Author,
  userId: string,
  change: { name?: string; role?: PersonRole; suspended?: boolean },
): Promise<PersonRow> {
  const at = deps.now();
  return deps.db.transaction().execute(async (trx) => {
    // Two administrators who suspend each other at once would leave none.
    await lockAdministrator(trx);
    const before = await requirePerson(trx, userId);
    const role = change.role ?? before.role;
    const misfit = describePersonMisfit(role, before.organizationKind);
    if (misfit) throw new Problem('role_does_not_fit', misfit);
    const suspendedAt =
      change.suspended === undefined
        ? before.suspendedAt
        : change.suspended
          ? (before.suspendedAt ?? at)
          : null;
    const after = { name: change.name ?? before.name, role, suspendedAt };
    await updatePerson(trx, before.id, after);
    if (isAdministrator(before) && (await countAdministrators(trx)) === 0)
      throw new Problem('last_administrator', 'This is the only administrator: make another one first.');
    if (role !== before.role || (suspendedAt !== null && before.suspendedAt === null))
      await endSessionsIn(deps, trx, before.id);
    const { name, suspendedAt: suspendedBefore } = before;
    const changes = changesOf({ name, role: before.role, suspendedAt: suspendedBefore }, after);
    await recordAct(trx, author, { target: `users/${before.id}`, at, changes });
    return { ...before, ...after };
  });
}

function isAdministrator(person: PersonRow): boolean {
  return person.role === 'admin' && person.password !== null && person.suspendedAt === null;
}

async function requirePerson(trx: Kysely<DB>, userId: string): Promise<PersonRow> {
  const id = parseId(userId);
  const person = id === undefined ? undefined : await lockPerson(trx, id);
  if (!person) throw notFound('person');
  return person;
}

async function fittingOrganization(
  trx: Kysely<DB>,
  role: PersonRole,
  organizationId: string | undefined,
): Promise<string> {
  const id = organizationId === undefined ? undefined : parseId(organizationId);
  if (organizationId === undefined) {
    const kind = usualKind(role);
    const first = await selectFirstOrganization(trx, kind);
    if (first) return first.id;
    throw new Problem('not_found', `There is no organisation of kind ${kind} yet: register it first.`);
  }
  const organization = id === undefined ? undefined : await selectOrganization(trx, id);
  if (!organization) throw notFound('organisation');
  const misfit = describePersonMisfit(role, organization.kind);
  if (misfit) throw new Problem('role_does_not_fit', misfit);
  return organization.id;
}
