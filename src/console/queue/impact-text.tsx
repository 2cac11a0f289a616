// What relays counted of a value in the last 7 days, in one sentence.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { useFormats } from '../format.ts';

export function CaseImpact({ id }: { id: string }) {
  const { data } = api.useQuery('get', '/v1/cases/{caseId}/impact', { params: { path: { caseId: id } } });
  return data ? <ImpactText impact={data} /> : null;
}

export function ImpactText({ impact }: { impact: Pick<Schemas['Impact'], 'messages' | 'relays'> }) {
  const { t } = useTranslation();
  const { count } = useFormats();
  if (impact.messages === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('impact.none')}
      </Text>
    );
  }
  return (
    <Text size="sm">
      {t('impact.some', {
        count: impact.relays,
        messages: count(impact.messages),
        relays: count(impact.relays),
      })}
    </Text>
  );
}
