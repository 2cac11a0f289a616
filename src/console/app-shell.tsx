// The frame around every page: where one is, what waits, who one is, and the help on keys.
import { ActionIcon, Anchor, Badge, Burger, AppShell as Frame, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AccountMenu } from './account/account-menu.tsx';
import { api, type Schemas } from './api.ts';
import { AppearanceMenu } from './appearance-menu.tsx';
import { useFormats } from './format.ts';
import { LanguageSelect } from './language-select.tsx';
import type { Scope } from './session/session.ts';
import { SessionGate } from './session/session-gate.tsx';
import { useScopes } from './session/use-session.ts';
import { ShortcutHelp } from './shortcut-help.tsx';
import { useKeys } from './use-keys.ts';

type Desk = Schemas['Desk'];

interface PageLink {
  to:
    | '/queue'
    | '/second-opinions'
    | '/entries'
    | '/appeals'
    | '/versions'
    | '/relays'
    | '/statistics'
    | '/protected'
    | '/audit'
    | '/people';
  name:
    | 'queue'
    | 'second'
    | 'entries'
    | 'appeals'
    | 'versions'
    | 'relays'
    | 'statistics'
    | 'protected'
    | 'audit'
    | 'people';
  scopes: readonly Scope[];
  /** What waits there. */
  waiting?: (desk: Desk, held: number) => number;
}

const DESK: readonly Scope[] = ['review', 'audit'];

const PAGES: readonly PageLink[] = [
  { to: '/queue', name: 'queue', scopes: DESK, waiting: (desk) => desk.open },
  { to: '/second-opinions', name: 'second', scopes: DESK, waiting: (desk) => desk.awaitingSecond },
  { to: '/entries', name: 'entries', scopes: DESK },
  { to: '/appeals', name: 'appeals', scopes: DESK, waiting: (desk) => desk.appeals },
  {
    to: '/versions',
    name: 'versions',
    scopes: ['review', 'publish', 'audit'],
    waiting: (_desk, held) => held,
  },
  { to: '/relays', name: 'relays', scopes: DESK },
  { to: '/statistics', name: 'statistics', scopes: DESK },
  { to: '/protected', name: 'protected', scopes: DESK },
  { to: '/audit', name: 'audit', scopes: ['audit'] },
  { to: '/people', name: 'people', scopes: ['admin', 'audit'] },
];

/** The page that a role begins with. */
export function firstPage(scopes: ReadonlySet<Scope>): PageLink['to'] {
  return PAGES.find((page) => page.scopes.some((scope) => scopes.has(scope)))?.to ?? '/queue';
}

export function AppShell() {
  return (
    <SessionGate>
      <SignedIn />
    </SessionGate>
  );
}

function SignedIn() {
  const { t } = useTranslation();
  const [isMenuOpen, menu] = useDisclosure();
  const [isHelpOpen, help] = useDisclosure();
  useKeys([{ key: 'shift+/', act: help.open }]);
  return (
    <Frame
      header={{ height: 48 }}
      navbar={{ width: 190, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      styles={{ main: { height: '100dvh' } }}
    >
      <Frame.Header>
        <Anchor href="#page" className="skip">
          {t('skip')}
        </Anchor>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isMenuOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('nav.title')}
            />
            <Text fw={700}>{t('title')}</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ActionIcon variant="default" onClick={help.open} aria-label={t('help.title')}>
              ?
            </ActionIcon>
            <AppearanceMenu />
            <LanguageSelect />
            <AccountMenu />
          </Group>
        </Group>
      </Frame.Header>
      <Frame.Navbar p="xs" aria-label={t('nav.title')}>
        <Pages onOpen={menu.close} />
      </Frame.Navbar>
      <Frame.Main id="page" tabIndex={-1}>
        <Outlet />
      </Frame.Main>
      <ShortcutHelp opened={isHelpOpen} onClose={help.close} />
    </Frame>
  );
}

/** The desk counts up to this many; beyond, it says only that there are more. */
const MOST = 10_000;

function Pages({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation();
  const { count } = useFormats();
  const { pathname } = useLocation();
  const scopes = useScopes();
  const canReview = DESK.some((scope) => scopes.has(scope));
  const { data: desk } = api.useQuery('get', '/v1/desk', {}, { enabled: canReview, refetchInterval: 15_000 });
  const lists = api.useQuery('get', '/v1/lists', {}, { enabled: canReview, refetchInterval: 15_000 });
  const held = lists.data?.items.filter(({ pending }) => pending.held).length ?? 0;
  const shown = (waiting: number) => (waiting > MOST ? `${count(MOST)}+` : count(waiting));
  return PAGES.filter((page) => page.scopes.some((scope) => scopes.has(scope))).map(
    ({ to, name, waiting }) => {
      const number = desk && waiting ? waiting(desk, held) : 0;
      const isLate = name === 'appeals' && (desk?.lateAppeals ?? 0) > 0;
      return (
        <NavLink
          key={to}
          label={t(`nav.${name}`)}
          active={pathname === to || pathname.startsWith(`${to}/`)}
          aria-current={pathname === to ? 'page' : undefined}
          onClick={onOpen}
          rightSection={
            number > 0 && (
              <Badge size="sm" variant="light" color={isLate || name === 'versions' ? 'red' : 'gray'}>
                {shown(number)}
              </Badge>
            )
          }
          renderRoot={(props) => <Link to={to} {...props} />}
        />
      );
    },
  );
}
