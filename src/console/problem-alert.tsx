// What went wrong, what to do, and the id by which the operators find it.
import { Alert, Button, Code, Group, List, Text } from '@mantine/core';
import type { i18n as Texts } from 'i18next';
import { useTranslation } from 'react-i18next';
import { isProblem } from './api.ts';

export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t, i18n } = useTranslation();
  const problem = isProblem(error) ? error : undefined;
  return (
    <Alert color="red" variant="light" title={t('problem.title')} role="alert">
      <Text size="sm">{sentenceOf(error, i18n)}</Text>
      {problem?.errors && (
        <List size="sm" mt="xs">
          {problem.errors.slice(0, 10).map((fault) => (
            <List.Item key={`${fault.pointer} ${fault.code}`}>
              <Code>{fault.pointer}</Code> {fault.detail}
            </List.Item>
          ))}
        </List>
      )}
      <Group mt="xs" gap="sm">
        {onRetry && (
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t('problem.retry')}
          </Button>
        )}
        {problem?.requestId && (
          <Text size="xs" c="dimmed">
            {t('problem.requestId')} <Code>{problem.requestId}</Code>
          </Text>
        )}
      </Group>
    </Alert>
  );
}

/** What a reviewer may meet is said in the reviewer's language; the rest as the exchange says it. */
export function sentenceOf(error: unknown, texts: Texts): string {
  if (!isProblem(error)) return texts.t('problem.unreachable');
  const key = `refusal.${error.code}`;
  return texts.exists(key) ? texts.t(key as 'refusal.stale_revision') : (error.detail ?? error.title);
}
