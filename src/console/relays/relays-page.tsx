// The fleet: which relay holds which version of which list, how far behind, and whether it is what was verified.
import { Alert, Badge, type MantineColor, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { EmptyState } from '../empty-state.tsx';
import { useFormats } from '../format.ts';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';

type Relay = Schemas['Relay'];

const COLORS: Record<Relay['state'], MantineColor> = {
  current: 'teal',
  behind: 'yellow',
  stale: 'orange',
  wrong: 'red',
  old_epoch: 'orange',
  silent: 'gray',
};

export function RelaysPage() {
  const { t } = useTranslation();
  const query = api.useQuery('get', '/v1/relays', {}, { refetchInterval: 5000 });
  const relays = query.data?.items ?? [];
  const wrong = relays.filter(({ state }) => state === 'wrong');
  return (
    <Page title={t('nav.relays')}>
      {query.error && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {wrong.length > 0 && (
        <Alert color="red" mb="md" title={t('relays.wrongTitle', { count: wrong.length })}>
          {t('relays.wrongHint')}
        </Alert>
      )}
      {query.data && relays.length === 0 && (
        <EmptyState title={t('relays.empty')}>{t('relays.emptyHint')}</EmptyState>
      )}
      {relays.length > 0 && (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('field.organization')}</Table.Th>
              <Table.Th>{t('relays.client')}</Table.Th>
              <Table.Th>{t('field.list')}</Table.Th>
              <Table.Th>{t('field.status')}</Table.Th>
              <Table.Th ta="right">{t('field.version')}</Table.Th>
              <Table.Th ta="right">{t('relays.lag')}</Table.Th>
              <Table.Th>{t('relays.receipt')}</Table.Th>
              <Table.Th>{t('relays.lastPull')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {relays.map((relay) => (
              <RelayRow key={`${relay.clientId} ${relay.list}`} relay={relay} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Page>
  );
}

function RelayRow({ relay }: { relay: Relay }) {
  const { t } = useTranslation();
  const { count, distance, duration } = useFormats();
  return (
    <Table.Tr>
      <Table.Td>{relay.organization}</Table.Td>
      <Table.Td>{relay.name}</Table.Td>
      <Table.Td>{t(`list.${relay.list}`)}</Table.Td>
      <Table.Td>
        <Badge color={COLORS[relay.state]} variant="light" tt="none">
          {t(`relays.${relay.state}`)}
        </Badge>
      </Table.Td>
      <Table.Td ta="right">{relay.version === null ? t('none') : count(relay.version)}</Table.Td>
      <Table.Td ta="right">
        {relay.lagVersions !== null && relay.lagVersions > 0 && (
          <>
            {t('relays.versions', { count: relay.lagVersions, shown: count(relay.lagVersions) })}
            <Text size="xs" c="dimmed">
              {duration(relay.lagSeconds ?? 0)}
            </Text>
          </>
        )}
      </Table.Td>
      <Table.Td>
        {relay.receiptAt ? distance(relay.receiptAt) : t('none')}
        {relay.wrongAt && (
          <Text size="xs" c="red">
            {t('relays.wrongAt', { time: distance(relay.wrongAt) })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {relay.lastPullAt ? distance(relay.lastPullAt) : t('none')}
        {relay.connected && (
          <Text size="xs" c="dimmed">
            {t('relays.connected')}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
