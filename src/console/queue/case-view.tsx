// One case with all that is known of it: what the carriers say, when, through whom, and what was decided before.
import { Alert, Anchor, Badge, Card, Code, Group, Skeleton, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { DecisionTimeline } from '../decision-timeline.tsx';
import { useFormats } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { Until } from '../until.tsx';
import { CaseStatusBadge, CategoryBadge, FlagBadge } from '../value-badges.tsx';
import { CodeCard } from './code-card.tsx';
import { EvidenceCard } from './evidence-card.tsx';
import { CaseImpact } from './impact-text.tsx';
import { ReportTimeline } from './report-timeline.tsx';

type Detail = Schemas['CaseDetail'];

export function CaseView({ id, onOpen }: { id: string; onOpen: (id: string) => void }) {
  const query = api.useQuery('get', '/v1/cases/{caseId}', { params: { path: { caseId: id } } });
  if (query.error) return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <CaseSkeleton />;
  return <CaseSheet detail={query.data} onOpen={onOpen} />;
}

function CaseSheet({ detail, onOpen }: { detail: Detail; onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md" component="article" aria-label={detail.display}>
      <CaseHead detail={detail} />
      {detail.flags.includes('protected') && (
        <Alert color="orange" variant="light" title={t('flag.protected')}>
          {t('case.protectedNeedsTwo')}
        </Alert>
      )}
      <CaseImpact id={detail.id} />
      <EntryInForce entry={detail.entry} />
      <ReportTimeline evidence={detail.evidence} />
      {detail.codes.map((code) => (
        <CodeCard key={code.code} code={code} isOwn={detail.value === code.code} />
      ))}
      <Section title={t('case.evidence', { count: detail.evidence.length })}>
        {detail.evidence.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('case.evidenceOfNumbers')}
          </Text>
        )}
        {detail.evidence.map((row) => (
          <EvidenceCard key={row.candidateId} row={row} />
        ))}
      </Section>
      <EqualMessages samples={detail.samples} />
      <RelatedCases related={detail.related} onOpen={onOpen} />
      <DecisionTimeline decisions={detail.decisions} />
    </Stack>
  );
}

function CaseHead({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const { count, moment, share } = useFormats();
  return (
    <div>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h3" ff="monospace">
            {detail.display}
          </Title>
          <Text size="sm" c="dimmed">
            {detail.numberClass ? t(`numberClass.${detail.numberClass}`) : t('list.originator-codes')} ·{' '}
            <Code>{detail.value}</Code>
          </Text>
        </div>
        <Group gap={6}>
          <CategoryBadge category={detail.category} />
          <CaseStatusBadge status={detail.status} />
          {detail.flags.map((flag) => (
            <FlagBadge key={flag} flag={flag} />
          ))}
        </Group>
      </Group>
      <Group gap="lg" mt="sm">
        <Figure label={t('field.reports')} value={count(detail.reports)} />
        <Figure label={t('field.carriers')} value={count(detail.carriers)} />
        {detail.score !== null && <Figure label={t('field.score')} value={share(detail.score)} />}
        {detail.firstSeen && <Figure label={t('field.firstSeen')} value={moment(detail.firstSeen)} />}
        {detail.lastSeen && <Figure label={t('field.lastSeen')} value={moment(detail.lastSeen)} />}
      </Group>
    </div>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={600}>{value}</Text>
    </div>
  );
}

function EntryInForce({ entry }: { entry: Detail['entry'] }) {
  const { t } = useTranslation();
  if (!entry) return null;
  return (
    <Alert color="teal" variant="light" title={t('case.listed')}>
      {t('case.listedSince', { version: entry.listedIn })} · <Until until={entry.until} /> ·{' '}
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link to="/entries/$list/$value" params={{ list: entry.list, value: entry.value }} {...props} />
        )}
      >
        {t('case.openEntry')}
      </Anchor>
    </Alert>
  );
}

function EqualMessages({ samples }: { samples: Detail['samples'] }) {
  const { t } = useTranslation();
  const { count } = useFormats();
  const shared = samples.filter((sample) => sample.numbers > 0);
  if (shared.length === 0) return null;
  return (
    <Section title={t('case.equalMessages')}>
      <Table withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('field.sample')}</Table.Th>
            <Table.Th ta="right">{t('case.otherCases')}</Table.Th>
            <Table.Th ta="right">{t('field.reports')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shared.map((sample) => (
            <Table.Tr key={sample.sampleHash}>
              <Table.Td style={{ whiteSpace: 'pre-wrap' }}>{sample.sample ?? t('erased')}</Table.Td>
              <Table.Td ta="right">{count(sample.numbers)}</Table.Td>
              <Table.Td ta="right">{count(sample.reports)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

interface RelatedCasesProps {
  related: Detail['related'];
  onOpen: (id: string) => void;
}

function RelatedCases({ related, onOpen }: RelatedCasesProps) {
  const { t } = useTranslation();
  if (related.length === 0) return null;
  return (
    <Section title={t('case.related', { count: related.length })}>
      <Group gap="xs">
        {related.map((one) => (
          <Badge
            key={one.id}
            variant="default"
            tt="none"
            ff="monospace"
            renderRoot={(props) => (
              <Link to="/queue" search={(now) => ({ ...now, case: one.id })} {...props} />
            )}
            onClick={(event: MouseEvent) => {
              // Beside the list; in a tab of its own where that is asked for.
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              onOpen(one.id);
            }}
            style={{ cursor: 'pointer' }}
          >
            {one.display} · {t(`caseStatus.${one.status}`)}
          </Badge>
        ))}
      </Group>
    </Section>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      <Stack gap="xs">{children}</Stack>
    </section>
  );
}

function CaseSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack aria-busy aria-label={t('loading')}>
      <Skeleton h={56} />
      <Skeleton h={120} />
      <Card withBorder>
        <Skeleton h={160} />
      </Card>
    </Stack>
  );
}
