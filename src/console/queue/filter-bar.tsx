// Narrows the queue: search by number in any spelling, and by what the server can tell apart.
import { Group, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type RefObject, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CATEGORIES, FLAGS, LISTS } from '../words.ts';
import type { CaseFilter } from './case-filter.ts';

const SORTS = ['reports', 'oldest', 'newest'] as const;

export interface FilterBarProps {
  filter: CaseFilter;
  onChange: (change: Partial<CaseFilter>) => void;
  searchRef: RefObject<HTMLInputElement | null>;
}

export function FilterBar({ filter, onChange, searchRef }: FilterBarProps) {
  const { t } = useTranslation();
  return (
    <Stack gap={6} role="search" aria-label={t('queue.filter')}>
      <Group gap={6} wrap="nowrap">
        <SearchField
          value={filter.q ?? ''}
          onSearch={(q) => onChange({ q: q || undefined })}
          inputRef={searchRef}
        />
        <Choice
          name={t('queue.sort')}
          value={filter.sort ?? 'reports'}
          options={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
          onChange={(sort) => onChange({ sort })}
        />
      </Group>
      <Group gap={6} wrap="nowrap" grow>
        <Choice
          name={t('field.list')}
          value={filter.list}
          clearable
          options={LISTS.map((value) => ({ value, label: t(`list.${value}`) }))}
          onChange={(list) => onChange({ list })}
        />
        <Choice
          name={t('field.category')}
          value={filter.category}
          clearable
          options={CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))}
          onChange={(category) => onChange({ category })}
        />
        <Choice
          name={t('field.flag')}
          value={filter.flag}
          clearable
          options={FLAGS.map((value) => ({ value, label: t(`flag.${value}`) }))}
          onChange={(flag) => onChange({ flag })}
        />
        <NumberInput
          size="xs"
          min={0}
          max={1_000_000_000}
          allowDecimal={false}
          hideControls
          aria-label={t('queue.minReports')}
          placeholder={t('queue.minReports')}
          value={filter.minReports ?? ''}
          onChange={(least) =>
            onChange({ minReports: typeof least === 'number' && least > 0 ? least : undefined })
          }
        />
      </Group>
    </Stack>
  );
}

interface ChoiceProps<Value extends string> {
  name: string;
  value: Value | undefined;
  options: readonly { value: Value; label: string }[];
  clearable?: boolean;
  onChange: (value: Value | undefined) => void;
}

function Choice<Value extends string>({
  name,
  value,
  options,
  clearable = false,
  onChange,
}: ChoiceProps<Value>) {
  return (
    <Select
      size="xs"
      aria-label={name}
      placeholder={name}
      clearable={clearable}
      allowDeselect={clearable}
      comboboxProps={{ width: 200, position: 'bottom-start' }}
      value={value ?? null}
      onChange={(chosen) => onChange(options.find((option) => option.value === chosen)?.value)}
      data={options}
    />
  );
}

interface SearchFieldProps {
  value: string;
  onSearch: (text: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
}

/** Asks once the typing pauses; follows when the address changes by other means, never under who types. */
function SearchField({ value, onSearch, inputRef }: SearchFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  useEffect(() => {
    if (document.activeElement !== inputRef.current) setText(value);
  }, [value, inputRef]);
  const search = useDebouncedCallback(onSearch, 250);
  return (
    <TextInput
      ref={inputRef}
      size="xs"
      flex={1}
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
