// Contract ↔ domain for sessions: signing in in each way, who is signed in, signing out. No rule is made here.
import { readCookie, SESSION_COOKIE } from '../http/caller.ts';
import type { components } from '../http/generated/openapi.ts';
import type { Handlers, OperationId, OperationRequest } from '../http/handler.ts';
import { notFound } from '../http/problem.ts';
import { type PasskeyRow, selectPasskeys } from './passkey-queries.ts';
import {
  hasPasskeys,
  offerRegistration,
  offerSignIn,
  registerPasskey,
  removePasskey,
  signInWithPasskey,
} from './passkeys.ts';
import type { PeopleDeps } from './people.ts';
import { toUser } from './people-handlers.ts';
import { type PersonRow, selectPerson } from './person-queries.ts';
import { CALLBACK_PATH, type OpenIdProvider } from './provider.ts';
import { scopesOfPerson } from './roles.ts';
import { csrfTokenOf } from './secret.ts';
import type { SessionRow } from './session-queries.ts';
import { endSessions, livingSessions, readSession } from './sessions.ts';
import { acceptInvitation, type From, type SignedIn, setPassword, signIn } from './sign-in.ts';

type Schemas = components['schemas'];

export interface SessionDeps extends PeopleDeps {
  provider: OpenIdProvider | undefined;
  providerName: string | undefined;
}

const PROVIDER_COOKIE = 'chadan_provider';
const PROVIDER_COOKIE_SECONDS = 600;

type AnyRequest = Pick<OperationRequest<OperationId>, 'raw' | 'author'>;

export function sessionHandlers(deps: SessionDeps) {
  return {
    ...doorHandlers(deps),
    ...ownSessionHandlers(deps),
    ...passkeyHandlers(deps),
    ...providerHandlers(deps),
  };
}

function doorHandlers(
  deps: SessionDeps,
): Pick<
  Handlers,
  | 'getSignInMethods'
  | 'createSession'
  | 'acceptInvitation'
  | 'createPasskeyChallenge'
  | 'createPasskeySession'
> {
  return {
    getSignInMethods: async () => ({
      status: 200,
      body: { password: true, passkey: hasPasskeys(deps.issuer), provider: deps.providerName ?? null },
    }),
    createSession: async ({ body, ...request }) => signedIn(deps, await signIn(deps, body, fromOf(request))),
    acceptInvitation: async ({ body, ...request }) =>
      signedIn(deps, await acceptInvitation(deps, body, fromOf(request))),
    createPasskeyChallenge: async () => ({ status: 201, body: await offerSignIn(deps) }),
    createPasskeySession: async ({ body, ...request }) =>
      signedIn(deps, await signInWithPasskey(deps, body, fromOf(request))),
  };
}

function ownSessionHandlers(
  deps: SessionDeps,
): Pick<Handlers, 'getSession' | 'revokeSession' | 'listSessions' | 'revokeSessions' | 'changePassword'> {
  return {
    getSession: async (request) => {
      const { secret, session, person } = await currentSession(deps, request);
      return { status: 200, body: toSession(deps, person, session, secret) };
    },
    revokeSession: async (request) => {
      const { session } = await currentSession(deps, request);
      await endSessions(deps, request.author, session.personId, { only: session.id });
      return { status: 204, headers: { 'Set-Cookie': endCookie(deps) } };
    },
    listSessions: async (request) => {
      const { session: current } = await currentSession(deps, request);
      const rows = await livingSessions(deps, current.personId);
      return { status: 200, body: { items: rows.map((row) => toSummary(row, current.id)), next: null } };
    },
    revokeSessions: async ({ author }) => {
      await endSessions(deps, author, author.id);
      return { status: 204, headers: { 'Set-Cookie': endCookie(deps) } };
    },
    changePassword: async ({ body, ...request }) => {
      const { session } = await currentSession(deps, request);
      await setPassword(deps, body, { author: request.author, sessionId: session.id });
      return { status: 204 };
    },
  };
}

function passkeyHandlers(
  deps: SessionDeps,
): Pick<Handlers, 'listPasskeys' | 'createPasskeyOptions' | 'addPasskey' | 'revokePasskey'> {
  return {
    listPasskeys: async ({ author }) => {
      const rows = await selectPasskeys(deps.db, author.id);
      return { status: 200, body: { items: rows.map(toPasskey), next: null } };
    },
    createPasskeyOptions: async ({ author }) => {
      const person = await selectPerson(deps.db, author.id);
      if (!person) throw notFound('person');
      return { status: 201, body: await offerRegistration(deps, person) };
    },
    addPasskey: async ({ body, author }) => ({
      status: 201,
      body: toPasskey(await registerPasskey(deps, author, body)),
    }),
    revokePasskey: async ({ path, author }) => {
      await removePasskey(deps, author, path.passkeyId);
      return { status: 204 };
    },
  };
}

function providerHandlers(
  deps: SessionDeps,
): Pick<Handlers, 'createProviderRequest' | 'createProviderSession'> {
  return {
    createProviderRequest: async () => {
      if (!deps.provider) throw notFound('OpenID provider in the settings');
      const { location, state } = await deps.provider.begin();
      // Lax: it must be sent when the provider sends the browser back.
      const cookie = `${PROVIDER_COOKIE}=${state}; Path=${CALLBACK_PATH}; Max-Age=${PROVIDER_COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure(deps)}`;
      return { status: 201, headers: { 'Set-Cookie': cookie }, body: { location } };
    },
    createProviderSession: async (request) => {
      if (!deps.provider) throw notFound('OpenID provider in the settings');
      const query = request.raw.originalUrl.slice(CALLBACK_PATH.length);
      const state = readCookie(request.raw, PROVIDER_COOKIE);
      const result = await deps.provider.finish(state, query, fromOf(request));
      const cookie = result
        ? sessionCookie(deps, result.secret)
        : `${PROVIDER_COOKIE}=; Path=${CALLBACK_PATH}; Max-Age=0; HttpOnly; SameSite=Lax${secure(deps)}`;
      // A page, no redirect: a cookie that is SameSite=Strict is not sent on a way that began at another site.
      return {
        status: 200,
        headers: { 'Set-Cookie': cookie },
        type: 'text/html',
        text: onward(result ? '/' : '/#/sign-in/refused'),
      };
    },
  };
}

function onward(path: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${path}"><title>chadan</title><p><a href="${path}">chadan</a></p></html>\n`;
}

function signedIn(deps: SessionDeps, { person, session, secret }: SignedIn) {
  return {
    status: 201 as const,
    headers: { 'Set-Cookie': sessionCookie(deps, secret) },
    body: toSession(deps, person, session, secret),
  };
}

function sessionCookie(deps: SessionDeps, secret: string): string {
  return `${SESSION_COOKIE}=${secret}; Path=/; Max-Age=${deps.sessionLifeSeconds}; HttpOnly; SameSite=Strict${secure(deps)}`;
}

function endCookie(deps: SessionDeps): string {
  return `${SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict${secure(deps)}`;
}

function secure({ issuer }: SessionDeps): string {
  return issuer.startsWith('https:') ? '; Secure' : '';
}

function fromOf({ raw, author }: AnyRequest): From {
  return { author, userAgent: raw.headers['user-agent'] };
}

/** The session that the request came in with. */
async function currentSession(
  deps: SessionDeps,
  { raw, author }: AnyRequest,
): Promise<{ secret: string; session: SessionRow; person: PersonRow }> {
  const secret = readCookie(raw, SESSION_COOKIE) ?? '';
  const session = await readSession(deps, secret);
  const person = await selectPerson(deps.db, author.id);
  if (!person) throw notFound('person');
  return { secret, session, person };
}

function toSession(
  deps: SessionDeps,
  person: PersonRow,
  row: SessionRow,
  secret: string,
): Schemas['Session'] {
  return {
    id: row.id,
    user: toUser(person),
    scopes: [...scopesOfPerson(person.role)],
    method: row.method,
    csrfToken: csrfTokenOf(secret),
    startedAt: row.startedAt.toISOString(),
    idleAt: new Date(deps.now().getTime() + deps.sessionIdleSeconds * 1000).toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

function toSummary(row: SessionRow, currentId: string): Schemas['SessionSummary'] {
  return {
    id: row.id,
    current: row.id === currentId,
    method: row.method,
    address: row.address,
    userAgent: row.userAgent,
    startedAt: row.startedAt.toISOString(),
    seenAt: row.seenAt.toISOString(),
  };
}

function toPasskey(row: PasskeyRow): Schemas['Passkey'] {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.createdAt.toISOString(),
    usedAt: row.usedAt?.toISOString() ?? null,
  };
}
