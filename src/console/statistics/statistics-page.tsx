// The figures of a stretch of time: as charts to look at, as tables to read, as CSV to write a statement from.
import { BarChart, LineChart } from '@mantine/charts';
import {
  Button,
  Card,
  Group,
  Loader,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Tabs,
  Text,
  Title,
} from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api.ts';
import { EmptyState } from '../empty-state.tsx';
import { today, useFormats } from '../format.ts';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { downloadStatistics, type Period, readStatistics } from './read-statistics.ts';

type Figures = Schemas['Figures'];
type Row = Schemas['FigureRow'];

const FIGURES = [
  'submitted',
  'verified',
  'rejected',
  'listed',
  'released',
  'blocked',
] as const satisfies readonly (keyof Figures)[];
const INTERVALS = ['day', 'week', 'month', 'half_year'] as const satisfies readonly Period['interval'][];
const COLORS: Record<keyof Figures, string> = {
  submitted: 'indigo.6',
  verified: 'teal.7',
  rejected: 'gray.6',
  listed: 'blue.6',
  released: 'orange.7',
  blocked: 'red.7',
};

export function StatisticsPage() {
  const { t } = useTranslation();
  const [period, setPeriod] = useState<Period>({
    from: dayjs(today()).subtract(6, 'month').startOf('month').format('YYYY-MM-DD'),
    to: today(),
    interval: 'month',
  });
  const query = useQuery({
    queryKey: ['get', '/v1/statistics', period],
    queryFn: () => readStatistics(period),
    placeholderData: (before) => before,
  });
  return (
    <Page title={t('nav.statistics')} actions={<DownloadButton period={period} />}>
      <Stack>
        <PeriodPicker period={period} onChange={setPeriod} />
        {query.error && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
        {query.isFetching && (
          <Group gap="xs" role="status">
            <Loader size="sm" /> <Text size="sm">{t('statistics.counting')}</Text>
          </Group>
        )}
        {query.data && (
          // Of the days before, until those that were asked for are counted.
          <Stack aria-busy={query.isPlaceholderData} opacity={query.isPlaceholderData ? 0.5 : 1}>
            <Report statistics={query.data} />
          </Stack>
        )}
      </Stack>
    </Page>
  );
}

function PeriodPicker({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation();
  const [days, setDays] = useState<[string | null, string | null]>([period.from, period.to]);
  return (
    <Group align="flex-end">
      <DatePickerInput
        type="range"
        label={t('statistics.days')}
        w={280}
        valueFormat="YYYY-MM-DD"
        maxDate={today()}
        value={days}
        onChange={(next) => {
          setDays(next);
          const [from, to] = next;
          if (from && to) onChange({ ...period, from, to });
        }}
      />
      <Select
        label={t('statistics.interval')}
        w={140}
        allowDeselect={false}
        value={period.interval}
        onChange={(interval) => interval && onChange({ ...period, interval: interval as Period['interval'] })}
        data={INTERVALS.map((value) => ({ value, label: t(`interval.${value}`) }))}
      />
    </Group>
  );
}

function DownloadButton({ period }: { period: Period }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  return (
    <>
      {error !== null && <ProblemAlert error={error} />}
      <Button
        variant="default"
        onClick={() => {
          setError(null);
          downloadStatistics(period).catch(setError);
        }}
      >
        {t('statistics.csv')}
      </Button>
    </>
  );
}

function Report({ statistics }: { statistics: Schemas['Statistics'] }) {
  const { t } = useTranslation();
  const { count, duration } = useFormats();
  const { totals, periods, categories } = statistics;
  const series = FIGURES.slice(0, 5).map((name) => ({
    name,
    label: t(`figure.${name}`),
    color: COLORS[name],
  }));
  const byCategory = categories.map((row) => ({
    ...row,
    key: t(`category.${row.key as Schemas['Category']}`),
  }));
  const isEmpty = FIGURES.every((name) => totals[name] === 0);
  if (isEmpty) return <EmptyState title={t('statistics.empty')}>{t('statistics.emptyHint')}</EmptyState>;
  return (
    <>
      <SimpleGrid cols={{ base: 2, sm: 4, lg: 8 }}>
        {FIGURES.map((name) => (
          <Figure key={name} label={t(`figure.${name}`)} value={count(totals[name])} />
        ))}
        <Figure label={t('statistics.toDecision')} value={spanOf(statistics.medianDecisionSeconds)} />
        <Figure label={t('statistics.toReceipt')} value={spanOf(statistics.medianReceiptSeconds)} />
      </SimpleGrid>
      <Chart title={t('statistics.periods')}>
        <LineChart
          h={280}
          data={periods}
          dataKey="key"
          series={series}
          curveType="linear"
          withLegend
          valueFormatter={count}
        />
      </Chart>
      <Chart title={t('statistics.blockedPeriods')}>
        <BarChart
          h={200}
          data={periods}
          dataKey="key"
          series={[{ name: 'blocked', label: t('figure.blocked'), color: COLORS.blocked }]}
          valueFormatter={count}
        />
      </Chart>
      <Tabs defaultValue="categories" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="categories">{t('statistics.categories')}</Tabs.Tab>
          <Tabs.Tab value="carriers">{t('statistics.carriers')}</Tabs.Tab>
          <Tabs.Tab value="relays">{t('statistics.relays')}</Tabs.Tab>
          <Tabs.Tab value="resellers">{t('statistics.resellers')}</Tabs.Tab>
          <Tabs.Tab value="periods">{t('statistics.periods')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="categories">
          <BarChart
            h={320}
            mb="md"
            data={byCategory.filter((row) => row.submitted + row.verified + row.listed > 0)}
            dataKey="key"
            series={series.slice(0, 3)}
            withLegend
            valueFormatter={count}
          />
          <FigureTable name={t('field.category')} rows={byCategory} />
        </Tabs.Panel>
        <Tabs.Panel value="carriers">
          <FigureTable name={t('statistics.carriers')} rows={statistics.carriers} without={['blocked']} />
        </Tabs.Panel>
        <Tabs.Panel value="relays">
          <FigureTable name={t('statistics.relays')} rows={statistics.relays} />
        </Tabs.Panel>
        <Tabs.Panel value="resellers">
          <FigureTable name={t('statistics.resellers')} rows={statistics.resellers} without={['blocked']} />
        </Tabs.Panel>
        <Tabs.Panel value="periods">
          <FigureTable name={t('statistics.periods')} rows={periods} />
        </Tabs.Panel>
      </Tabs>
    </>
  );

  function spanOf(seconds: number | null): string {
    return seconds === null ? t('none') : duration(seconds);
  }
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <Card withBorder padding="sm">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={700} size="lg">
        {value}
      </Text>
    </Card>
  );
}

function Chart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <figure style={{ margin: 0 }}>
      <Title order={2} size="h5" mb="xs" component="figcaption">
        {title}
      </Title>
      {children}
    </figure>
  );
}

interface FigureTableProps {
  name: string;
  rows: readonly Row[];
  /** Figures that have no meaning here. */
  without?: readonly (keyof Figures)[];
}

function FigureTable({ name, rows, without = [] }: FigureTableProps) {
  const { t } = useTranslation();
  const { count } = useFormats();
  const figures = FIGURES.filter((figure) => !without.includes(figure));
  if (rows.length === 0) return <EmptyState title={t('statistics.empty')} />;
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{name}</Table.Th>
          {figures.map((figure) => (
            <Table.Th key={figure} ta="right">
              {t(`figure.${figure}`)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.key}>
            <Table.Td>{row.key}</Table.Td>
            {figures.map((figure) => (
              <Table.Td key={figure} ta="right">
                {count(row[figure])}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
