// Systems: who acts for which organisation, with which keys; revoked here, registered by their public key.
import { Badge, Button, Code, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { useFormats } from '../format.ts';
import { MoreButton } from '../more-button.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useScopes } from '../session/use-session.ts';
import { PAGING, useItems } from '../use-pages.ts';
import { NewClientDialog } from './new-client-dialog.tsx';

type Client = Schemas['Client'];

export function ClientTable() {
  const { t } = useTranslation();
  const { moment } = useFormats();
  const canChange = useScopes().has('admin');
  const [isAdding, add] = useDisclosure();
  const [revoking, setRevoking] = useState<Client>();
  const query = api.useInfiniteQuery('get', '/v1/clients', { params: { query: { limit: 100 } } }, PAGING);
  const clients = useItems(query);
  if (query.error) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack>
      {canChange && (
        <Group>
          <Button onClick={add.open}>{t('clients.add')}</Button>
        </Group>
      )}
      <Table highlightOnHover aria-busy={query.isPending}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('field.organization')}</Table.Th>
            <Table.Th>{t('people.name')}</Table.Th>
            <Table.Th>{t('people.role')}</Table.Th>
            <Table.Th>{t('clients.keys')}</Table.Th>
            <Table.Th>{t('clients.createdAt')}</Table.Th>
            <Table.Th>{t('field.status')}</Table.Th>
            {canChange && <Table.Th aria-label={t('people.actions')} />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {clients.map((client) => (
            <Table.Tr key={client.id}>
              <Table.Td>{client.organization}</Table.Td>
              <Table.Td>
                {client.name}
                <Text size="xs" c="dimmed" ff="monospace">
                  {client.id}
                </Text>
              </Table.Td>
              <Table.Td>{t(`clientRole.${client.role}`)}</Table.Td>
              <Table.Td>{client.keys.length}</Table.Td>
              <Table.Td>{moment(client.createdAt)}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={client.revokedAt ? 'red' : 'teal'} tt="none">
                  {client.revokedAt
                    ? t('clients.revokedAt', { time: moment(client.revokedAt) })
                    : t('userState.active')}
                </Badge>
              </Table.Td>
              {canChange && (
                <Table.Td ta="right">
                  {!client.revokedAt && (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      color="red"
                      onClick={() => setRevoking(client)}
                    >
                      {t('clients.revoke')}
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <MoreButton query={query} />
      {isAdding && <NewClientDialog onClose={add.close} />}
      {revoking && <RevokeDialog client={revoking} onClose={() => setRevoking(undefined)} />}
    </Stack>
  );
}

function RevokeDialog({ client, onClose }: { client: Client; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const revoke = api.useMutation('delete', '/v1/clients/{clientId}', {
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['get', '/v1/clients'] });
    },
  });
  return (
    <ConfirmDialog
      title={t('clients.revokeTitle', { name: client.name })}
      action={t('clients.revoke')}
      act={revoke}
      onConfirm={() => revoke.mutate({ params: { path: { clientId: client.id } } })}
      onClose={onClose}
    >
      {t('clients.revokeHint', { organization: client.organization })} <Code>{client.id}</Code>
    </ConfirmDialog>
  );
}
