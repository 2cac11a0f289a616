// Accepts an invitation: a password and an authenticator, and the person is in. The link's secret stands behind #
// and is sent in a body only.
import { Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client, type Schemas, statusOf } from '../api.ts';
import { EmptyState } from '../empty-state.tsx';
import { useFormats } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { Entrance } from './entrance.tsx';
import { enter } from './session.ts';
import { TotpField } from './totp-field.tsx';

export function InvitationPage({ token }: { token: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => openInvitation(token),
    staleTime: Infinity,
  });
  return (
    <Entrance title={t('invitation.title')}>
      {statusOf(query.error) === 404 && (
        <EmptyState title={t('invitation.gone')}>{t('invitation.goneHint')}</EmptyState>
      )}
      {query.error && statusOf(query.error) !== 404 && (
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && <AcceptanceForm token={token} invitation={query.data} />}
    </Entrance>
  );
}

function AcceptanceForm({ token, invitation }: { token: string; invitation: Schemas['OpenedInvitation'] }) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  const navigate = useNavigate();
  // The first administrator is invited before anyone knows the address.
  const isFirst = invitation.email === 'administrator@localhost';
  const [form, setForm] = useState({
    email: isFirst ? '' : invitation.email,
    name: isFirst ? '' : invitation.name,
    password: '',
    again: '',
    totp: '',
  });
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const accept = api.useMutation('post', '/v1/invitations/acceptance', {
    async onSuccess(session) {
      enter(session);
      await navigate({ to: '/', hash: '', replace: true });
    },
  });
  const differs = form.again !== '' && form.again !== form.password;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { email, name, password, totp } = form;
        if (password === form.again)
          accept.mutate({ body: { token, name, password, totp, ...(isFirst && { email }) } });
      }}
    >
      <Stack>
        <Text size="sm">
          {t('invitation.for', {
            email: invitation.email,
            role: t(`role.${invitation.role}`),
            organization: invitation.organization,
            until: moment(invitation.expiresAt),
          })}
        </Text>
        {isFirst && (
          <TextInput
            required
            type="email"
            label={t('people.email')}
            maxLength={254}
            autoComplete="username"
            value={form.email}
            onChange={(event) => change({ email: event.currentTarget.value })}
          />
        )}
        <TextInput
          required
          label={t('people.name')}
          maxLength={200}
          autoComplete="name"
          value={form.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <PasswordInput
          required
          minLength={12}
          maxLength={256}
          autoComplete="new-password"
          label={t('invitation.password')}
          description={t('invitation.passwordHint')}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          value={form.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
        />
        <PasswordInput
          required
          maxLength={256}
          autoComplete="new-password"
          label={t('invitation.again')}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          error={differs && t('invitation.differs')}
          value={form.again}
          onChange={(event) => change({ again: event.currentTarget.value })}
        />
        <Text size="sm">{t('invitation.scan')}</Text>
        <Group justify="center" p="sm" bg="white">
          <QRCodeSVG value={invitation.totpUri} size={168} title={t('invitation.qr')} />
        </Group>
        <Text size="xs" c="dimmed">
          {t('invitation.typeIn')} <Code>{invitation.totpSecret}</Code>
        </Text>
        <TotpField value={form.totp} onChange={(totp) => change({ totp })} />
        {accept.error && <ProblemAlert error={accept.error} />}
        <Button type="submit" disabled={differs} loading={accept.isPending}>
          {t('invitation.accept')}
        </Button>
      </Stack>
    </form>
  );
}

async function openInvitation(token: string): Promise<Schemas['OpenedInvitation']> {
  const { data, error } = await client.POST('/v1/invitations/opening', { body: { token } });
  if (!data) throw error;
  return data;
}
