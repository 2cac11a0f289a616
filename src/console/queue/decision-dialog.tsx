// What a decision needs beyond the verdict: a reason to reject, another category or day to verify, a question to
// ask. The consequences stand in the title, in numbers; digits choose a reason.
import { Button, Group, Kbd, Modal, Radio, Select, Stack, Text, Textarea } from '@mantine/core';
import { DateInput } from '@mantine/dates';
import { useHotkeys } from '@mantine/hooks';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { today } from '../format.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { CATEGORIES, REJECT_REASONS } from '../words.ts';
import type { CaseRef, Choice } from './decide.ts';
import { DecisionPreview } from './decision-preview.tsx';

export interface DecisionDialogProps {
  verdict: Choice['verdict'];
  cases: readonly CaseRef[];
  error: unknown;
  isPending: boolean;
  onConfirm: (choice: Choice) => void;
  onClose: () => void;
}

export function DecisionDialog({
  verdict,
  cases,
  error,
  isPending,
  onConfirm,
  onClose,
}: DecisionDialogProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Partial<Choice>>({});
  const change = (part: Partial<Choice>) => setDraft((before) => ({ ...before, ...part }));
  const isComplete = verdict === 'verify' || (verdict === 'reject' ? draft.reason : draft.note?.trim());
  const confirm = () => {
    if (isComplete && !isPending) onConfirm({ verdict, ...draft });
  };
  useHotkeys([['mod+Enter', confirm]], []);
  // Heard before the dialog is drawn; digits count in the radio buttons too, not in the note.
  useHotkeys(
    verdict === 'reject'
      ? REJECT_REASONS.map((reason, index) => [String(index + 1), () => change({ reason })])
      : [],
    ['TEXTAREA'],
  );
  return (
    <Modal opened onClose={onClose} title={t(`decide.${verdict}`, { count: cases.length })} size="lg">
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          confirm();
        }}
      >
        <Stack>
          <Text size="sm" ff="monospace" lineClamp={2}>
            {cases.map(({ display }) => display).join(', ')}
          </Text>
          {verdict === 'verify' && <VerifyFields draft={draft} onChange={change} />}
          {verdict === 'reject' && (
            <RejectReasons reason={draft.reason} onChange={(reason) => change({ reason })} />
          )}
          <Textarea
            label={t(verdict === 'request_info' ? 'decide.question' : 'field.note')}
            maxLength={2000}
            autosize
            minRows={2}
            data-autofocus={verdict === 'request_info' || undefined}
            value={draft.note ?? ''}
            onChange={(event) => change({ note: event.currentTarget.value })}
          />
          {cases.length > 1 && isComplete && <DecisionPreview cases={cases} choice={{ verdict, ...draft }} />}
          {error !== null && <ProblemAlert error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')} <Kbd ml={6}>Esc</Kbd>
            </Button>
            <Button
              type="submit"
              color={verdict === 'reject' ? 'red' : 'teal'}
              disabled={!isComplete}
              loading={isPending}
            >
              {t(`verdict.${verdict}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function RejectReasons({
  reason,
  onChange,
}: {
  reason: Choice['reason'];
  onChange: (reason: NonNullable<Choice['reason']>) => void;
}) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={t('field.reason')}
      withAsterisk
      value={reason ?? ''}
      onChange={(value) => onChange(value as NonNullable<Choice['reason']>)}
    >
      <Stack gap={6} mt="xs">
        {REJECT_REASONS.map((one, index) => (
          <Radio
            key={one}
            value={one}
            data-autofocus={index === 0 || undefined}
            label={
              <>
                <Kbd size="xs">{index + 1}</Kbd> {t(`reason.${one}`)}
              </>
            }
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function VerifyFields({
  draft,
  onChange,
}: {
  draft: Partial<Choice>;
  onChange: (part: Partial<Choice>) => void;
}) {
  const { t } = useTranslation();
  return (
    <Group grow align="flex-start">
      <Select
        label={t('field.category')}
        placeholder={t('decide.asInCase')}
        clearable
        searchable
        value={draft.category ?? null}
        onChange={(category) => onChange({ category: (category ?? undefined) as Choice['category'] })}
        data={CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))}
      />
      <DateInput
        label={t('field.until')}
        placeholder={t('decide.byRule')}
        clearable
        minDate={today()}
        valueFormat="YYYY-MM-DD"
        value={draft.until ?? null}
        onChange={(until) => onChange({ until: until ?? undefined })}
      />
    </Group>
  );
}
