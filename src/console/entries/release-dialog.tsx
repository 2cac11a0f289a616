// Takes a value off the list: with a reason, at the next version or at once.
import { Button, Checkbox, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { RELEASE_REASONS } from '../words.ts';

export function ReleaseDialog({ entry, onClose }: { entry: Schemas['Entry']; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Partial<Schemas['NewRelease']>>({});
  const change = (part: Partial<Schemas['NewRelease']>) => setDraft((before) => ({ ...before, ...part }));
  const release = api.useMutation('post', '/v1/lists/{list}/entries/{value}/release', {
    async onSuccess() {
      notifications.show({ message: t('entries.released', { value: entry.display }) });
      onClose();
      await queries.invalidateQueries();
    },
  });
  const { reason, note, urgent = false } = draft;
  const path = { list: entry.list, value: entry.value };
  return (
    <Modal opened onClose={onClose} title={t('entries.releaseTitle', { value: entry.display })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason) release.mutate({ params: { path }, body: { reason, urgent, ...(note && { note }) } });
        }}
      >
        <Stack>
          <Text size="sm">{t('entries.releaseHint')}</Text>
          <Select
            data-autofocus
            label={t('field.reason')}
            withAsterisk
            value={reason ?? null}
            onChange={(value) => change({ reason: (value ?? undefined) as Schemas['ReleaseReason'] })}
            data={RELEASE_REASONS.map((value) => ({ value, label: t(`reason.${value}`) }))}
          />
          <Textarea
            label={t('field.note')}
            maxLength={2000}
            autosize
            minRows={2}
            value={note ?? ''}
            onChange={(event) => change({ note: event.currentTarget.value })}
          />
          <Checkbox
            label={t('entries.urgent')}
            checked={urgent}
            onChange={(event) => change({ urgent: event.currentTarget.checked })}
          />
          {release.error && <ProblemAlert error={release.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!reason} loading={release.isPending}>
              {t('entries.release')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
