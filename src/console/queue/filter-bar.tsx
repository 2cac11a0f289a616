// Narrows the queue: search by number in any spelling, and by what the server can tell apart.
import { Group, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type Ref, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CATEGORIES, FLAGS } from '../words.ts';
import type { CaseFilter } from './case-filter.ts';

export interface FilterBarProps {
  filter: CaseFilter;
  onChange: (change: Partial<CaseFilter>) => void;
  searchRef: Ref<HTMLInputElement>;
}

export function FilterBar({ filter, onChange, searchRef }: FilterBarProps) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" wrap="wrap" role="search" aria-label={t('queue.filter')}>
      <SearchField
        value={filter.q ?? ''}
        onSearch={(q) => onChange({ q: q || undefined })}
        inputRef={searchRef}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('field.list')}
        value={filter.list ?? ''}
        onChange={(list) => onChange({ list: (list || undefined) as CaseFilter['list'] })}
        data={[
          { value: '', label: t('all') },
          { value: 'sender-numbers', label: t('list.sender-numbers') },
          { value: 'originator-codes', label: t('list.originator-codes') },
        ]}
      />
      <Select
        size="xs"
        w={150}
        clearable
        searchable
        aria-label={t('field.category')}
        placeholder={t('field.category')}
        value={filter.category ?? null}
        onChange={(category) => onChange({ category: (category ?? undefined) as CaseFilter['category'] })}
        data={CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))}
      />
      <Select
        size="xs"
        w={150}
        clearable
        aria-label={t('field.flag')}
        placeholder={t('field.flag')}
        value={filter.flag ?? null}
        onChange={(flag) => onChange({ flag: (flag ?? undefined) as CaseFilter['flag'] })}
        data={FLAGS.map((value) => ({ value, label: t(`flag.${value}`) }))}
      />
      <NumberInput
        size="xs"
        w={120}
        min={0}
        max={1_000_000_000}
        allowDecimal={false}
        aria-label={t('queue.minReports')}
        placeholder={t('queue.minReports')}
        value={filter.minReports ?? ''}
        onChange={(count) =>
          onChange({ minReports: typeof count === 'number' && count > 0 ? count : undefined })
        }
      />
      <Select
        size="xs"
        w={130}
        allowDeselect={false}
        aria-label={t('queue.sort')}
        value={filter.sort ?? 'reports'}
        onChange={(sort) => onChange({ sort: (sort ?? undefined) as CaseFilter['sort'] })}
        data={(['reports', 'oldest', 'newest'] as const).map((value) => ({
          value,
          label: t(`sort.${value}`),
        }))}
      />
    </Group>
  );
}

interface SearchFieldProps {
  value: string;
  onSearch: (text: string) => void;
  inputRef: Ref<HTMLInputElement>;
}

/** Asks once the typing pauses; follows when the address changes by other means. */
function SearchField({ value, onSearch, inputRef }: SearchFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const search = useDebouncedCallback(onSearch, 250);
  return (
    <TextInput
      ref={inputRef}
      size="xs"
      w={210}
      maxLength={64}
      aria-label={t('queue.search')}
      placeholder={t('queue.search')}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        search(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
