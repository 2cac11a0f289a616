// Values that two people must agree to list: looked up, protected one by one or by a file, freed again.
import { Button, FileButton, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client, type Schemas } from '../api.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { EmptyState } from '../empty-state.tsx';
import { useFormats } from '../format.ts';
import { MoreButton } from '../more-button.tsx';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useScopes } from '../session/use-session.ts';
import { PAGING, useItems } from '../use-pages.ts';
import { PROTECTION_KINDS } from '../words.ts';
import { ProtectDialog } from './protect-dialog.tsx';

type Protected = Schemas['ProtectedValue'];

const PATHS = ['/v1/protected', '/v1/protected/{list}/{value}'];

export function ProtectedPage() {
  const { t } = useTranslation();
  const canChange = useScopes().has('review');
  const [filter, setFilter] = useState<{ q: string; kind: Schemas['NewProtection']['kind'] | null }>({
    q: '',
    kind: null,
  });
  const [asked] = useDebouncedValue(filter, 250);
  const [isAdding, add] = useDisclosure();
  const refresh = useRefresh();
  const load = useMutation({
    mutationFn: loadFile,
    async onSuccess(summary) {
      notifications.show({ color: 'teal', message: t('protected.loaded', { count: summary.protected }) });
      await refresh();
    },
  });
  const params = {
    query: { limit: 100, ...(asked.q && { q: asked.q }), ...(asked.kind && { kind: asked.kind }) },
  };
  const query = api.useInfiniteQuery('get', '/v1/protected', { params }, PAGING);
  const values = useItems(query);
  return (
    <Page
      title={t('nav.protected')}
      actions={
        canChange && (
          <>
            <FileButton accept="text/csv,.csv" onChange={(file) => file && load.mutate(file)}>
              {(props) => (
                <Button variant="default" loading={load.isPending} {...props}>
                  {t('protected.load')}
                </Button>
              )}
            </FileButton>
            <Button onClick={add.open}>{t('protected.add')}</Button>
          </>
        )
      }
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('protected.hint')}
        </Text>
        <Group>
          <TextInput
            w={260}
            maxLength={64}
            aria-label={t('entries.search')}
            placeholder={t('entries.search')}
            value={filter.q}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setFilter((before) => ({ ...before, q: value.trim() }));
            }}
          />
          <Select
            clearable
            aria-label={t('field.kind')}
            placeholder={t('field.kind')}
            value={filter.kind}
            onChange={(kind) => setFilter((before) => ({ ...before, kind: kind as typeof before.kind }))}
            data={PROTECTION_KINDS.map((value) => ({ value, label: t(`protection.${value}`) }))}
          />
        </Group>
        {load.error && <ProblemAlert error={load.error} />}
        {query.error && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
        {query.data && values.length === 0 && (
          <EmptyState title={t('protected.empty')}>{t('protected.emptyHint')}</EmptyState>
        )}
        {values.length > 0 && <ProtectedTable values={values} canChange={canChange} onChanged={refresh} />}
        <MoreButton query={query} />
      </Stack>
      {isAdding && <ProtectDialog onClose={add.close} onDone={refresh} />}
    </Page>
  );
}

function useRefresh(): () => Promise<unknown> {
  const queries = useQueryClient();
  return () => Promise.all(PATHS.map((path) => queries.invalidateQueries({ queryKey: ['get', path] })));
}

interface ProtectedTableProps {
  values: readonly Protected[];
  canChange: boolean;
  onChanged: () => unknown;
}

function ProtectedTable({ values, canChange, onChanged }: ProtectedTableProps) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  const [freeing, setFreeing] = useState<Protected>();
  return (
    <>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('field.value')}</Table.Th>
            <Table.Th>{t('field.list')}</Table.Th>
            <Table.Th>{t('field.kind')}</Table.Th>
            <Table.Th>{t('field.note')}</Table.Th>
            <Table.Th>{t('protected.since')}</Table.Th>
            {canChange && <Table.Th aria-label={t('people.actions')} />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {values.map((one) => (
            <Table.Tr key={`${one.list} ${one.value}`}>
              <Table.Td ff="monospace">{one.value}</Table.Td>
              <Table.Td>{t(`list.${one.list}`)}</Table.Td>
              <Table.Td>{t(`protection.${one.kind}`)}</Table.Td>
              <Table.Td>{one.note}</Table.Td>
              <Table.Td>{one.protectedAt ? moment(one.protectedAt) : t('protected.byRule')}</Table.Td>
              {canChange && (
                <Table.Td ta="right">
                  <Button size="compact-xs" variant="subtle" color="red" onClick={() => setFreeing(one)}>
                    {t('protected.free')}
                  </Button>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {freeing && <FreeDialog one={freeing} onClose={() => setFreeing(undefined)} onDone={onChanged} />}
    </>
  );
}

function FreeDialog({
  one,
  onClose,
  onDone,
}: {
  one: Protected;
  onClose: () => void;
  onDone: () => unknown;
}) {
  const { t } = useTranslation();
  const free = api.useMutation('delete', '/v1/protected/{list}/{value}', {
    async onSuccess() {
      onClose();
      await onDone();
    },
  });
  return (
    <ConfirmDialog
      title={t('protected.freeTitle', { value: one.value })}
      action={t('protected.free')}
      act={free}
      onConfirm={() => free.mutate({ params: { path: { list: one.list, value: one.value } } })}
      onClose={onClose}
    >
      {t('protected.freeHint')}
    </ConfirmDialog>
  );
}

async function loadFile(file: File): Promise<Schemas['ProtectionSummary']> {
  const { data, error } = await client.POST('/v1/protected', {
    body: await file.text(),
    headers: { 'Content-Type': 'text/csv' },
    bodySerializer: (text) => text,
  });
  if (!data) throw error;
  return data;
}
