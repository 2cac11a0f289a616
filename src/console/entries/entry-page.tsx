// Why a value is listed: since when, by whose decision, until when, and each time before. And its release.
import { Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, type Schemas, statusOf } from '../api.ts';
import { NewAppealDialog } from '../appeals/new-appeal-dialog.tsx';
import { DecisionTimeline } from '../decision-timeline.tsx';
import { EmptyState } from '../empty-state.tsx';
import { useFormats } from '../format.ts';
import { toListId } from '../list-switch.tsx';
import { Page } from '../page.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { useScopes } from '../session/use-session.ts';
import { Until } from '../until.tsx';
import { CategoryBadge } from '../value-badges.tsx';
import { ReleaseDialog } from './release-dialog.tsx';

export function EntryPage() {
  const { t } = useTranslation();
  const params = useParams({ from: '/entries/$list/$value' });
  const path = { list: toListId(params.list), value: params.value };
  const query = api.useQuery('get', '/v1/lists/{list}/entries/{value}', { params: { path } });
  if (statusOf(query.error) === 404) {
    return (
      <Page title={params.value}>
        <EmptyState title={t('entries.notListed')}>{t('entries.neverListed')}</EmptyState>
      </Page>
    );
  }
  if (query.error) {
    return (
      <Page title={params.value}>
        <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  return query.data ? <EntrySheet entry={query.data} /> : null;
}

function EntrySheet({ entry }: { entry: Schemas['EntryDetail'] }) {
  const { t, i18n } = useTranslation();
  const { moment } = useFormats();
  const canReview = useScopes().has('review');
  const [isReleasing, release] = useDisclosure();
  const [isAppealing, appeal] = useDisclosure();
  const isListed = entry.status === 'listed';
  return (
    <Page
      title={entry.display}
      actions={
        <>
          <Button
            component="a"
            variant="default"
            target="_blank"
            rel="noreferrer"
            href={statementUrl(entry, i18n.resolvedLanguage)}
          >
            {t('entries.statement')}
          </Button>
          {isListed && canReview && (
            <>
              <Button variant="default" onClick={appeal.open}>
                {t('appeals.file')}
              </Button>
              <Button color="red" variant="light" onClick={release.open}>
                {t('entries.release')}
              </Button>
            </>
          )}
        </>
      }
    >
      <Stack>
        <Card withBorder>
          <Group gap="xs" mb="xs">
            <CategoryBadge category={entry.category} />
            <Badge variant="light" color={isListed ? 'teal' : 'gray'} tt="none">
              {t(`entryStatus.${entry.status}`)}
            </Badge>
          </Group>
          <Text>
            {t('entries.why', {
              organization: entry.organization,
              version: entry.listedIn,
              time: moment(entry.listedAt),
            })}
          </Text>
          <Text>
            {entry.removalReason ? (
              t('entries.ended', {
                version: entry.removedIn,
                reason: t(`reason.${entry.removalReason as 'expired'}`),
              })
            ) : (
              <Until until={entry.until} />
            )}
          </Text>
          <Link to="/queue" search={{ case: entry.caseId }}>
            {t('entries.openCase')}
          </Link>
        </Card>
        <DecisionTimeline decisions={entry.decisions} />
        <Appeals appeals={entry.appeals} />
        <History history={entry.history} />
      </Stack>
      {isReleasing && <ReleaseDialog entry={entry} onClose={release.close} />}
      {isAppealing && <NewAppealDialog about={entry} onClose={appeal.close} />}
    </Page>
  );
}

/** A page to print; the browser opens it with the session's cookie. */
function statementUrl({ list, value }: Schemas['Entry'], language = 'en'): string {
  return `/v1/lists/${list}/entries/${encodeURIComponent(value)}/statement?language=${language}`;
}

function Appeals({ appeals }: { appeals: readonly Schemas['Appeal'][] }) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  if (appeals.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t('nav.appeals')}
      </Title>
      {appeals.map((one) => (
        <Card withBorder key={one.id} mb="xs">
          <Text size="sm">{one.statement ?? t('erased')}</Text>
          <Text size="xs" c="dimmed">
            {t(`appealStatus.${one.status}`)} · {one.organization} · {moment(one.filedAt)}
            {one.outcome?.note && ` · ${one.outcome.note}`}
          </Text>
        </Card>
      ))}
    </section>
  );
}

function History({ history }: { history: readonly Schemas['Entry'][] }) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t('entries.history')}
      </Title>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('entries.versions')}</Table.Th>
            <Table.Th>{t('entries.since')}</Table.Th>
            <Table.Th>{t('field.category')}</Table.Th>
            <Table.Th>{t('field.until')}</Table.Th>
            <Table.Th>{t('entries.endedBy')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {history.map((one) => (
            <Table.Tr key={one.listedIn}>
              <Table.Td>
                {one.listedIn} – {one.removedIn === null ? t('entries.now') : one.removedIn - 1}
              </Table.Td>
              <Table.Td>{moment(one.listedAt)}</Table.Td>
              <Table.Td>
                <CategoryBadge category={one.category} />
              </Table.Td>
              <Table.Td>
                <Until until={one.until} />
              </Table.Td>
              <Table.Td>{one.removalReason && t(`reason.${one.removalReason as 'expired'}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
