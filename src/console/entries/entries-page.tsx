// Search any number: whether it stands in a list, since when, until when.
import { Badge, Group, Table, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type ListId } from '../api.ts';
import { EmptyState } from '../empty-state.tsx';
import { useFormats } from '../format.ts';
import { ListSwitch, toListId } from '../list-switch.tsx';
import { MoreButton } from '../more-button.tsx';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { Until } from '../until.tsx';
import { PAGING, useItems } from '../use-pages.ts';
import { CategoryBadge } from '../value-badges.tsx';

export function EntriesPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/entries' });
  const router = useRouter();
  const [text, setText] = useState(search.q ?? '');
  const change = (part: { list?: ListId; q?: string | undefined }) => {
    // Who has clicked on an entry by now is not fetched back by what was typed before.
    if (router.latestLocation.pathname !== '/entries') return;
    void router.navigate({ to: '/entries', search: { ...search, ...part }, replace: true });
  };
  const seek = useDebouncedCallback((q: string) => change({ q: q || undefined }), 250);
  return (
    <Page title={t('nav.entries')}>
      <Group mb="md">
        <TextInput
          w={280}
          maxLength={64}
          autoFocus
          aria-label={t('entries.search')}
          placeholder={t('entries.search')}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            seek(event.currentTarget.value.trim());
          }}
        />
        <ListSwitch value={toListId(search.list)} onChange={(list) => change({ list })} />
      </Group>
      <EntryTable list={toListId(search.list)} q={search.q} />
    </Page>
  );
}

function EntryTable({ list, q }: { list: ListId; q: string | undefined }) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  const query = api.useInfiniteQuery(
    'get',
    '/v1/lists/{list}/entries',
    { params: { path: { list }, query: { limit: 100, ...(q && { q }) } } },
    PAGING,
  );
  const entries = useItems(query);
  if (query.error) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.isPending && entries.length === 0) {
    return (
      <EmptyState title={t(q ? 'entries.notListed' : 'entries.empty')}>
        {q && t('entries.notListedHint')}
      </EmptyState>
    );
  }
  return (
    <>
      <Table highlightOnHover aria-busy={query.isPending}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('field.value')}</Table.Th>
            <Table.Th>{t('field.category')}</Table.Th>
            <Table.Th>{t('field.until')}</Table.Th>
            <Table.Th>{t('entries.since')}</Table.Th>
            <Table.Th>{t('field.organization')}</Table.Th>
            <Table.Th>{t('field.status')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={`${entry.value} ${entry.listedIn}`}>
              <Table.Td ff="monospace">
                <Link to="/entries/$list/$value" params={{ list, value: entry.value }}>
                  {entry.display}
                </Link>
              </Table.Td>
              <Table.Td>
                <CategoryBadge category={entry.category} />
              </Table.Td>
              <Table.Td>
                <Until until={entry.until} />
              </Table.Td>
              <Table.Td>{moment(entry.listedAt)}</Table.Td>
              <Table.Td>{entry.organization}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={entry.status === 'listed' ? 'teal' : 'gray'} tt="none">
                  {t(`entryStatus.${entry.status}`)}
                </Badge>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <MoreButton query={query} />
    </>
  );
}
