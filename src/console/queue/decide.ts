// Deciding one case or many: what is sent, and what of the cache is thereby out of date.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { client, type Schemas } from '../api.ts';

export type CaseRef = Pick<Schemas['Case'], 'id' | 'revision' | 'display' | 'list' | 'value'>;
export type Choice = Omit<Schemas['NewDecision'], 'revision'>;

export interface Decided {
  cases: readonly CaseRef[];
  choice: Choice;
  /** Of these, how many wait for a second person. */
  awaitingSecond: number;
}

/** Decides as many cases as are given, all or nothing; throws the exchange's Problem. */
export function useDecide(onDecided: (decided: Decided) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ cases, choice }: { cases: readonly CaseRef[]; choice: Choice }) => decide(cases, choice),
    onSuccess: onDecided,
    // After a refusal too: the case is another than the one that was read.
    onSettled: () => invalidateCases(queries),
  });
}

export function invalidateCases(queries: ReturnType<typeof useQueryClient>): Promise<unknown> {
  const paths = ['/v1/cases', '/v1/cases/{caseId}'];
  return Promise.all(paths.map((path) => queries.invalidateQueries({ queryKey: ['get', path] })));
}

async function decide(cases: readonly CaseRef[], choice: Choice): Promise<Decided> {
  const [only] = cases;
  if (cases.length === 1 && only) {
    const params = { path: { caseId: only.id } };
    const body = { ...choice, revision: only.revision };
    const { data, error } = await client.POST('/v1/cases/{caseId}/decisions', { params, body });
    if (!data) throw error;
    return { cases, choice, awaitingSecond: data.effect === 'awaiting_second' ? 1 : 0 };
  }
  const refs = cases.map(({ id, revision }) => ({ id, revision }));
  const { data, error } = await client.POST('/v1/decisions', { body: { ...choice, cases: refs } });
  if (!data) throw error;
  return { cases, choice, awaitingSecond: data.awaitingSecond };
}
