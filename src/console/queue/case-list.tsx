// The queue as a virtual list: a million cases cost what is on the screen. Pages come as the reader gets near.
import { Checkbox, Group, Loader, Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { CaseStatusBadge, CategoryBadge, FlagBadge } from '../value-badges.tsx';

const ROW_PX = 68;
const AHEAD = 20;

export interface CaseListProps {
  cases: readonly Schemas['Case'][];
  current: number;
  selected: ReadonlySet<string>;
  hasMore: boolean;
  isLoadingMore: boolean;
  onOpen: (index: number) => void;
  onToggle: (id: string) => void;
  onLoadMore: () => void;
}

export function CaseList(props: CaseListProps) {
  const { cases, current, selected, hasMore, isLoadingMore, onOpen, onToggle, onLoadMore } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: cases.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = rows.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && lastShown >= cases.length - AHEAD) onLoadMore();
  }, [hasMore, isLoadingMore, lastShown, cases.length, onLoadMore]);
  useEffect(() => {
    if (current >= 0) rows.scrollToIndex(current, { align: 'auto' });
  }, [current, rows]);
  const active = cases[current];
  return (
    <div
      ref={scroller}
      className="scroller"
      role="listbox"
      aria-label={t('queue.title')}
      aria-multiselectable
      aria-activedescendant={active && `case-${active.id}`}
      tabIndex={0}
    >
      <div style={{ height: rows.getTotalSize(), position: 'relative' }} role="presentation">
        {items.map(({ index, start }) => {
          const one = cases[index];
          if (!one) return null;
          return (
            <CaseRow
              key={one.id}
              one={one}
              place={{ index, count: hasMore ? -1 : cases.length, top: start }}
              isCurrent={index === current}
              isSelected={selected.has(one.id)}
              onOpen={() => onOpen(index)}
              onToggle={() => onToggle(one.id)}
            />
          );
        })}
      </div>
      {isLoadingMore && (
        <Group justify="center" p="sm">
          <Loader size="sm" aria-label={t('loading')} />
        </Group>
      )}
    </div>
  );
}

interface CaseRowProps {
  one: Schemas['Case'];
  place: { index: number; count: number; top: number };
  isCurrent: boolean;
  isSelected: boolean;
  onOpen: () => void;
  onToggle: () => void;
}

function CaseRow({ one, place, isCurrent, isSelected, onOpen, onToggle }: CaseRowProps) {
  const { t } = useTranslation();
  const { count, distance } = useFormats();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keyboard; a row is opened by j and k
    <div
      id={`case-${one.id}`}
      className="row"
      role="option"
      aria-selected={isCurrent}
      aria-checked={isSelected}
      aria-posinset={place.index + 1}
      aria-setsize={place.count}
      style={{ height: ROW_PX, transform: `translateY(${place.top}px)` }}
      onClick={(event) => {
        const isMark = event.target instanceof Element && event.target.closest('[data-mark]');
        if (isMark) onToggle();
        else onOpen();
      }}
      tabIndex={-1}
    >
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Group gap="xs" wrap="nowrap">
          {/* Seen and clicked; what assistive technology hears is aria-checked of the row. */}
          <Checkbox.Indicator size="xs" checked={isSelected} data-mark aria-hidden />
          <Text fw={600} ff="monospace" size="sm">
            {one.display}
          </Text>
        </Group>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {t('queue.reports', { count: one.reports, shown: count(one.reports) })} ·{' '}
          {t('queue.carriers', { count: one.carriers, shown: count(one.carriers) })}
        </Text>
      </Group>
      <Group gap={6} mt={4} wrap="nowrap" style={{ overflow: 'hidden' }}>
        <CategoryBadge category={one.category} />
        {one.status !== 'open' && <CaseStatusBadge status={one.status} />}
        {one.flags.map((flag) => (
          <FlagBadge key={flag} flag={flag} />
        ))}
        {one.claim && (
          <Text size="xs" c="dimmed" truncate>
            {t('queue.claimed')}
          </Text>
        )}
        <Text size="xs" c="dimmed" ml="auto" style={{ whiteSpace: 'nowrap' }}>
          {one.lastSeen && distance(one.lastSeen)}
        </Text>
      </Group>
    </div>
  );
}
