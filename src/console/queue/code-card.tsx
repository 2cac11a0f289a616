// What is seen with an originator code: who sent first, through whom, and how many strikes it has.
import { Badge, Card, Code, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { CaseStatusBadge } from '../value-badges.tsx';

export function CodeCard({ code, isOwn }: { code: Schemas['CodeTrace']; isOwn: boolean }) {
  const { t } = useTranslation();
  const { count } = useFormats();
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <Text size="sm">
          {t('field.originatorCode')} <Code>{code.code}</Code>
        </Text>
        <Group gap={6}>
          {code.strikes > 0 && (
            <Badge color="red" tt="none">
              {t('code.strikes', { count: code.strikes, shown: count(code.strikes) })}
            </Badge>
          )}
          {code.status && !isOwn && <CaseStatusBadge status={code.status} />}
        </Group>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {t('code.numbers', {
          count: code.numbers,
          shown: count(code.numbers),
          verified: count(code.verified),
        })}
      </Text>
      {code.chains.map((chain) => (
        <Text size="sm" key={chain.join('\n')}>
          {t('field.chain')}: {chain.join(' → ')}
        </Text>
      ))}
      {code.relays.length > 0 && (
        <Text size="sm">
          {t('field.relay')}:{' '}
          {code.relays.map(({ relay, count: times }) => `${relay} (${count(times)})`).join(', ')}
        </Text>
      )}
    </Card>
  );
}
