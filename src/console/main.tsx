// The console's start: texts, look, cache and routes around one page.
import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/charts/styles.css';
import 'dayjs/locale/ko';
import './console.css';
import { MantineProvider } from '@mantine/core';
import { DatesProvider } from '@mantine/dates';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider, useTranslation } from 'react-i18next';
import i18n from './i18n.ts';
import { queryClient } from './query-client.ts';
import { router } from './routes.tsx';
import { useTheme } from './theme.ts';

function Console() {
  const { i18n: texts } = useTranslation();
  const theme = useTheme();
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <DatesProvider settings={{ locale: texts.resolvedLanguage ?? 'en' }}>
        {/* Where it lies over neither the case nor the buttons that decide it. */}
        <Notifications position="bottom-left" />
        <RouterProvider router={router} />
      </DatesProvider>
    </MantineProvider>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <Console />
      </QueryClientProvider>
    </I18nextProvider>
  </StrictMode>,
);
