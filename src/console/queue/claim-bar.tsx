// Leases: the next cases for oneself, so that no two reviewers decide the same; given back here or by signing out.
import { Button, Group, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { useFormats } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import type { CaseFilter } from './case-filter.ts';
import { invalidateCases } from './decide.ts';

const BATCH = 20;

export interface ClaimBarProps {
  status: 'open' | 'awaiting_second';
  filter: CaseFilter;
  onFilter: (change: Partial<CaseFilter>) => void;
}

export function ClaimBar({ status, filter, onFilter }: ClaimBarProps) {
  const { t } = useTranslation();
  const { count } = useFormats();
  const queries = useQueryClient();
  const { data: desk } = api.useQuery('get', '/v1/desk');
  const claim = api.useMutation('post', '/v1/cases/claims', {
    async onSuccess({ items }) {
      if (items.length === 0) notifications.show({ message: t('claim.none') });
      onFilter({ mine: true });
      await Promise.all([
        invalidateCases(queries),
        queries.invalidateQueries({ queryKey: ['get', '/v1/desk'] }),
      ]);
    },
  });
  const take = () => {
    const { list, category, flag, minReports } = filter;
    claim.mutate({ body: { limit: BATCH, status, list, category, flag, minReports } });
  };
  return (
    <>
      <Group justify="space-between" wrap="nowrap">
        <SegmentedControl
          size="xs"
          aria-label={t('claim.whose')}
          value={filter.mine ? 'mine' : 'all'}
          onChange={(whose) => onFilter({ mine: whose === 'mine' || undefined })}
          data={[
            { value: 'all', label: t('all') },
            { value: 'mine', label: t('claim.mine', { shown: count(desk?.mine ?? 0) }) },
          ]}
        />
        <Button size="compact-sm" variant="light" loading={claim.isPending} onClick={take}>
          {t('claim.take', { count: BATCH })}
        </Button>
      </Group>
      {claim.error && <ProblemAlert error={claim.error} />}
    </>
  );
}
