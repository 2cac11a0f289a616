// Nothing of the console without a session: the invitation that the address holds, else the sign-in.
import { Center, Loader } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../problem-alert.tsx';
import { InvitationPage } from './invitation-page.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { useSessionQuery } from './use-session.ts';

const INVITATION = /^\/?invitation\/([A-Za-z0-9_-]+)$/;

export function SessionGate({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { hash } = useLocation();
  const query = useSessionQuery();
  const invitation = INVITATION.exec(hash)?.[1];
  if (invitation !== undefined) return <InvitationPage token={invitation} />;
  if (query.error && query.data === undefined) {
    return (
      <Center mih="60dvh" p="md">
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      </Center>
    );
  }
  if (query.data === undefined) {
    return (
      <Center mih="60dvh">
        <Loader aria-label={t('loading')} />
      </Center>
    );
  }
  if (query.data === null) return <SignInPage wasRefused={hash.endsWith('sign-in/refused')} />;
  return children;
}
