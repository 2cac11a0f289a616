// People: added with an invitation, given another role, suspended, signed out everywhere.
import { Badge, Button, Group, type MantineColor, Menu, Select, Stack, Table } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { MoreButton } from '../more-button.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useScopes } from '../session/use-session.ts';
import { PAGING, useItems } from '../use-pages.ts';
import { ROLES } from '../words.ts';
import { InvitationDialog } from './invitation-dialog.tsx';
import { NewPersonDialog } from './new-person-dialog.tsx';

type User = Schemas['User'];

const STATE_COLORS: Record<User['state'], MantineColor> = {
  active: 'teal',
  invited: 'indigo',
  suspended: 'red',
};

export function PeopleTable() {
  const { t } = useTranslation();
  const canChange = useScopes().has('admin');
  const [isAdding, add] = useDisclosure();
  const [invitation, setInvitation] = useState<Schemas['Invitation']>();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['get', '/v1/users'] });
  const query = api.useInfiniteQuery('get', '/v1/users', { params: { query: { limit: 100 } } }, PAGING);
  const people = useItems(query);
  if (query.error) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack>
      {canChange && (
        <Group>
          <Button onClick={add.open}>{t('people.add')}</Button>
        </Group>
      )}
      <Table highlightOnHover aria-busy={query.isPending}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('people.name')}</Table.Th>
            <Table.Th>{t('people.email')}</Table.Th>
            <Table.Th>{t('field.organization')}</Table.Th>
            <Table.Th>{t('people.role')}</Table.Th>
            <Table.Th>{t('field.status')}</Table.Th>
            <Table.Th>{t('people.lastSignIn')}</Table.Th>
            {canChange && <Table.Th aria-label={t('people.actions')} />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              canChange={canChange}
              onChanged={refresh}
              onInvited={setInvitation}
            />
          ))}
        </Table.Tbody>
      </Table>
      <MoreButton query={query} />
      {isAdding && (
        <NewPersonDialog
          onClose={add.close}
          onAdded={(added) => {
            add.close();
            setInvitation(added.invitation);
            void refresh();
          }}
        />
      )}
      {invitation && <InvitationDialog invitation={invitation} onClose={() => setInvitation(undefined)} />}
    </Stack>
  );
}

interface PersonRowProps {
  person: User;
  canChange: boolean;
  onChanged: () => void;
  onInvited: (invitation: Schemas['Invitation']) => void;
}

function PersonRow({ person, canChange, onChanged, onInvited }: PersonRowProps) {
  const { t } = useTranslation();
  const { distance } = useFormats();
  const params = { path: { userId: person.id } };
  const change = api.useMutation('patch', '/v1/users/{userId}', { onSettled: onChanged });
  const signOut = api.useMutation('delete', '/v1/users/{userId}/sessions');
  const invite = api.useMutation('post', '/v1/users/{userId}/invitation', { onSuccess: onInvited });
  const error = change.error ?? signOut.error ?? invite.error;
  const isSuspended = person.state === 'suspended';
  return (
    <>
      <Table.Tr>
        <Table.Td>{person.name}</Table.Td>
        <Table.Td>{person.email}</Table.Td>
        <Table.Td>{person.organization}</Table.Td>
        <Table.Td>
          {canChange ? (
            <Select
              size="xs"
              w={130}
              allowDeselect={false}
              aria-label={t('people.roleOf', { name: person.name })}
              value={person.role}
              onChange={(role) => role && change.mutate({ params, body: { role: role as User['role'] } })}
              data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
            />
          ) : (
            t(`role.${person.role}`)
          )}
        </Table.Td>
        <Table.Td>
          <Badge variant="light" color={STATE_COLORS[person.state]} tt="none">
            {t(`userState.${person.state}`)}
          </Badge>
        </Table.Td>
        <Table.Td>{person.lastSignInAt ? distance(person.lastSignInAt) : t('none')}</Table.Td>
        {canChange && (
          <Table.Td ta="right">
            <Menu position="bottom-end">
              <Menu.Target>
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t('people.actionsOn', { name: person.name })}
                >
                  …
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => invite.mutate({ params })}>{t('people.inviteAgain')}</Menu.Item>
                <Menu.Item onClick={() => signOut.mutate({ params })}>{t('people.signOut')}</Menu.Item>
                <Menu.Item
                  color={isSuspended ? undefined : 'red'}
                  onClick={() => change.mutate({ params, body: { suspended: !isSuspended } })}
                >
                  {t(isSuspended ? 'people.unsuspend' : 'people.suspend')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Table.Td>
        )}
      </Table.Tr>
      {error && (
        <Table.Tr>
          <Table.Td colSpan={7}>
            <ProblemAlert error={error} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}
