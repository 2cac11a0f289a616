// A decision that can no longer be undone, because it is published: what of it is listed, and the urgent release of it.
import { Skeleton, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { useFormats } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { ImpactText } from './impact-text.tsx';

export function PublishedDialog({ decisionId, onClose }: { decisionId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { count } = useFormats();
  const queries = useQueryClient();
  const params = { path: { decisionId } };
  const { data, error } = api.useQuery('get', '/v1/decisions/{decisionId}/undo', { params });
  const release = api.useMutation('post', '/v1/decisions/{decisionId}/release', {
    async onSuccess({ released }) {
      notifications.show({ message: t('undo.released', { count: released }) });
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <ConfirmDialog
      title={t('undo.publishedTitle')}
      action={t('undo.release')}
      act={release}
      onConfirm={() => release.mutate({ params })}
      onClose={onClose}
    >
      {error && <ProblemAlert error={error} />}
      {!error && !data && <Skeleton h={90} />}
      {data && (
        <>
          <Text size="sm">{t('undo.listed', { count: data.listed, shown: count(data.listed) })}</Text>
          <ImpactText impact={data.impact} />
          <Text size="sm" mt="xs">
            {t('undo.consequence')}
          </Text>
        </>
      )}
    </ConfirmDialog>
  );
}
