// Protects one value: what listed it by one person's decision leaves the list.
import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type ListId, type Schemas } from '../api.ts';
import { ListSwitch } from '../list-switch.tsx';
import { ProblemAlert } from '../problem-alert.tsx';
import { PROTECTION_KINDS } from '../words.ts';

export function ProtectDialog({ onClose, onDone }: { onClose: () => void; onDone: () => unknown }) {
  const { t } = useTranslation();
  const [form, setForm] = useState({
    list: 'sender-numbers' as ListId,
    value: '',
    kind: 'bank' as Schemas['NewProtection']['kind'],
    note: '',
  });
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const protect = api.useMutation('put', '/v1/protected/{list}/{value}', {
    async onSuccess() {
      onClose();
      await onDone();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('protected.add')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const { list, value, kind, note } = form;
          protect.mutate({
            params: { path: { list, value: value.trim() } },
            body: { kind, ...(note && { note }) },
          });
        }}
      >
        <Stack>
          <Text size="sm">{t('protected.addHint')}</Text>
          <ListSwitch value={form.list} onChange={(list) => change({ list })} />
          <TextInput
            required
            data-autofocus
            label={t('field.value')}
            maxLength={64}
            value={form.value}
            onChange={(event) => change({ value: event.currentTarget.value })}
          />
          <Select
            label={t('field.kind')}
            allowDeselect={false}
            value={form.kind}
            onChange={(kind) => kind && change({ kind: kind as typeof form.kind })}
            data={PROTECTION_KINDS.map((value) => ({ value, label: t(`protection.${value}`) }))}
          />
          <TextInput
            label={t('field.note')}
            maxLength={2000}
            value={form.note}
            onChange={(event) => change({ note: event.currentTarget.value })}
          />
          {protect.error && <ProblemAlert error={protect.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={protect.isPending}>
              {t('protected.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
