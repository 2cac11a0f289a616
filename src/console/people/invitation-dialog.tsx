// The link of an invitation, shown this once.
import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api.ts';
import { useFormats } from '../format.ts';

export function InvitationDialog({
  invitation,
  onClose,
}: {
  invitation: Schemas['Invitation'];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { moment } = useFormats();
  return (
    <Modal opened onClose={onClose} title={t('people.invitation')} size="lg">
      <Stack>
        <Alert color="orange">{t('people.invitationHint')}</Alert>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {invitation.url}
        </Code>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('people.invitationUntil', { time: moment(invitation.expiresAt) })}
          </Text>
          <CopyButton value={invitation.url}>
            {({ copied, copy }) => (
              <Button data-autofocus onClick={copy}>
                {t(copied ? 'copied' : 'copy')}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Modal>
  );
}
