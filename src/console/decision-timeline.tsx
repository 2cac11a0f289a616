// Decisions on a value, in order: who, when, why.
import { Text, Timeline, Title } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from './api.ts';
import { useFormats } from './format.ts';
import { Until } from './until.tsx';

export function DecisionTimeline({ decisions }: { decisions: readonly Schemas['Decision'][] }) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  if (decisions.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t('case.decisions')}
      </Title>
      <Timeline bulletSize={14} lineWidth={2} active={decisions.length}>
        {decisions.map((one) => (
          <Timeline.Item key={one.id} title={t(`effect.${one.effect}`)}>
            <Text size="sm">
              {[
                one.category && t(`category.${one.category}`),
                one.until && <Until until={one.until} />,
                one.reason && t(`reason.${one.reason as 'expired'}`),
              ]
                .filter((part) => part !== null)
                .map((part, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the parts have no other name, and never move
                  <Fragment key={index}>
                    {index > 0 && ' · '}
                    {part}
                  </Fragment>
                ))}
            </Text>
            {one.note && <Text size="sm">{one.note}</Text>}
            <Text size="xs" c="dimmed">
              {one.organization} · {one.decidedByName} · {moment(one.decidedAt)}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </section>
  );
}
