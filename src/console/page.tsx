// A page that is read from top to bottom: its title, what can be done, its content.
import { Box, Container, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export function Page({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Box className="page">
      <Container size="xl" py="md">
        <Group justify="space-between" mb="md">
          <Title order={1} size="h3">
            {title}
          </Title>
          <Group gap="xs">{actions}</Group>
        </Group>
        <div className="page-body">{children}</div>
      </Container>
    </Box>
  );
}
