// When the value was seen: each carrier's row as the span from first to last report.
import { Box, Group, Text, Title, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api.ts';
import { useFormats } from '../format.ts';

interface Span {
  key: string;
  organization: string;
  reports: number | null;
  first: number;
  last: number;
}

export function ReportTimeline({ evidence }: { evidence: readonly Schemas['Evidence'][] }) {
  const { t } = useTranslation();
  const { count, moment } = useFormats();
  const spans = evidence.flatMap(toSpan).slice(0, 30);
  if (spans.length === 0) return null;
  const begin = Math.min(...spans.map(({ first }) => first));
  const end = Math.max(...spans.map(({ last }) => last));
  const whole = Math.max(end - begin, 1);
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t('case.timeline')}
      </Title>
      {spans.map(({ key, organization, reports, first, last }) => {
        const label = `${organization}: ${moment(new Date(first).toISOString())} – ${moment(new Date(last).toISOString())}`;
        return (
          <Group key={key} gap="xs" wrap="nowrap" mb={4}>
            <Text size="xs" w={90} truncate>
              {organization}
            </Text>
            <Box
              flex={1}
              h={10}
              bg="var(--mantine-color-default-border)"
              pos="relative"
              style={{ borderRadius: 4 }}
            >
              <Tooltip label={label}>
                <Box
                  role="img"
                  aria-label={label}
                  pos="absolute"
                  h={10}
                  bg="indigo"
                  style={{
                    borderRadius: 4,
                    left: `min(calc(100% - 6px), ${(100 * (first - begin)) / whole}%)`,
                    width: `max(6px, ${(100 * (last - first)) / whole}%)`,
                    maxWidth: '100%',
                  }}
                />
              </Tooltip>
            </Box>
            <Text size="xs" c="dimmed" w={90} ta="right">
              {reports !== null && t('queue.reports', { count: reports, shown: count(reports) })}
            </Text>
          </Group>
        );
      })}
      <Group justify="space-between" ml={98} mr={98}>
        <Text size="xs" c="dimmed">
          {moment(new Date(begin).toISOString())}
        </Text>
        <Text size="xs" c="dimmed">
          {moment(new Date(end).toISOString())}
        </Text>
      </Group>
    </section>
  );
}

function toSpan(row: Schemas['Evidence']): Span[] {
  const seen = [row.firstSeen, row.lastSeen].filter((time) => time !== null).map((time) => Date.parse(time));
  if (seen.length === 0) return [];
  return [
    {
      key: row.candidateId,
      organization: row.organization,
      reports: row.reports,
      first: Math.min(...seen),
      last: Math.max(...seen),
    },
  ];
}
