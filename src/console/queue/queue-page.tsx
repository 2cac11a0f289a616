// The reviewer's day: the queue and the case side by side, all by keyboard.
import { Box, Button, Group, Kbd, Stack, Text } from '@mantine/core';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { EmptyState } from '../empty-state.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useScopes } from '../session/use-session.ts';
import { useKeys } from '../use-keys.ts';
import { PAGING, useItems } from '../use-pages.ts';
import type { CaseFilter } from './case-filter.ts';
import { CaseList } from './case-list.tsx';
import { CaseView } from './case-view.tsx';
import { ClaimBar } from './claim-bar.tsx';
import type { CaseRef, Choice } from './decide.ts';
import { DecisionDialog } from './decision-dialog.tsx';
import { FilterBar } from './filter-bar.tsx';
import { PublishedDialog } from './published-dialog.tsx';
import { useDecision } from './use-decision.ts';
import { useOpenCase } from './use-open-case.ts';
import { useUndo } from './use-undo.ts';

type Verdict = Choice['verdict'];

export interface QueuePageProps {
  status: 'open' | 'awaiting_second';
  filter: CaseFilter;
  onFilter: (change: Partial<CaseFilter>) => void;
}

const PAGE = 100;

export function QueuePage({ status, filter, onFilter }: QueuePageProps) {
  const { t } = useTranslation();
  const search = useRef<HTMLInputElement>(null);
  const canReview = useScopes().has('review');
  const queue = useQueue(status, filter);
  const { cases } = queue;
  const { openId, current, open, show } = useOpenCase({ status, filter, cases }, (id) =>
    onFilter({ case: id }),
  );
  const showRow = (index: number) => {
    const one = cases[Math.min(Math.max(index, 0), cases.length - 1)];
    if (one) show(one.id);
  };
  const selection = useSelection(cases, open);
  const undo = useUndo(({ cases: [first] }) => show(first?.id));
  const decision = useDecision(selection.chosen, (decided) => {
    undo.offer(decided);
    const gone = new Set(decided.cases.map(({ id }) => id));
    selection.drop(gone);
    // On to the next one that stays in the queue; who went on meanwhile stays where they are.
    if (openId !== undefined && gone.has(openId))
      show(cases.slice(Math.max(current, 0)).find(({ id }) => !gone.has(id))?.id);
  });
  const canDecide = canReview && !undo.isPending;
  useKeys(
    decision.verdict || undo.published
      ? []
      : [
          { key: 'j', act: () => showRow(current + 1), isRepeated: true },
          { key: 'ArrowDown', act: () => showRow(current + 1), isRepeated: true },
          { key: 'k', act: () => showRow(current - 1), isRepeated: true },
          { key: 'ArrowUp', act: () => showRow(current - 1), isRepeated: true },
          { key: 'x', act: () => selection.toggle(cases[current]?.id) },
          { key: 'v', act: () => canDecide && decision.begin('verify') },
          { key: 'shift+v', act: () => canDecide && decision.ask('verify') },
          { key: 'r', act: () => canDecide && decision.begin('reject') },
          { key: 'i', act: () => canDecide && decision.begin('request_info') },
          // What is under way is not the last decision yet, and the one before it is not meant.
          { key: 'u', act: () => decision.isUnderWay() || undo.undo() },
          { key: '/', act: () => search.current?.focus() },
          { key: 'Escape', act: selection.clear },
        ],
  );
  return (
    <Box className="split">
      <section className="split-list" aria-label={t('queue.title')}>
        <Stack p="xs" gap={6}>
          {canReview && <ClaimBar status={status} filter={filter} onFilter={onFilter} />}
          <FilterBar
            filter={filter}
            onChange={(change) => onFilter({ ...change, case: undefined })}
            searchRef={search}
          />
        </Stack>
        <QueueBody queue={queue} current={current} selection={selection} onOpen={showRow} />
      </section>
      <section className="split-detail" aria-label={t('queue.case')}>
        <Box className="scroller" p="md" tabIndex={0}>
          {openId && <CaseView id={openId} onOpen={show} />}
        </Box>
        {canReview && (
          <DecisionBar
            chosen={selection.chosen.length}
            isPending={decision.isPending || undo.isPending}
            onVerdict={decision.begin}
          />
        )}
      </section>
      {decision.verdict && (
        <DecisionDialog
          verdict={decision.verdict}
          cases={selection.chosen}
          error={decision.error}
          isPending={decision.isPending}
          onConfirm={decision.decide}
          onClose={decision.close}
        />
      )}
      {undo.published && <PublishedDialog decisionId={undo.published.decisionId} onClose={undo.close} />}
    </Box>
  );
}

function useQueue(status: QueuePageProps['status'], filter: CaseFilter) {
  const { case: _open, ...chosen } = filter;
  const query = api.useInfiniteQuery(
    'get',
    '/v1/cases',
    { params: { query: { status, ...chosen, limit: PAGE } } },
    PAGING,
  );
  return { cases: useItems(query), query };
}

/** What a decision would be on: the selected cases, or else the open one. */
function useSelection(cases: readonly Schemas['Case'][], open: CaseRef | undefined) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const marked = cases.filter(({ id }) => selected.has(id));
  return {
    selected,
    chosen: (marked.length > 0 ? marked : open ? [open] : []) as readonly CaseRef[],
    clear: useCallback(() => setSelected(new Set()), []),
    drop: (gone: ReadonlySet<string>) =>
      setSelected((before) => new Set([...before].filter((id) => !gone.has(id)))),
    toggle: useCallback((id: string | undefined) => {
      if (id === undefined) return;
      setSelected((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      });
    }, []),
    all: () => setSelected(new Set(cases.map(({ id }) => id))),
  };
}

interface QueueBodyProps {
  queue: ReturnType<typeof useQueue>;
  current: number;
  selection: ReturnType<typeof useSelection>;
  onOpen: (index: number) => void;
}

function QueueBody({ queue: { cases, query }, current, selection, onOpen }: QueueBodyProps) {
  const { t } = useTranslation();
  const { fetchNextPage } = query;
  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  if (query.error) {
    return (
      <Box p="xs">
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      </Box>
    );
  }
  // All that was read is decided, but there is more: the list reads on.
  if (!query.isPending && !query.hasNextPage && cases.length === 0) {
    return <EmptyState title={t('queue.empty')}>{t('queue.emptyHint')}</EmptyState>;
  }
  return (
    <>
      <Group justify="space-between" px="xs" pb={4}>
        <Text size="xs" c="dimmed" aria-live="polite">
          {selection.selected.size > 0
            ? t('queue.selected', { count: selection.selected.size })
            : t(query.hasNextPage ? 'queue.loadedMore' : 'queue.loaded', { count: cases.length })}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={selection.selected.size > 0 ? selection.clear : selection.all}
        >
          {t(selection.selected.size > 0 ? 'queue.clearSelection' : 'queue.selectLoaded')}
        </Button>
      </Group>
      <CaseList
        cases={cases}
        current={current}
        selected={selection.selected}
        hasMore={query.hasNextPage}
        isLoadingMore={query.isPending || query.isFetchingNextPage}
        onOpen={onOpen}
        onToggle={selection.toggle}
        onLoadMore={loadMore}
      />
    </>
  );
}

interface DecisionBarProps {
  chosen: number;
  isPending: boolean;
  onVerdict: (verdict: Verdict) => void;
}

const VERDICTS = [
  { verdict: 'verify', color: 'teal', key: 'v' },
  { verdict: 'reject', color: 'red', key: 'r' },
  { verdict: 'request_info', color: 'gray', key: 'i' },
] as const;

function DecisionBar({ chosen, isPending, onVerdict }: DecisionBarProps) {
  const { t } = useTranslation();
  if (chosen === 0) return null;
  return (
    <Group p="xs" gap="xs" className="bar" role="toolbar" aria-label={t('decide.title')}>
      {VERDICTS.map(({ verdict, color, key }) => (
        <Button
          key={verdict}
          size="sm"
          color={color}
          variant={verdict === 'request_info' ? 'default' : 'filled'}
          disabled={isPending}
          onClick={() => onVerdict(verdict)}
          rightSection={<Kbd size="xs">{key}</Kbd>}
        >
          {t(`verdict.${verdict}`)}
        </Button>
      ))}
      {chosen > 1 && (
        <Text size="sm" c="dimmed">
          {t('queue.selected', { count: chosen })}
        </Text>
      )}
    </Group>
  );
}
