// The word after a decision, with the way to take it back for as long as that is possible.
import { Button, Group, Kbd, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18n from '../i18n.ts';
import type { Decided } from './decide.ts';

/** As the contract has it (undoDecision). */
const UNDO_MS = 60_000;

/**
 * Says what was decided.
 * @param onUndo takes it back; undefined where that cannot be
 * @param onClose told when the word, and the offer with it, is gone
 * @returns its id, to hide it
 */
export function tellDecided(
  { cases, choice, awaitingSecond }: Decided,
  onUndo: (() => void) | undefined,
  onClose: () => void,
): string {
  const waiting = awaitingSecond > 0 ? ` ${i18n.t('decided.awaitingSecond', { count: awaitingSecond })}` : '';
  const words =
    i18n.t(`decided.${choice.verdict}`, { count: cases.length, values: valuesOf(cases) }) + waiting;
  return notifications.show({
    color: choice.verdict === 'reject' ? 'gray' : 'teal',
    message: onUndo ? <Undoable words={words} onUndo={onUndo} /> : words,
    ...(onUndo && { autoClose: UNDO_MS }),
    onClose,
  });
}

/** Says that decisions are taken back. */
export function tellUndone({ cases }: Decided): void {
  const values = { count: cases.length, values: valuesOf(cases) };
  notifications.show({ color: 'indigo', message: i18n.t('undo.done', values) });
}

function Undoable({ words, onUndo }: { words: string; onUndo: () => void }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{words}</Text>
      <Button size="compact-sm" variant="default" onClick={onUndo} rightSection={<Kbd size="xs">u</Kbd>}>
        {i18n.t('undo.undo')}
      </Button>
    </Group>
  );
}

function valuesOf(cases: Decided['cases']): string {
  return cases.length === 1 ? (cases[0]?.display ?? '') : String(cases.length);
}
