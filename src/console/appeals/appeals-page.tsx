// Objections to being listed: those that are due first come first, and the late ones are marked.
import { Badge, Button, Card, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { EmptyState } from '../empty-state.tsx';
import { useFormats } from '../format.ts';
import { MoreButton } from '../more-button.tsx';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useScopes } from '../session/use-session.ts';
import { PAGING, useItems } from '../use-pages.ts';
import { CategoryBadge } from '../value-badges.tsx';
import { APPEAL_STATES } from '../words.ts';
import { AppealDecisionDialog } from './appeal-decision-dialog.tsx';
import { NewAppealDialog } from './new-appeal-dialog.tsx';

type Appeal = Schemas['Appeal'];

export function AppealsPage() {
  const { t } = useTranslation();
  const canReview = useScopes().has('review');
  const [status, setStatus] = useState<Schemas['AppealStatus']>('filed');
  const [isFiling, file] = useDisclosure();
  const query = api.useInfiniteQuery(
    'get',
    '/v1/appeals',
    { params: { query: { status, limit: 50 } } },
    PAGING,
  );
  const appeals = useItems(query);
  return (
    <Page
      title={t('nav.appeals')}
      actions={canReview && <Button onClick={file.open}>{t('appeals.file')}</Button>}
    >
      <Stack>
        <Group>
          <SegmentedControl
            aria-label={t('field.status')}
            value={status}
            onChange={(next) => setStatus(next as Schemas['AppealStatus'])}
            data={APPEAL_STATES.map((value) => ({ value, label: t(`appealStatus.${value}`) }))}
          />
        </Group>
        {query.error && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
        {query.data && appeals.length === 0 && (
          <EmptyState title={t('appeals.empty')}>{status === 'filed' && t('appeals.emptyHint')}</EmptyState>
        )}
        {appeals.map((appeal) => (
          <AppealCard key={appeal.id} appeal={appeal} canDecide={canReview} />
        ))}
        <MoreButton query={query} />
      </Stack>
      {isFiling && <NewAppealDialog onClose={file.close} />}
    </Page>
  );
}

function AppealCard({ appeal, canDecide }: { appeal: Appeal; canDecide: boolean }) {
  const { t } = useTranslation();
  const { day, moment } = useFormats();
  const [outcome, setOutcome] = useState<'accepted' | 'denied'>();
  return (
    <Card withBorder component="article" aria-label={appeal.display}>
      <Group justify="space-between" align="flex-start">
        <Group gap="xs">
          <Link to="/entries/$list/$value" params={{ list: appeal.list, value: appeal.value }}>
            <Text span fw={600} ff="monospace">
              {appeal.display}
            </Text>
          </Link>
          <CategoryBadge category={appeal.category} />
          <Badge color={appeal.late ? 'red' : 'gray'} variant={appeal.late ? 'filled' : 'light'} tt="none">
            {t(appeal.late ? 'appeals.late' : 'appeals.due', { day: day(`${appeal.dueOn}T00:00:00+09:00`) })}
          </Badge>
        </Group>
        {canDecide && appeal.status === 'filed' && (
          <Group gap="xs">
            <Button size="xs" color="teal" onClick={() => setOutcome('accepted')}>
              {t('appeals.accept')}
            </Button>
            <Button size="xs" variant="default" onClick={() => setOutcome('denied')}>
              {t('appeals.deny')}
            </Button>
          </Group>
        )}
      </Group>
      <Text mt="xs" style={{ whiteSpace: 'pre-wrap' }}>
        {appeal.statement ?? t('erased')}
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        {appeal.organization} · {appeal.filedByName} · {moment(appeal.filedAt)}
        {appeal.onBehalfOf && ` · ${t('appeals.onBehalfOf', { name: appeal.onBehalfOf })}`}
        {appeal.contact && ` · ${appeal.contact}`}
      </Text>
      {appeal.outcome && (
        <Text size="sm" mt="xs">
          {t(`appealStatus.${appeal.status}`)} · {appeal.outcome.decidedByName} ·{' '}
          {moment(appeal.outcome.decidedAt)}
          {appeal.outcome.note && ` · ${appeal.outcome.note}`}
        </Text>
      )}
      {outcome && (
        <AppealDecisionDialog appeal={appeal} outcome={outcome} onClose={() => setOutcome(undefined)} />
      )}
    </Card>
  );
}
