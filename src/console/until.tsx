// The last day in force, in words.
import { useTranslation } from 'react-i18next';
import { useFormats } from './format.ts';

export function Until({ until }: { until: string }) {
  const { t } = useTranslation();
  const { day } = useFormats();
  return (
    <>
      {until === 'permanent' ? t('until.permanent') : t('until.day', { day: day(`${until}T00:00:00+09:00`) })}
    </>
  );
}
