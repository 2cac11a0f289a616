// What was published, what waits, and what is held: the state of a list and each step that led to it.
import {
  Alert,
  Badge,
  Button,
  Card,
  Code,
  CopyButton,
  Group,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, type ListId, type Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { ListSwitch, toListId } from '../list-switch.tsx';
import { MoreButton } from '../more-button.tsx';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useScopes } from '../session/use-session.ts';
import { PAGING, useItems } from '../use-pages.ts';
import { DiffViewer } from './diff-viewer.tsx';
import { PublishDialog } from './publish-dialog.tsx';

export function VersionsPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/versions' });
  const navigate = useNavigate({ from: '/versions' });
  const list = toListId(search.list);
  const state = api.useQuery(
    'get',
    '/v1/lists/{list}',
    { params: { path: { list } } },
    { refetchInterval: 5000 },
  );
  const compare = (from: number, to: number) =>
    void navigate({ search: (before) => ({ ...before, from, to }) });
  return (
    <Page
      title={t('nav.versions')}
      actions={<ListSwitch value={list} onChange={(next) => void navigate({ search: { list: next } })} />}
    >
      <Stack>
        {state.error && <ProblemAlert error={state.error} onRetry={() => void state.refetch()} />}
        {state.data && <ListState state={state.data} />}
        {state.data && search.from !== undefined && search.to !== undefined && (
          <DiffViewer
            range={{ list, epoch: state.data.epoch, from: search.from, to: search.to }}
            current={state.data.version}
            onCompare={compare}
            onClose={() => void navigate({ search: { list } })}
          />
        )}
        <VersionTable list={list} onCompare={compare} />
      </Stack>
    </Page>
  );
}

function ListState({ state }: { state: Schemas['List'] }) {
  const { t } = useTranslation();
  const { count, moment, distance } = useFormats();
  const [isPublishing, publish] = useDisclosure();
  const canPublish = useScopes().has('publish');
  const { pending } = state;
  const isPending = pending.added + pending.removed > 0;
  return (
    <>
      {pending.held && (
        <Alert color="orange" title={t('versions.held')}>
          {t('versions.heldHint', {
            added: count(pending.added),
            removed: count(pending.removed),
            count: state.count,
          })}
        </Alert>
      )}
      <Card withBorder>
        <Group justify="space-between" align="flex-start">
          <div>
            <Text fw={600}>
              {t('versions.current', { version: count(state.version), entries: count(state.count) })}
            </Text>
            <Text size="sm" c="dimmed">
              {moment(state.publishedAt)} ({distance(state.publishedAt)})
            </Text>
            <Text size="sm">
              {isPending
                ? t('versions.pending', { added: count(pending.added), removed: count(pending.removed) })
                : t('versions.nothingPending')}
            </Text>
            <Digest label={t('versions.digest')} value={state.digest} />
            <Digest label={t('versions.chain')} value={state.chain} />
          </div>
          {canPublish && (
            <Button onClick={publish.open} disabled={!isPending} color={pending.held ? 'orange' : undefined}>
              {t(pending.held ? 'versions.confirm' : 'versions.publish')}
            </Button>
          )}
        </Group>
      </Card>
      {isPublishing && <PublishDialog state={state} onClose={publish.close} />}
    </>
  );
}

function Digest({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="subtle" onClick={copy}>
            {t(copied ? 'copied' : 'copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

function VersionTable({ list, onCompare }: { list: ListId; onCompare: (from: number, to: number) => void }) {
  const { t } = useTranslation();
  const { count, moment } = useFormats();
  const query = api.useInfiniteQuery(
    'get',
    '/v1/lists/{list}/versions',
    { params: { path: { list }, query: { limit: 50 } } },
    { ...PAGING, refetchInterval: 15_000 },
  );
  const versions = useItems(query);
  if (query.error) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t('versions.history')}
      </Title>
      <Table highlightOnHover aria-busy={query.isPending}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('field.version')}</Table.Th>
            <Table.Th>{t('field.time')}</Table.Th>
            <Table.Th ta="right">{t('versions.added')}</Table.Th>
            <Table.Th ta="right">{t('versions.removed')}</Table.Th>
            <Table.Th ta="right">{t('versions.entries')}</Table.Th>
            <Table.Th>{t('field.note')}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {versions.map((one) => (
            <Table.Tr key={one.version}>
              <Table.Td>{count(one.version)}</Table.Td>
              <Table.Td>{moment(one.publishedAt)}</Table.Td>
              <Table.Td ta="right">+{count(one.added)}</Table.Td>
              <Table.Td ta="right">−{count(one.removed)}</Table.Td>
              <Table.Td ta="right">{count(one.count)}</Table.Td>
              <Table.Td>
                {one.note}
                {one.confirmedBy && (
                  <Badge color="orange" variant="light" tt="none">
                    {t('versions.confirmedBy')}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td ta="right">
                {one.version > 0 && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() => onCompare(one.version - 1, one.version)}
                    aria-label={t('versions.showChange', { version: one.version })}
                  >
                    {t('versions.change')}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <MoreButton query={query} />
    </section>
  );
}
