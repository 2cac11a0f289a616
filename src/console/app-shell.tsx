// The frame around every page: where one is, who one is, language and appearance, and the help on keys.
import {
  ActionIcon,
  Anchor,
  Burger,
  AppShell as Frame,
  Group,
  Menu,
  NavLink,
  Select,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from './i18n.ts';
import { ShortcutHelp } from './shortcut-help.tsx';

const PAGES = [
  { to: '/queue', name: 'queue' },
  { to: '/second-opinions', name: 'second' },
  { to: '/entries', name: 'entries' },
  { to: '/versions', name: 'versions' },
  { to: '/relays', name: 'relays' },
] as const;

export function AppShell() {
  const { t } = useTranslation();
  const [isMenuOpen, menu] = useDisclosure();
  const [isHelpOpen, help] = useDisclosure();
  useHotkeys([['shift+?', help.open]]);
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

function Pages({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return PAGES.map(({ to, name }) => (
    <NavLink
      key={to}
      label={t(`nav.${name}`)}
      active={pathname === to || pathname.startsWith(`${to}/`)}
      aria-current={pathname.startsWith(to) ? 'page' : undefined}
      onClick={onOpen}
      renderRoot={(props) => <Link to={to} {...props} />}
    />
  ));
}

function LanguageSelect() {
  const { t, i18n } = useTranslation();
  return (
    <Select
      size="xs"
      w={96}
      allowDeselect={false}
      aria-label={t('language')}
      value={i18n.resolvedLanguage ?? 'en'}
      onChange={(language) => language && void i18n.changeLanguage(language)}
      data={LANGUAGES.map((value) => ({ value, label: value === 'ko' ? '한국어' : 'English' }))}
    />
  );
}

function AppearanceMenu() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="default" aria-label={t('colorScheme.title')}>
          ◐
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(['auto', 'light', 'dark'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            fw={scheme === colorScheme ? 700 : 400}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`colorScheme.${scheme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
