// The own account: password, passkeys, and where one is signed in.
import { Badge, Button, Group, PasswordInput, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { startRegistration } from '@simplewebauthn/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client, type Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { TotpField } from '../session/totp-field.tsx';

export function AccountPage() {
  const { t } = useTranslation();
  return (
    <Page title={t('account.title')}>
      <Stack gap="xl">
        <Part title={t('account.passkeys')}>
          <Passkeys />
        </Part>
        <Part title={t('account.password')}>
          <PasswordForm />
        </Part>
        <Part title={t('account.sessions')}>
          <Sessions />
        </Part>
      </Stack>
    </Page>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Passkeys() {
  const { t } = useTranslation();
  const { moment } = useFormats();
  const queries = useQueryClient();
  const query = api.useQuery('get', '/v1/passkeys');
  const [name, setName] = useState('');
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['get', '/v1/passkeys'] });
  const add = useMutation({ mutationFn: addPasskey, onSuccess });
  const remove = api.useMutation('delete', '/v1/passkeys/{passkeyId}', { onSuccess });
  const error = query.error ?? add.error ?? remove.error;
  return (
    <Stack gap="xs" maw={640}>
      <Text size="sm" c="dimmed">
        {t('account.passkeysHint')}
      </Text>
      {error && <ProblemAlert error={error} />}
      <Table>
        <Table.Tbody>
          {query.data?.items.map((passkey) => (
            <Table.Tr key={passkey.id}>
              <Table.Td>{passkey.name}</Table.Td>
              <Table.Td>{moment(passkey.createdAt)}</Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="red"
                  onClick={() => remove.mutate({ params: { path: { passkeyId: passkey.id } } })}
                >
                  {t('remove')}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group align="flex-end">
        <TextInput
          label={t('account.passkeyName')}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button variant="default" loading={add.isPending} onClick={() => add.mutate(name.trim())}>
          {t('account.addPasskey')}
        </Button>
      </Group>
    </Stack>
  );
}

async function addPasskey(name: string): Promise<Schemas['Passkey']> {
  const options = await client.POST('/v1/passkeys/options');
  if (!options.data) throw options.error;
  const { id, response } = await startRegistration({ optionsJSON: options.data });
  const { clientDataJSON, attestationObject } = response;
  const body = { id, clientDataJSON, attestationObject, ...(name && { name }) };
  const { data, error } = await client.POST('/v1/passkeys', { body });
  if (!data) throw error;
  return data;
}

const EMPTY = { password: '', newPassword: '', totp: '' };

function PasswordForm() {
  const { t } = useTranslation();
  const [form, setForm] = useState(EMPTY);
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const set = api.useMutation('put', '/v1/session/password', {
    onSuccess() {
      setForm(EMPTY);
      notifications.show({ color: 'teal', message: t('account.passwordSet') });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate({ body: form });
      }}
    >
      <Stack gap="xs" maw={420}>
        <PasswordInput
          required
          maxLength={256}
          autoComplete="current-password"
          label={t('account.oldPassword')}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          value={form.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
        />
        <PasswordInput
          required
          minLength={12}
          maxLength={256}
          autoComplete="new-password"
          label={t('account.newPassword')}
          description={t('invitation.passwordHint')}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          value={form.newPassword}
          onChange={(event) => change({ newPassword: event.currentTarget.value })}
        />
        <TotpField value={form.totp} onChange={(totp) => change({ totp })} />
        {set.error && <ProblemAlert error={set.error} />}
        <Group>
          <Button type="submit" variant="default" loading={set.isPending}>
            {t('account.setPassword')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const { moment, distance } = useFormats();
  const query = api.useQuery('get', '/v1/sessions');
  if (query.error) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('account.browser')}</Table.Th>
          <Table.Th>{t('account.address')}</Table.Th>
          <Table.Th>{t('account.method')}</Table.Th>
          <Table.Th>{t('account.startedAt')}</Table.Th>
          <Table.Th>{t('account.seenAt')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {query.data?.items.map((session) => (
          <Table.Tr key={session.id}>
            <Table.Td maw={320}>
              <Text size="sm" truncate>
                {session.userAgent ?? t('none')}
              </Text>
              {session.current && (
                <Badge variant="light" tt="none">
                  {t('account.thisOne')}
                </Badge>
              )}
            </Table.Td>
            <Table.Td>{session.address ?? t('none')}</Table.Td>
            <Table.Td>{t(`method.${session.method}`)}</Table.Td>
            <Table.Td>{moment(session.startedAt)}</Table.Td>
            <Table.Td>{distance(session.seenAt)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
