// The frame of what is shown before anyone is signed in.
import { Center, Group, Paper, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AppearanceMenu } from '../appearance-menu.tsx';
import { LanguageSelect } from '../language-select.tsx';

export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="lg" w={420} maw="100%">
        <Stack>
          <Group justify="space-between">
            <Title order={1} size="h3">
              {t('title')}
            </Title>
            <Group gap="xs">
              <AppearanceMenu />
              <LanguageSelect />
            </Group>
          </Group>
          <Title order={2} size="h4">
            {title}
          </Title>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
