// Who is signed in, the own account, and the ways out.
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isProblem } from '../api.ts';
import { signOut } from '../session/session.ts';
import { useSession } from '../session/use-session.ts';

export function AccountMenu() {
  const { t } = useTranslation();
  const { user } = useSession();
  const leave = (everywhere: boolean) => {
    signOut(everywhere).catch((error: unknown) => {
      const message = isProblem(error) ? error.detail : t('problem.unreachable');
      notifications.show({ color: 'red', title: t('problem.title'), message });
    });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" maw={{ base: 88, sm: 180 }}>
          {user.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {user.email} · {t(`role.${user.role}`)} · {user.organization}
        </Menu.Label>
        <Menu.Item renderRoot={(props) => <Link to="/account" {...props} />}>{t('account.title')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => leave(false)}>{t('account.signOut')}</Menu.Item>
        <Menu.Item onClick={() => leave(true)}>{t('account.signOutEverywhere')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
