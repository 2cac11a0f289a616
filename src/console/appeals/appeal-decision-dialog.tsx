// Ends an appeal: accepted, the value leaves the list; denied, it stays, and who objected is told why.
import { Button, Checkbox, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { ProblemAlert } from '../problem-alert.tsx';

interface AppealDecisionDialogProps {
  appeal: Schemas['Appeal'];
  outcome: 'accepted' | 'denied';
  onClose: () => void;
}

export function AppealDecisionDialog({ appeal, outcome, onClose }: AppealDecisionDialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const [urgent, setUrgent] = useState(false);
  const decide = api.useMutation('post', '/v1/appeals/{appealId}/decisions', {
    async onSuccess() {
      onClose();
      await queries.invalidateQueries();
    },
  });
  const isAccepted = outcome === 'accepted';
  return (
    <Modal opened onClose={onClose} title={t(`appeals.${outcome}Title`, { value: appeal.display })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = { outcome, urgent, ...(note.trim() && { note: note.trim() }) };
          decide.mutate({ params: { path: { appealId: appeal.id } }, body });
        }}
      >
        <Stack>
          <Text size="sm">{t(`appeals.${outcome}Hint`)}</Text>
          <Textarea
            data-autofocus
            label={t('appeals.grounds')}
            required={!isAccepted}
            maxLength={2000}
            autosize
            minRows={3}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          {isAccepted && (
            <Checkbox
              label={t('entries.urgent')}
              checked={urgent}
              onChange={(event) => setUrgent(event.currentTarget.checked)}
            />
          )}
          {decide.error && <ProblemAlert error={decide.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" color={isAccepted ? 'teal' : 'red'} loading={decide.isPending}>
              {t(isAccepted ? 'appeals.accept' : 'appeals.deny')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
