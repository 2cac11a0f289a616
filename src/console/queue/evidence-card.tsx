// What one row of one carrier says.
import { Badge, Blockquote, Card, Code, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { CategoryBadge } from '../value-badges.tsx';

export function EvidenceCard({ row }: { row: Schemas['Evidence'] }) {
  const { t } = useTranslation();
  const { count, moment, share } = useFormats();
  const facts = [
    row.reports !== null && [t('field.reports'), count(row.reports)],
    row.reporters !== null && [t('field.reporters'), count(row.reporters)],
    row.score !== null && [t('field.score'), `${share(row.score)}${row.model ? ` (${row.model})` : ''}`],
    row.source !== null && [t('field.source'), t(`source.${row.source}`, { defaultValue: row.source })],
    row.lastSeen !== null && [t('field.lastSeen'), moment(row.lastSeen)],
    row.originatorCode !== null && [t('field.originatorCode'), row.originatorCode],
    row.relay !== null && [t('field.relay'), row.relay],
    row.chain.length > 0 && [t('field.chain'), row.chain.join(' → ')],
    row.callbackNumber.length > 0 && [t('field.callbackNumber'), row.callbackNumber.join(', ')],
    row.reportIds.length > 0 && [t('field.reportIds'), count(row.reportIds.length)],
  ].filter((fact): fact is [string, string] => fact !== false);
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between">
        <Group gap={6}>
          <Text fw={600} size="sm">
            {row.organization}
          </Text>
          <CategoryBadge category={row.category} />
          {row.status !== 'pending' && (
            <Badge variant="default" tt="none">
              {t(`candidateStatus.${row.status}`)}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {moment(row.submittedAt)} · <Code>{row.rawValue}</Code>
        </Text>
      </Group>
      <Group gap="md" mt="xs">
        {facts.map(([name, value]) => (
          <Text size="sm" key={name}>
            <Text span c="dimmed" size="sm">
              {name}{' '}
            </Text>
            {value}
          </Text>
        ))}
      </Group>
      {row.sample && (
        <Blockquote
          mt="xs"
          p="xs"
          style={{ whiteSpace: 'pre-wrap', fontSize: 'var(--mantine-font-size-sm)' }}
        >
          {row.sample}
        </Blockquote>
      )}
      {row.url && (
        // Text, never a link: it is where the spam leads.
        <Text size="sm" mt={4}>
          URL <Code>{row.url}</Code>
        </Text>
      )}
      {row.information.map((answer) => (
        <Text size="sm" mt={4} key={answer.givenAt}>
          {t('case.answered', { time: moment(answer.givenAt) })}: {answer.text ?? t('erased')}
        </Text>
      ))}
      {row.erasedAt && (
        <Text size="sm" c="dimmed" mt={4}>
          {t('case.erasedAt', { time: moment(row.erasedAt) })}
        </Text>
      )}
      {row.note && (
        <Text size="sm" mt={4}>
          {t('field.note')}: {row.note}
        </Text>
      )}
    </Card>
  );
}
