// What was read and how long it is taken for fresh. A refusal is the exchange's word and is not asked for again;
// a way that broke is tried twice more. A session that ended leads to the sign-in.
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isProblem } from './api.ts';
import { SESSION_KEY } from './session/session-key.ts';

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      if (!isProblem(error) || error.status !== 401 || query.queryKey === SESSION_KEY) return;
      void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
    },
  }),
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (failures, error) => !isProblem(error) && failures < 2 },
  },
});
