// The net change between two held versions, as every relay takes it; a changed line stands as what it was and is.
import { Badge, Button, Card, Group, Loader, NumberInput, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, type ListId, type Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { Until } from '../until.tsx';

export interface DiffRange {
  list: ListId;
  epoch: string;
  from: number;
  to: number;
}

type Line = Schemas['Diff']['added'][number];

interface Change {
  value: string;
  before?: Line;
  after?: Line;
}

const SHOWN = 500;

export interface DiffViewerProps {
  range: DiffRange;
  current: number;
  onCompare: (from: number, to: number) => void;
  onClose: () => void;
}

export function DiffViewer({ range, current, onCompare, onClose }: DiffViewerProps) {
  const { t } = useTranslation();
  const { count } = useFormats();
  const query = useQuery({
    queryKey: ['diff', range],
    queryFn: () => readDiff(range),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const changes = query.data ?? [];
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Group gap="xs">
          <Text fw={600}>{t('versions.change')}</Text>
          <VersionField
            label={t('versions.from')}
            value={range.from}
            max={range.to}
            onChange={(from) => onCompare(from, range.to)}
          />
          <Text>→</Text>
          <VersionField
            label={t('versions.to')}
            value={range.to}
            max={current}
            onChange={(to) => onCompare(Math.min(range.from, to), to)}
          />
        </Group>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t('close')}
        </Button>
      </Group>
      {query.error && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Loader size="sm" aria-label={t('loading')} />}
      {query.data && changes.length === 0 && <Text c="dimmed">{t('versions.noChange')}</Text>}
      {changes.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('field.value')}</Table.Th>
              <Table.Th>{t('versions.before')}</Table.Th>
              <Table.Th>{t('versions.after')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.slice(0, SHOWN).map(({ value, before, after }) => (
              <Table.Tr key={value}>
                <Table.Td ff="monospace">{value}</Table.Td>
                <Table.Td>{before ? <LineText line={before} /> : <Badge color="teal">+</Badge>}</Table.Td>
                <Table.Td>{after ? <LineText line={after} /> : <Badge color="red">−</Badge>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {changes.length > SHOWN && (
        <Text c="dimmed">{t('versions.moreChanges', { shown: count(changes.length - SHOWN) })}</Text>
      )}
    </Card>
  );
}

function LineText({ line }: { line: Line }) {
  const { t } = useTranslation();
  return (
    <Text size="sm">
      {t(`category.${line.category as Schemas['Category']}`)} · <Until until={line.until} />
    </Text>
  );
}

interface VersionFieldProps {
  label: string;
  value: number;
  max: number;
  onChange: (version: number) => void;
}

/** Takes a number when the field is left, not at each digit. */
function VersionField({ label, value, max, onChange }: VersionFieldProps) {
  const [text, setText] = useState<number | string>(value);
  return (
    <NumberInput
      key={value}
      size="xs"
      w={100}
      min={0}
      max={max}
      allowDecimal={false}
      aria-label={label}
      defaultValue={value}
      onChange={setText}
      onBlur={() => typeof text === 'number' && text !== value && onChange(text)}
    />
  );
}

async function readDiff({ list, epoch, from, to }: DiffRange): Promise<Change[]> {
  const { data, error } = await client.GET('/v1/lists/{list}/versions/{version}/diff', {
    params: { path: { list, version: to }, query: { from, epoch } },
    headers: { Accept: 'application/json' },
  });
  if (!data) throw error;
  const { removed, added } = data as Schemas['Diff'];
  const changes = new Map<string, Change>(
    removed.map((line) => [line.value, { value: line.value, before: line }]),
  );
  for (const line of added)
    changes.set(line.value, { ...changes.get(line.value), value: line.value, after: line });
  return [...changes.values()];
}
