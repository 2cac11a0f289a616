// The session as pages see it.
import { useQuery } from '@tanstack/react-query';
import { readSession, type Scope, type Session } from './session.ts';
import { SESSION_KEY } from './session-key.ts';

export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: readSession,
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });
}

/** Who is signed in; only below the gate, which shows nothing without a session. */
export function useSession(): Session {
  const { data } = useSessionQuery();
  if (!data) throw new Error('used outside of the session gate');
  return data;
}

/** What the person's role allows. The server enforces it; here it hides what would be refused. */
export function useScopes(): ReadonlySet<Scope> {
  const { data } = useSessionQuery();
  return new Set((data?.scopes ?? []) as Scope[]);
}
