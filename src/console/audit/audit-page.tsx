// Who did what, when, from where: every act, chained by hashes, with what was before and after.
import { Button, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api.ts';
import { EmptyState } from '../empty-state.tsx';
import { useFormats } from '../format.ts';
import { MoreButton } from '../more-button.tsx';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useItems } from '../use-pages.ts';
import { downloadEvents, type EventFilter, type EventFormat, readEvents } from './read-events.ts';

type Event = Schemas['AuditEvent'];

const EXAMPLES = { operation: 'decideCase', target: 'cases/1042' };

export function AuditPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState({ actor: '', operation: '', target: '' });
  const [asked] = useDebouncedValue(filter, 300);
  const given: EventFilter = Object.fromEntries(
    Object.entries(asked)
      .map(([name, text]) => [name, text.trim()] as const)
      .filter(([, text]) => text !== ''),
  );
  const [failure, setFailure] = useState<unknown>(null);
  const query = useInfiniteQuery({
    queryKey: ['get', '/v1/audit-events', given],
    queryFn: ({ pageParam }) => readEvents(given, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const events = useItems(query);
  const save = (format: EventFormat) => {
    setFailure(null);
    downloadEvents(given, format).catch(setFailure);
  };
  return (
    <Page
      title={t('nav.audit')}
      actions={(['csv', 'ndjson'] as const).map((format) => (
        <Button key={format} variant="default" onClick={() => save(format)}>
          {t('audit.export', { format: format.toUpperCase() })}
        </Button>
      ))}
    >
      <Stack>
        <Group>
          {(['actor', 'operation', 'target'] as const).map((name) => (
            <TextInput
              key={name}
              label={t(`audit.${name}`)}
              placeholder={name === 'actor' ? t('audit.who') : EXAMPLES[name]}
              maxLength={200}
              value={filter[name]}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setFilter((before) => ({ ...before, [name]: value }));
              }}
            />
          ))}
        </Group>
        {(failure ?? query.error) && (
          <ProblemAlert error={failure ?? query.error} onRetry={() => void query.refetch()} />
        )}
        {query.data && events.length === 0 && <EmptyState title={t('audit.empty')} />}
        {events.length > 0 && <EventTable events={events} />}
        <MoreButton query={query} />
      </Stack>
    </Page>
  );
}

function EventTable({ events }: { events: readonly Event[] }) {
  const { t } = useTranslation();
  const { moment, count } = useFormats();
  return (
    <Table highlightOnHover verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th ta="right">#</Table.Th>
          <Table.Th>{t('field.time')}</Table.Th>
          <Table.Th>{t('audit.actor')}</Table.Th>
          <Table.Th>{t('audit.operation')}</Table.Th>
          <Table.Th>{t('audit.target')}</Table.Th>
          <Table.Th>{t('audit.changes')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {events.map((event) => (
          <Table.Tr key={event.position} style={{ verticalAlign: 'top' }}>
            <Table.Td ta="right">{count(event.position)}</Table.Td>
            <Table.Td>
              {moment(event.at)}
              <Text size="xs" c="dimmed">
                {event.address}
              </Text>
            </Table.Td>
            <Table.Td>
              {event.actor.name ?? t(`actor.${event.actor.kind}`)}
              <Text size="xs" c="dimmed">
                {t(`actor.${event.actor.kind}`)}
              </Text>
            </Table.Td>
            <Table.Td>
              <Code>{event.operation}</Code>
            </Table.Td>
            <Table.Td>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {event.target}
              </Text>
              <Text size="xs" c="dimmed" title={event.hash}>
                {event.hash.slice(0, 12)}
              </Text>
            </Table.Td>
            <Table.Td>
              {event.changes.map(({ field, before, after }) => (
                <Text size="xs" key={field} style={{ overflowWrap: 'anywhere' }}>
                  {field}: {before ?? '–'} → {after ?? '–'}
                </Text>
              ))}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
