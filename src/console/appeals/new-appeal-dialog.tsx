// Files an appeal for somebody who called the agency.
import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type ListId } from '../api.ts';
import { ListSwitch } from '../list-switch.tsx';
import { ProblemAlert } from '../problem-alert.tsx';

export interface NewAppealDialogProps {
  /** What the appeal is about, where it is known already. */
  about?: { list: ListId; value: string };
  onClose: () => void;
}

export function NewAppealDialog({ about, onClose }: NewAppealDialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [form, setForm] = useState({
    list: about?.list ?? 'sender-numbers',
    value: about?.value ?? '',
    statement: '',
    onBehalfOf: '',
    contact: '',
  });
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const file = api.useMutation('post', '/v1/appeals', {
    async onSuccess() {
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('appeals.file')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const { onBehalfOf, contact, ...rest } = form;
          file.mutate({ body: { ...rest, ...(onBehalfOf && { onBehalfOf }), ...(contact && { contact }) } });
        }}
      >
        <Stack>
          <Group align="flex-end">
            <TextInput
              required
              flex={1}
              data-autofocus
              label={t('field.value')}
              maxLength={64}
              value={form.value}
              onChange={(event) => change({ value: event.currentTarget.value })}
            />
            <ListSwitch value={form.list} onChange={(list) => change({ list })} />
          </Group>
          <Textarea
            required
            label={t('appeals.statement')}
            maxLength={4000}
            autosize
            minRows={4}
            value={form.statement}
            onChange={(event) => change({ statement: event.currentTarget.value })}
          />
          <Group grow>
            <TextInput
              label={t('appeals.who')}
              maxLength={200}
              value={form.onBehalfOf}
              onChange={(event) => change({ onBehalfOf: event.currentTarget.value })}
            />
            <TextInput
              label={t('appeals.contact')}
              maxLength={500}
              value={form.contact}
              onChange={(event) => change({ contact: event.currentTarget.value })}
            />
          </Group>
          {file.error && <ProblemAlert error={file.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={file.isPending}>
              {t('appeals.file')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
