// What a decision on many cases would change, in numbers, before it is made.
import { Alert, List, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { client, type Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import type { CaseRef, Choice } from './decide.ts';
import { ImpactText } from './impact-text.tsx';

export function DecisionPreview({ cases, choice }: { cases: readonly CaseRef[]; choice: Choice }) {
  const { t } = useTranslation();
  const { count } = useFormats();
  const refs = cases.map(({ id, revision }) => ({ id, revision }));
  const query = useQuery({
    queryKey: ['preview', refs, choice],
    queryFn: () => preview({ ...choice, cases: refs }),
    placeholderData: (before) => before,
  });
  if (query.error) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton h={90} />;
  const { decided, listed, candidates, organizations, awaitingSecond, refused, refusals, impact } =
    query.data;
  return (
    <Alert color={refused > 0 ? 'red' : 'indigo'} variant="light" title={t('preview.title')}>
      <List size="sm">
        <List.Item>
          {t('preview.decided', { count: decided, shown: count(decided), listed: count(listed) })}
        </List.Item>
        <List.Item>
          {t('preview.told', { count: candidates, shown: count(candidates), carriers: count(organizations) })}
        </List.Item>
        {awaitingSecond > 0 && (
          <List.Item>{t('decided.awaitingSecond', { count: awaitingSecond })}</List.Item>
        )}
        <List.Item>
          <ImpactText impact={impact} />
        </List.Item>
      </List>
      {refused > 0 && (
        <>
          <Text size="sm" fw={600} mt="xs">
            {t('preview.refused', { count: refused })}
          </Text>
          <List size="sm">
            {refusals.slice(0, 5).map((fault) => (
              <List.Item key={fault.pointer}>{fault.detail}</List.Item>
            ))}
          </List>
        </>
      )}
    </Alert>
  );
}

async function preview(body: Schemas['NewDecisions']): Promise<Schemas['DecisionPreview']> {
  const { data, error } = await client.POST('/v1/decisions/preview', { body });
  if (!data) throw error;
  return data;
}
