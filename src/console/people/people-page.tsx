// Who may come in: people with their roles, organisations, and the systems that act for them.
import { Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Page } from '../page.tsx';
import { ClientTable } from './client-table.tsx';
import { PeopleTable } from './people-table.tsx';

export function PeoplePage() {
  const { t } = useTranslation();
  return (
    <Page title={t('nav.people')}>
      <Tabs defaultValue="people" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="people">{t('people.people')}</Tabs.Tab>
          <Tabs.Tab value="clients">{t('people.clients')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <PeopleTable />
        </Tabs.Panel>
        <Tabs.Panel value="clients">
          <ClientTable />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
