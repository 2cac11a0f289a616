// Publishes now: says in numbers what every relay will take, and confirms a mass change where the brake holds it.
import { Alert, Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { useFormats } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { ImpactText } from '../queue/impact-text.tsx';

export function PublishDialog({ state, onClose }: { state: Schemas['List']; onClose: () => void }) {
  const { t } = useTranslation();
  const { count, share } = useFormats();
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const [isConfirmed, setConfirmed] = useState(false);
  const { added, removed, held } = state.pending;
  const publish = api.useMutation('post', '/v1/lists/{list}/versions', {
    async onSuccess(version) {
      notifications.show({ color: 'teal', message: t('versions.published', { version: version.version }) });
      onClose();
      await queries.invalidateQueries();
    },
  });
  const impact = api.useQuery('get', '/v1/lists/{list}/impact', { params: { path: { list: state.id } } });
  const body = { confirmMassChange: held, ...(note && { note }) };
  return (
    <Modal opened onClose={onClose} title={t('versions.publishTitle', { list: t(`list.${state.id}`) })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate({ params: { path: { list: state.id } }, body });
        }}
      >
        <Stack>
          <Text>{t('versions.pending', { added: count(added), removed: count(removed) })}</Text>
          {impact.data && (
            <>
              <Text size="sm" fw={600}>
                {t('versions.willBlock')}
              </Text>
              <ImpactText impact={impact.data.added} />
              <Text size="sm" fw={600}>
                {t('versions.willPass')}
              </Text>
              <ImpactText impact={impact.data.removed} />
            </>
          )}
          {held && (
            <Alert color="orange" title={t('versions.held')}>
              <Text size="sm" mb="xs">
                {t('versions.massChange', { share: share((added + removed) / Math.max(state.count, 1)) })}
              </Text>
              <Checkbox
                label={t('versions.looked')}
                checked={isConfirmed}
                onChange={(event) => setConfirmed(event.currentTarget.checked)}
              />
            </Alert>
          )}
          <TextInput
            data-autofocus
            label={t('field.note')}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          {publish.error && <ProblemAlert error={publish.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" disabled={held && !isConfirmed} loading={publish.isPending}>
              {t('versions.publish')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
