// Who asks: a client of each role and a person of each role, real ones, admitted anew when what admits them is lost.
import { randomUUID } from 'node:crypto';
import { TOTP } from 'otpauth';
import { postJson, type Schemas } from '../../scripts/demo-api.ts';
import { AccessTokens } from '../../src/client/access-tokens.ts';
import { type Credentials, readCredentials } from '../../src/client/credentials.ts';
import { ExchangeClient } from '../../src/client/exchange-client.ts';
import { exportPrivateJwk, generateKey } from '../../src/list/jwk.ts';

export interface Caller {
  name: string;
  scheme: 'oauth' | 'session';
  scopes: readonly string[];
  /** The headers that admit it. */
  headers(): Promise<Record<string, string>>;
  /** What admitted it is no good any more. */
  forget(): void;
  /** Of a client. */
  credentials?: Credentials;
  /** Of a person. */
  person?: { email: string; password: string; totpSecret: string };
}

type OrganizationKind = Schemas['OrganizationKind'];
type ClientRole = Schemas['ClientRole'];
type PersonRole = Schemas['UserRole'];

const CLIENTS: [name: string, role: ClientRole, kind: OrganizationKind, scopes: string[]][] = [
  ['carrier', 'carrier', 'carrier', ['submit']],
  ['other carrier', 'carrier', 'carrier', ['submit']],
  ['relay', 'relay', 'relay', ['pull']],
  ['agency', 'agency', 'agency', ['review', 'publish']],
  ['auditor', 'auditor', 'operator', ['audit']],
];
const PEOPLE: [role: PersonRole, scopes: string[]][] = [
  ['reviewer', ['review']],
  ['lead', ['review', 'publish']],
  ['admin', ['admin']],
  ['auditor', ['audit']],
];
const PASSWORD = 'correct horse battery staple';

/**
 * Registers them all with the administrator whose file the server wrote at its first start.
 * @param keep told of each id without which a caller would be lost
 */
export async function registerCallers(
  url: string,
  adminFile: string,
  keep: (id: string) => void,
): Promise<Caller[]> {
  const adminCredentials = await readCredentials(adminFile);
  const administrator = new ExchangeClient(adminCredentials);
  const all = [asClient('administrator', adminCredentials, ['admin'])];
  keep(adminCredentials.clientId);
  const organizations = new Map<string, string>();
  for (const [name, role, kind, scopes] of CLIENTS) {
    const organization = await postJson<{ id: string }>(administrator, '/v1/organizations', { name, kind });
    organizations.set(name, organization.id);
    const key = generateKey();
    const client = await postJson<{ id: string }>(administrator, '/v1/clients', {
      organizationId: organization.id,
      name: 'system',
      role,
      publicKey: key.publicJwk,
    });
    const { issuer, rootKey } = adminCredentials;
    const credentials = { issuer, rootKey, clientId: client.id, privateKey: exportPrivateJwk(key) };
    all.push(asClient(name, credentials, scopes));
    keep(client.id);
  }
  const agency = organizations.get('agency');
  for (const [role, scopes] of PEOPLE) {
    const organizationId = role === 'admin' ? undefined : agency;
    all.push(asPerson(url, administrator, keep, { role, scopes, organizationId }));
  }
  return all;
}

function asClient(name: string, credentials: Credentials, scopes: string[]): Caller {
  const tokens = new AccessTokens(credentials, Date.now, async (form) => {
    const response = await fetch(`${credentials.issuer}/oauth/token`, { method: 'POST', body: form });
    return response.text();
  });
  let held = '';
  return {
    name,
    scheme: 'oauth',
    scopes,
    credentials,
    async headers() {
      held = await tokens.get(undefined);
      return { Authorization: `Bearer ${held}` };
    },
    forget: () => tokens.drop(held),
  };
}

interface Post {
  role: PersonRole;
  scopes: string[];
  organizationId: string | undefined;
}

/** Whose session is over comes back as a new person: a code of an authenticator is good once. */
function asPerson(
  url: string,
  administrator: ExchangeClient,
  keep: (id: string) => void,
  post: Post,
): Caller {
  const { role, scopes, organizationId } = post;
  let headers: Promise<Record<string, string>> | undefined;
  const caller: Caller = {
    name: `${role} (person)`,
    scheme: 'session',
    scopes,
    headers: () => (headers ??= signUp()),
    forget: () => {
      headers = undefined;
    },
  };
  const signUp = async (): Promise<Record<string, string>> => {
    const who = {
      email: `${randomUUID()}@agency.example`,
      name: role,
      role,
      ...(organizationId && { organizationId }),
    };
    const user = await postJson<Schemas['InvitedUser']>(administrator, '/v1/users', who);
    keep(user.id);
    const token = user.invitation.url.split('/').at(-1);
    const { totpSecret } = (await (await ask(url, '/v1/invitations/opening', { token })).json()) as {
      totpSecret: string;
    };
    caller.person = { email: who.email, password: PASSWORD, totpSecret };
    const totp = totpOf(totpSecret);
    const accepted = await ask(url, '/v1/invitations/acceptance', { token, password: PASSWORD, totp });
    const { csrfToken } = (await accepted.json()) as { csrfToken: string };
    const cookie = accepted.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
    return { Cookie: cookie, 'X-CSRF-Token': csrfToken };
  };
  return caller;
}

/** What an authenticator shows at present. */
export function totpOf(secret: string): string {
  return new TOTP({ secret }).generate();
}

async function ask(url: string, path: string, body: object): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}
