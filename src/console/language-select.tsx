// Korean or English.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { LANGUAGES } from './i18n.ts';

const NAMES = { ko: '한국어', en: 'English' };

export function LanguageSelect() {
  const { t, i18n } = useTranslation();
  return (
    <Select
      size="xs"
      w={96}
      allowDeselect={false}
      aria-label={t('language')}
      value={i18n.resolvedLanguage ?? 'en'}
      onChange={(language) => language && void i18n.changeLanguage(language)}
      data={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))}
    />
  );
}
