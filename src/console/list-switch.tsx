// Which of the two lists a page is about.
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ListId } from './api.ts';
import { LISTS } from './words.ts';

export function toListId(text: string | undefined): ListId {
  return LISTS.find((list) => list === text) ?? 'sender-numbers';
}

export function ListSwitch({ value, onChange }: { value: ListId; onChange: (list: ListId) => void }) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('field.list')}
      value={value}
      onChange={(list) => onChange(toListId(list))}
      data={LISTS.map((list) => ({ value: list, label: t(`list.${list}`) }))}
    />
  );
}
