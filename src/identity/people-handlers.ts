// Contract ↔ domain for people: who there is, invitations. No rule is made here.
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { notFound } from '../http/problem.ts';
import { totpUri } from './authenticator-code.ts';
import { parseId } from './id.ts';
import { addPerson, changePerson, type InvitationLink, inviteAgain, type PeopleDeps } from './people.ts';
import { type PersonRow, selectPeople, selectPerson } from './person-queries.ts';
import { endSessions } from './sessions.ts';
import { readInvitation } from './sign-in.ts';

type Schemas = components['schemas'];

type PeopleOperation =
  | 'createUser'
  | 'listUsers'
  | 'getUser'
  | 'changeUser'
  | 'inviteUser'
  | 'revokeUserSessions'
  | 'openInvitation';

export function peopleHandlers(deps: PeopleDeps): Pick<Handlers, PeopleOperation> {
  const { db } = deps;
  return {
    createUser: async ({ body, author }) => {
      const { row, invitation } = await addPerson(deps, author, body);
      return { status: 201, body: { ...toUser(row), invitation: toInvitation(invitation) } };
    },
    listUsers: async ({ query: { cursor, limit = 50 } }) => {
      const after = readCursor<[string]>(cursor, ['string'])?.[0];
      const rows = await selectPeople(db, after, limit + 1);
      return { status: 200, body: pageOf(rows, limit, toUser, ({ email }) => [email]) };
    },
    getUser: async ({ path }) => ({ status: 200, body: toUser(await requirePerson(deps, path.userId)) }),
    changeUser: async ({ path, body, author }) => ({
      status: 200,
      body: toUser(await changePerson(deps, author, path.userId, body)),
    }),
    inviteUser: async ({ path, author }) => ({
      status: 201,
      body: toInvitation(await inviteAgain(deps, author, path.userId)),
    }),
    revokeUserSessions: async ({ path, author }) => {
      const person = await requirePerson(deps, path.userId);
      await endSessions(deps, author, person.id);
      return { status: 204 };
    },
    openInvitation: async ({ body }) => {
      const { invitation, person, totpSecret } = await readInvitation(deps, db, body.token);
      const { email, name, role, organization } = person;
      const { expiresAt } = invitation;
      return {
        status: 200,
        headers: { 'Cache-Control': 'no-store' },
        body: {
          email,
          name,
          role,
          organization,
          expiresAt: expiresAt.toISOString(),
          totpSecret,
          totpUri: totpUri(totpSecret, email),
        },
      };
    },
  };
}

/** A person as the contract shows them. */
export function toUser(row: PersonRow): Schemas['User'] {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    state: row.suspendedAt ? 'suspended' : row.password === null ? 'invited' : 'active',
    organizationId: row.organizationId,
    organization: row.organization,
    passkeys: row.passkeys,
    createdAt: row.createdAt.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
  };
}

function toInvitation({ url, expiresAt }: InvitationLink): Schemas['Invitation'] {
  return { url, expiresAt: expiresAt.toISOString() };
}

async function requirePerson({ db }: PeopleDeps, userId: string): Promise<PersonRow> {
  const id = parseId(userId);
  const person = id === undefined ? undefined : await selectPerson(db, id);
  if (!person) throw notFound('person');
  return person;
}
