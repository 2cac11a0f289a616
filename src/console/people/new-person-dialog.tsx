// Adds a person, who comes in by the invitation.
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { ROLES } from '../words.ts';

interface NewPersonDialogProps {
  onClose: () => void;
  onAdded: (added: Schemas['InvitedUser']) => void;
}

export function NewPersonDialog({ onClose, onAdded }: NewPersonDialogProps) {
  const { t } = useTranslation();
  const [form, setForm] = useState<Schemas['NewUser']>({ email: '', role: 'reviewer' });
  const change = (part: Partial<Schemas['NewUser']>) => setForm((before) => ({ ...before, ...part }));
  const { data: organizations } = api.useQuery('get', '/v1/organizations', {
    params: { query: { limit: 1000 } },
  });
  const create = api.useMutation('post', '/v1/users', { onSuccess: onAdded });
  return (
    <Modal opened onClose={onClose} title={t('people.add')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({ body: form });
        }}
      >
        <Stack>
          <TextInput
            required
            data-autofocus
            type="email"
            label={t('people.email')}
            maxLength={254}
            value={form.email}
            onChange={(event) => change({ email: event.currentTarget.value })}
          />
          <TextInput
            label={t('people.name')}
            maxLength={200}
            value={form.name ?? ''}
            onChange={(event) => change({ name: event.currentTarget.value || undefined })}
          />
          <Select
            label={t('people.role')}
            description={t(`roleHint.${form.role}`)}
            allowDeselect={false}
            value={form.role}
            onChange={(role) => role && change({ role: role as Schemas['UserRole'] })}
            data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
          />
          <Select
            label={t('field.organization')}
            placeholder={t('people.organizationByRole')}
            clearable
            searchable
            value={form.organizationId ?? null}
            onChange={(organizationId) => change({ organizationId: organizationId ?? undefined })}
            data={organizations?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          />
          {create.error && <ProblemAlert error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('people.invite')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
