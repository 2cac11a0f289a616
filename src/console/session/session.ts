// Who is signed in. The cookie does the rest: scripts never see it, and hold nothing but the token that proves a
// writing request to come from this page.
import { client, type Schemas } from '../api.ts';
import { queryClient } from '../query-client.ts';
import { SESSION_KEY } from './session-key.ts';

export type Session = Schemas['Session'];
export type Scope = 'review' | 'publish' | 'audit' | 'admin';

let csrfToken: string | undefined;

client.use({
  onRequest({ request }) {
    if (request.method !== 'GET' && csrfToken !== undefined) request.headers.set('X-CSRF-Token', csrfToken);
    return request;
  },
});

/** The session in force; null where nobody is signed in. Throws where the exchange cannot be reached. */
export async function readSession(): Promise<Session | null> {
  const { data, error, response } = await client.GET('/v1/session');
  if (response.status === 401) return keep(null);
  if (!data) throw error;
  return keep(data);
}

/** Takes a session that was just begun, or its end; whatever was read before belongs to someone else. */
export function enter(session: Session | null): void {
  queryClient.setQueryData(SESSION_KEY, keep(session)); // its observers stay with it
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
}

export async function signOut(everywhere: boolean): Promise<void> {
  const { error } = everywhere ? await client.DELETE('/v1/sessions') : await client.DELETE('/v1/session');
  if (error && error.status !== 401) throw error;
  enter(null);
}

function keep(session: Session | null): Session | null {
  csrfToken = session?.csrfToken;
  return session;
}
