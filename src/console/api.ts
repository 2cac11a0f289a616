// The one way to the exchange: the contract's operations, typed, over the session's cookie. Nothing else here
// makes a request, and nothing of a session is kept by scripts.
import createClient from 'openapi-fetch';
import createQueryHooks from 'openapi-react-query';
import type { components, paths } from '../http/generated/openapi.ts';

export type Schemas = components['schemas'];
export type ListId = Schemas['ListId'];

/** What a call is refused with; `requestId` finds it in the server's log. */
export type Problem = Schemas['Problem'];

export const client = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });

/** `useQuery`, `useInfiniteQuery` and `useMutation` by method and path of the contract. */
export const api = createQueryHooks(client);

/** Whether something thrown is the exchange's word, and not a fault of the way there. */
export function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'status' in error;
}

/** The HTTP status of a refusal; undefined for whatever else was thrown. */
export function statusOf(error: unknown): number | undefined {
  return isProblem(error) ? error.status : undefined;
}
