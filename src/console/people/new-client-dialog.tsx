// Registers a system by the public half of a key that was made on its own machine. The private half never comes here.
import { Button, Group, JsonInput, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { CLIENT_ROLES } from '../words.ts';

export function NewClientDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [form, setForm] = useState({
    organizationId: '',
    name: '',
    role: 'carrier' as Schemas['ClientRole'],
    key: '',
  });
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const { data: organizations } = api.useQuery('get', '/v1/organizations', {
    params: { query: { limit: 1000 } },
  });
  const create = api.useMutation('post', '/v1/clients', {
    async onSuccess() {
      onClose();
      await queries.invalidateQueries({ queryKey: ['get', '/v1/clients'] });
    },
  });
  const publicKey = parseKey(form.key);
  return (
    <Modal opened onClose={onClose} title={t('clients.add')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const { organizationId, name, role } = form;
          if (publicKey) create.mutate({ body: { organizationId, name, role, publicKey } });
        }}
      >
        <Stack>
          <Select
            required
            data-autofocus
            searchable
            label={t('field.organization')}
            nothingFoundMessage={t('clients.noOrganization')}
            value={form.organizationId || null}
            onChange={(organizationId) => change({ organizationId: organizationId ?? '' })}
            data={organizations?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          />
          <TextInput
            required
            label={t('people.name')}
            maxLength={200}
            value={form.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Select
            label={t('people.role')}
            allowDeselect={false}
            value={form.role}
            onChange={(role) => role && change({ role: role as Schemas['ClientRole'] })}
            data={CLIENT_ROLES.map((value) => ({ value, label: t(`clientRole.${value}`) }))}
          />
          <JsonInput
            required
            label={t('clients.publicKey')}
            description={t('clients.publicKeyHint')}
            error={form.key !== '' && !publicKey && t('clients.noKey')}
            minRows={4}
            autosize
            maxLength={4000}
            value={form.key}
            onChange={(key) => change({ key })}
          />
          {create.error && <ProblemAlert error={create.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" disabled={!publicKey || !form.organizationId} loading={create.isPending}>
              {t('clients.register')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** A JWK without its private part: whoever pastes a whole key is told at once, and it is not sent. */
function parseKey(text: string): Schemas['JsonWebKey'] | undefined {
  try {
    const key = JSON.parse(text) as Record<string, unknown>;
    return typeof key['kty'] === 'string' && !('d' in key) ? (key as Schemas['JsonWebKey']) : undefined;
  } catch {
    return undefined;
  }
}
