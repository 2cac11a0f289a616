// Deciding one case or many: what is sent, and what of the cache is thereby out of date.
import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { client, type Schemas } from '../api.ts';

export type CaseRef = Pick<Schemas['Case'], 'id' | 'revision' | 'display' | 'list' | 'value'>;
export type Choice = Omit<Schemas['NewDecision'], 'revision'>;

export interface Decided {
  cases: readonly CaseRef[];
  choice: Choice;
  /** Of these, how many wait for a second person. */
  awaitingSecond: number;
  /** One of the decisions, by which all can be undone. */
  decisionId: string;
}

/** Decides as many cases as are given, all or nothing; throws the exchange's Problem. */
export function useDecide(onDecided: (decided: Decided) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ cases, choice }: { cases: readonly CaseRef[]; choice: Choice }) => decide(cases, choice),
    onSuccess(decided) {
      // What is decided leaves the queue. Reading it again would read every page that was scrolled through.
      if (decided.choice.verdict === 'request_info') void invalidateCases(queries);
      else dropCases(queries, new Set(decided.cases.map(({ id }) => id)));
      void queries.invalidateQueries({ queryKey: ['get', '/v1/desk'] });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/cases/{caseId}'] });
      onDecided(decided);
    },
    // A case is another than the one that was read.
    onError: () => void invalidateCases(queries),
  });
}

/** Has the queue and the open case read again. */
export function invalidateCases(queries: QueryClient): Promise<unknown> {
  const paths = ['/v1/cases', '/v1/cases/{caseId}'];
  return Promise.all(paths.map((path) => queries.invalidateQueries({ queryKey: ['get', path] })));
}

function dropCases(queries: QueryClient, decided: ReadonlySet<string>): void {
  queries.setQueriesData<InfiniteData<Schemas['CasePage']>>({ queryKey: ['get', '/v1/cases'] }, (held) => {
    const pages = held?.pages.map((page) => ({
      ...page,
      items: page.items.filter(({ id }) => !decided.has(id)),
    }));
    return held && pages && { ...held, pages };
  });
}

async function decide(cases: readonly CaseRef[], choice: Choice): Promise<Decided> {
  const [only] = cases;
  if (cases.length === 1 && only) {
    const params = { path: { caseId: only.id } };
    const body = { ...choice, revision: only.revision };
    const { data, error } = await client.POST('/v1/cases/{caseId}/decisions', { params, body });
    if (!data) throw error;
    return { cases, choice, awaitingSecond: data.effect === 'awaiting_second' ? 1 : 0, decisionId: data.id };
  }
  const refs = cases.map(({ id, revision }) => ({ id, revision }));
  const { data, error } = await client.POST('/v1/decisions', { body: { ...choice, cases: refs } });
  if (!data) throw error;
  return { cases, choice, awaitingSecond: data.awaitingSecond, decisionId: data.decisionId };
}
