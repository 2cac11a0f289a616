// Look: the system's own fonts, with Korean ones named first, dense enough for a day's work; texts on colours keep
// 4.5:1. The buttons that close something have a name in the reader's language.
import { createTheme, type MantineThemeOverride } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export function useTheme(): MantineThemeOverride {
  const { t } = useTranslation();
  const close = t('close');
  return useMemo(
    () =>
      createTheme({
        fontFamily:
          "system-ui, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'NanumGothic', 'Segoe UI', sans-serif",
        fontFamilyMonospace: "ui-monospace, 'D2Coding', 'NanumGothicCoding', Menlo, Consolas, monospace",
        primaryColor: 'indigo',
        primaryShade: { light: 9, dark: 9 },
        defaultRadius: 'sm',
        cursorType: 'pointer',
        respectReducedMotion: true,
        components: { CloseButton: { defaultProps: { 'aria-label': close } } },
      }),
    [close],
  );
}
