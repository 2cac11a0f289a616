// Sign in: password and authenticator code, a passkey, or the organisation's OpenID provider.
import { Alert, Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core';
import { startAuthentication } from '@simplewebauthn/browser';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client } from '../api.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { Entrance } from './entrance.tsx';
import { enter, type Session } from './session.ts';
import { TotpField } from './totp-field.tsx';

export function SignInPage({ wasRefused }: { wasRefused: boolean }) {
  const { t } = useTranslation();
  const { data: methods } = api.useQuery('get', '/v1/sign-in-methods');
  const passkey = useMutation({ mutationFn: signInWithPasskey, onSuccess: enter });
  const provider = useMutation({ mutationFn: goToProvider });
  return (
    <Entrance title={t('signIn.title')}>
      {wasRefused && <Alert color="red">{t('signIn.refused')}</Alert>}
      {methods?.password !== false && <PasswordForm />}
      {methods && (methods.passkey || methods.provider) && methods.password && (
        <Divider label={t('signIn.or')} />
      )}
      {methods?.passkey && (
        <Button variant="default" loading={passkey.isPending} onClick={() => passkey.mutate()}>
          {t('signIn.passkey')}
        </Button>
      )}
      {methods?.provider && (
        <Button variant="default" loading={provider.isPending} onClick={() => provider.mutate()}>
          {t('signIn.provider', { name: methods.provider })}
        </Button>
      )}
      {(passkey.error ?? provider.error) && <ProblemAlert error={passkey.error ?? provider.error} />}
    </Entrance>
  );
}

function PasswordForm() {
  const { t } = useTranslation();
  const [form, setForm] = useState({ email: '', password: '', totp: '' });
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const signIn = api.useMutation('post', '/v1/session', { onSuccess: enter });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate({ body: form });
      }}
    >
      <Stack>
        <TextInput
          required
          autoFocus
          type="email"
          autoComplete="username"
          label={t('people.email')}
          maxLength={254}
          value={form.email}
          onChange={(event) => change({ email: event.currentTarget.value })}
        />
        <PasswordInput
          required
          autoComplete="current-password"
          label={t('signIn.password')}
          maxLength={256}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          value={form.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
        />
        <TotpField value={form.totp} onChange={(totp) => change({ totp })} />
        {signIn.error && <ProblemAlert error={signIn.error} />}
        <Button type="submit" loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
      </Stack>
    </form>
  );
}

async function signInWithPasskey(): Promise<Session> {
  const challenge = await client.POST('/v1/session/passkey-challenge');
  if (!challenge.data) throw challenge.error;
  const { id, response } = await startAuthentication({ optionsJSON: challenge.data });
  const { clientDataJSON, authenticatorData, signature } = response;
  const body = { id, clientDataJSON, authenticatorData, signature };
  const { data, error } = await client.POST('/v1/session/passkey', { body });
  if (!data) throw error;
  return data;
}

async function goToProvider(): Promise<void> {
  const { data, error } = await client.POST('/v1/session/provider-request');
  if (!data) throw error;
  window.location.assign(data.location);
}
